suite('failing', () => {
  test('passes', () => {});
  test('fails', () => { throw new Error('deliberately'); });
  test('is skipped', function () { this.skip(); });
});
