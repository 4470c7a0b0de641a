/** What was said of a text, moved to where it stands after an edit. */
import assert from 'node:assert/strict';
import { followed } from '../../engine/audit/followed';
import type { SaidOfFile } from '../../engine/audit/kept';
import type { Finding, Range } from '../../engine/audit/outcome';
import { sourceOf } from '../../engine/audit/source';

const TEXT = 'one = 1\ntwo = 2\nthree = 3\n';

/** Of every name in the text that stands in `names`. */
function saidOf(text: string, names: readonly string[]): SaidOfFile {
  const range = (name: string) => { const start = text.indexOf(name); return sourceOf('app.py', text).range({ start, end: start + name.length }); };
  const finding = (name: string): Finding => ({
    path: 'app.py', range: range(name), rule: 'a-rule', category: 'code', message: name, severity: 'low', points: 1, confidence: 'confirmed', blocks: false, effort: 'S',
    fingerprint: name, snippet: name, symbol: '', fixes: [], related: [{ path: 'app.py', range: range('two'), text: 'here' }, { path: 'other.py', range: range('two'), text: 'there' }],
  });
  return {
    findings: names.map(finding),
    silenced: names.map((name) => ({ finding: finding(name), lane: 'false-positive', tool: 'shipworthy', reason: 'It is none.', where: { path: 'app.py', range: range(name) } })),
    notices: [{ code: 'not-parsed', message: 'The file.', incomplete: true }, ...names.map((name) => ({ code: 'suppression' as const, range: range(name), message: name, incomplete: false }))],
  };
}

const read = (text: string, { start, end }: Range) => {
  const lines = text.split(/\r\n|\n|\r/);
  assert.equal(start.line, end.line);
  return lines[start.line]?.slice(start.character, end.character);
};

describe('what was said of a file that is edited', () => {
  for (const [name, now] of Object.entries({
    'lines above': `\n# more\n${TEXT}`,
    'lines above with other line breaks': `\r\n\r# more\r\n${TEXT}`,
    'lines below': `${TEXT}four = 4\n`,
    'lines between': TEXT.replace('two', 'more = 0\ntwo'),
    'a line less': TEXT.replace('one = 1\n', '').replace('two', 'one\ntwo'),
    'letters in the same line': TEXT.replace('two = 2', 'two = 2 + 2'),
    'letters before it in the same line': TEXT.replace('three', 'x = three'),
  })) {
    it(`is said where it stands now: ${name}`, () => {
      const said = followed(saidOf(TEXT, ['one', 'two', 'three']), 'app.py', TEXT, now);
      for (const { message, range } of said.findings) assert.equal(read(now, range), message);
      for (const { finding, where } of said.silenced) assert.deepEqual([read(now, finding.range), read(now, where.range)], [finding.message, finding.message]);
      for (const { message, range } of said.notices) if (range) assert.equal(read(now, range), message);
      assert.ok(said.findings.length >= 2);
      assert.equal(said.silenced.length, said.findings.length);
      assert.equal(said.notices.length, said.findings.length + 1);
      for (const { related } of said.findings) for (const each of related) assert.equal(read(each.path === 'app.py' ? now : TEXT, each.range), 'two');
    });
  }

  it('is left out where it was edited', () => {
    const now = TEXT.replace('two', 'twenty');
    const said = followed(saidOf(TEXT, ['one', 'two', 'three']), 'app.py', TEXT, now);
    assert.deepEqual(said.findings.map(({ message }) => message), ['one', 'three']);
    assert.deepEqual(said.findings.map(({ related }) => related.map(({ path }) => path)), [['other.py'], ['other.py']]);
    assert.deepEqual(said.silenced.map(({ finding }) => finding.message), ['one', 'three']);
    assert.deepEqual(said.notices.map(({ message }) => message), ['The file.', 'one', 'three']);
  });

  it('is the same where nothing was', () => {
    const said = saidOf(TEXT, ['one', 'two', 'three']);
    assert.deepEqual(followed(said, 'app.py', TEXT, TEXT), said);
  });

  it('is gone with its text', () => {
    assert.deepEqual(followed(saidOf(TEXT, ['one', 'two']), 'app.py', TEXT, '').findings, []);
  });
});
