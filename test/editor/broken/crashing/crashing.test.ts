suite('crashing', () => {
  test('passes', () => {});
  test('kills its host', async () => {
    process.kill(process.pid, 'SIGKILL');
    await new Promise(() => {});
  });
});
