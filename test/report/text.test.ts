import assert from 'node:assert/strict';
import { text } from '../../report/text';
import type { TextOptions } from '../../report/text';
import { columns, pad, wrap } from '../../report/terminal';
import { demo, mended } from './demo';
import { HOLDING, card } from './fixture';
import { hostile } from './hostile';

const PLAIN: TextOptions = { width: 100, colour: false, unicode: true };

describe('the text report', () => {
  const lines = text(demo(), PLAIN).split('\n');
  const row = (start: string) => lines.findIndex((line) => line.startsWith(start));

  it('lists findings by file, with place, severity, message, rule and fix', () => {
    const file = row('app/config.py');
    assert.match(lines[file + 1] ?? '', /^ +12:5 +critical +SECRET_KEY falls back/);
    assert.match(lines[file + 2] ?? '', /^ +secret-key-default · blocks$/);
    assert.match(lines[file + 3] ?? '', /^ +fix: Refuse to start without it$/);
    const files = ['.env.example', 'Dockerfile', 'app/__init__.py', 'app/scanner.py', 'scripts/backup.sh'].map(row);
    assert.deepEqual(files, files.toSorted((a, b) => a - b));
    assert.ok(files.every((index) => index >= 0));
  });
  it('lists the first findings of a rule, those that are new, and says how many more there are', () => {
    const places = (many: number) => Array.from({ length: many }, (_, index) => ({ path: `app/f${index % 3}.py`, line: index + 1 }));
    const many = card([{ rule: 'log-without-traceback', category: 'observability', findings: places(40) }, { rule: 'bare-except', category: 'code', findings: places(12) }, ...HOLDING]);
    const of = (all: string, rule: string) => all.split('\n').filter((line) => line.trim().startsWith(rule) && !line.includes('−')).length;
    const some = text(many, PLAIN);
    assert.deepEqual([of(some, 'log-without-traceback'), of(some, 'bare-except')], [10, 12]);
    assert.match(some, /\nNot listed\n {2}- and 30 more: shipworthy check --rule log-without-traceback\n {2}- all of them: shipworthy check --all\n/);
    for (const options of [{ all: true }, { verbose: true }]) {
      const all = text(many, { ...PLAIN, ...options });
      assert.deepEqual([of(all, 'log-without-traceback'), all.includes('Not listed')], [40, false]);
    }
    const fresh = many.results.flatMap(({ findings }) => findings).filter(({ rule, path }) => rule === 'log-without-traceback' && path === 'app/f2.py').map(({ fingerprint }) => fingerprint);
    const compared = { ...many, comparison: { base: { kind: 'baseline' as const, file: 'b.json', entries: 1 }, new: fresh, worsened: [], known: 39, fixed: [] } };
    assert.equal(of(text(compared, PLAIN), 'log-without-traceback'), 10 + fresh.length);
  });
  it('puts the card after the findings and the sum at the end', () => {
    assert.ok(row('bibliotheca  NOT READY  D+ 59.9') > row('scripts/backup.sh'));
    assert.match(lines.at(-4) ?? '', /^NOT READY D\+ 59\.9 · 16 rules open with 22 findings/);
    assert.equal(lines.at(-1), '');
  });
  it('prints for every category what was deducted and what is left', () => {
    const at = row('Security');
    assert.match(lines[at] ?? '', /^Security +F +37\.1 +20\.0 % +2\/6 +1 critical, 2 high, 1 medium$/);
    assert.match(lines[at + 1] ?? '', /^ {2}sql-injection +critical +blocks +−44\.5 +40\.0 \+ 9\.0\/2; 15\.0 × 0\.6, likely$/);
    assert.ok(lines.includes('  · Above 60 deductions are compressed: 1600 ÷ (63.1 − 20) = 37.1.'));
    assert.ok(lines.includes('  · At most 52.9 because a critical finding is open (secret-key-default).'));
  });
  it('shows what holds, does not apply and was not checked only when asked', () => {
    const all = text(demo(), { ...PLAIN, verbose: true });
    for (const words of ['bcrypt with 13 rounds', 'No XML is parsed here.', 'TLS may end at a proxy']) {
      assert.ok(all.includes(words), words);
      assert.ok(!lines.join('\n').includes(words), words);
    }
  });
  it('lists what was silenced with its reason, and notices', () => {
    const all = lines.join(' ').replace(/\s+/g, ' ');
    assert.ok(all.includes('app/config.py:31:5 session-cookie-insecure: accepted risk until 2026-11-28 by M. Aurelius: The pilot runs'));
    assert.ok(all.includes('! Not parsed app/legacy/import.py'));
  });
  it('stays within the width, whatever it is', () => {
    for (const width of [40, 60, 80, 120]) for (const verbose of [false, true]) {
      const made = card([...HOLDING, { rule: 'a-rule-with-quite-a-long-name', message: `${'long '.repeat(60)}${'x'.repeat(200)}`, because: 'y'.repeat(90), fixes: [{ title: 'z '.repeat(80), safety: 'safe', index: 0 }] }]);
      const wide = (text(mended(), { ...PLAIN, width, verbose }) + text(made, { ...PLAIN, width, verbose })).split('\n').filter((line) => columns(line) > width);
      // Rows of the tables have a least width.
      assert.deepEqual(wide.filter((line) => !/ [A-F?–][+−]? +(\d+\.\d|–) |^Category|critical|high {2,}|medium|low {2,}|info/.test(line)), [], `width ${width}`);
    }
  });
  it('uses colour only when asked, and the same words either way', () => {
    const coloured = text(demo(), { ...PLAIN, colour: true });
    assert.notEqual(coloured, lines.join('\n'));
    assert.equal(coloured.replace(/\u001b\[\d+m/g, ''), lines.join('\n'));
  });
  it('keeps its own marks in ASCII when asked', () => assert.match(text(demo(), { ...PLAIN, unicode: false, verbose: true }), /^[\n -~]*$/));
  it('sends no control character of the repository to the terminal', () => {
    for (const colour of [false, true]) assert.doesNotMatch(text(hostile(), { ...PLAIN, colour, verbose: true }).replace(/\u001b\[\d+m/g, ''), /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  });
  it('says so when there is nothing to say', () => {
    assert.match(text(card([]), PLAIN), /bibliotheca {2}INCONCLUSIVE {2}not scored/);
    assert.match(text(card(HOLDING), PLAIN), /READY {2}A\+ 100\.0/);
  });
  it('makes the same bytes of the same card', () => assert.equal(text(demo(), PLAIN), lines.join('\n')));
});

describe('columns of a terminal', () => {
  it('count wide letters twice and marks not at all', () => assert.deepEqual(['abc', '日本', 'e\u0301', '🚀'].map(columns), [3, 4, 1, 2]));
  it('are filled on either side', () => assert.deepEqual([pad('日', 4), pad('a', 3, 'end'), pad('long', 2)], ['日  ', '  a', 'long']));
  it('wrap between words, and within a word that fits nowhere', () => {
    assert.deepEqual(wrap('one two three', 7), ['one two', 'three']);
    assert.deepEqual(wrap('a abcdefghij b', 4), ['a', 'abcd', 'efgh', 'ij b']);
    assert.deepEqual(wrap('', 10), ['']);
  });
});
