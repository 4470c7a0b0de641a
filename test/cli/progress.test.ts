import assert from 'node:assert/strict';
import { ProgressLine, progressText } from '../../cli/progress';

describe('the progress of a scan', () => {
  const shown = (steps: readonly number[], columns = 60) => {
    const written: string[] = [];
    let now = 1000;
    const line = new ProgressLine((text) => written.push(text), columns, () => now);
    steps.forEach((at, index) => {
      now = 1000 + at;
      line.show({ done: index + 1, total: 10, path: 'app.py' });
    });
    return { line, written };
  };

  it('is not shown for a scan that is soon over', () => {
    const { line, written } = shown([10, 200, 499]);
    line.clear();
    assert.deepEqual(written, []);
  });

  it('is shown after half a second and cleared at the end', () => {
    const { line, written } = shown([100, 600]);
    assert.deepEqual(written, ['\r\u001b[2KReading 2/10 app.py']);
    line.clear();
    assert.equal(written.at(-1), '\r\u001b[2K');
  });

  it('is not redrawn faster than can be read', () => {
    assert.equal(shown([600, 610, 650, 679, 681]).written.length, 2);
  });

  it('is cleared once', () => {
    const { line, written } = shown([600]);
    line.clear();
    line.clear();
    assert.equal(written.length, 2);
  });
});

describe('the line of progress', () => {
  it('says how far it is and where', () => {
    assert.equal(progressText({ done: 12, total: 340, path: 'app/models.py' }, 80), 'Reading 12/340 app/models.py');
    assert.equal(progressText({ done: 0, total: 0 }, 80), 'Reading');
  });

  for (const width of [20, 31, 40, 79]) {
    it(`never fills ${width} columns, so that the cursor stays on its line`, () => {
      const path = 'services/checkout/app/payments/providers/'.repeat(3) + 'models.py';
      const text = progressText({ done: 12, total: 340, path }, width);
      assert.ok(text.length < width, text);
      assert.ok(text.startsWith('Reading 12/340'), text);
      if (width >= 31) assert.ok(text.endsWith('models.py'), text);
    });
  }

  it('counts wide letters twice', () => {
    const text = progressText({ done: 1, total: 2, path: '支払い'.repeat(20) }, 40);
    assert.ok([...text].reduce((sum, letter) => sum + (letter > '\u2e80' ? 2 : 1), 0) < 40, text);
  });

  it('does not let the name of a file drive the terminal', () => {
    assert.ok(!progressText({ done: 1, total: 2, path: 'a\u001b[2Jb\r.py' }, 80).includes('\u001b'));
  });
});
