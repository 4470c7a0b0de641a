import assert from 'node:assert/strict';
import { moduleOf } from '../support/python';

describe('statements that compute in vain', () => {
  const cases: Readonly<Record<string, string | undefined>> = {
    'a == b': 'comparison', 'a < b < c': 'comparison', 'total': 'name', 'order.total': 'attribute', 'rows[0]': 'element', '1': 'literal', 'None': 'literal', 'a + b.c': 'arithmetic',
    'name.strip()': 'call', 'name.replace("a", "b")': 'call', 'date(2024, 1, 1)': 'call', 'str(a)': 'call',
    '"a text"': undefined, '...': undefined, 'a >> b': undefined, 'load().rows': undefined, 'a + load()': undefined, 'path.replace(target)': undefined, 'frame.replace(a, b)': undefined,
    'self.lower()': undefined, 'window.title("x")': undefined, 'save()': undefined, 'await a': undefined, 'yield a': undefined, 'a == b and save()': undefined,
  };
  for (const [text, expected] of Object.entries(cases)) {
    it(text, async () => { assert.deepEqual((await moduleOf(`from datetime import date\n\nasync def f():\n    ${text}\n`)).idle.map((each) => each.what), expected ? [expected] : []); });
  }
});
