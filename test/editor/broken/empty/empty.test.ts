suite('empty', () => {});
