import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { lines } from '../../report/lines';
import { demo } from './demo';
import { hostile } from './hostile';

interface Pattern { readonly regexp: string; readonly file: number; readonly line: number; readonly column: number; readonly severity: number; readonly message: number; readonly code: number }
const { contributes } = JSON.parse(readFileSync('package.json', 'utf8')) as { contributes: { problemMatchers: readonly { readonly pattern: Pattern }[] } };

describe('findings one a line', () => {
  it('are each open finding once, by place', () => {
    const card = demo();
    const open = new Set(card.results.flatMap(({ findings }) => findings).map(({ fingerprint }) => fingerprint));
    const all = lines([card, card]).trimEnd().split('\n');
    assert.equal(all.length, open.size);
    const places = all.map((one) => one.split(':').slice(0, 2)).map(([path = '', line = '']) => `${path} ${line.padStart(6, '0')}`);
    assert.deepEqual(places, places.toSorted());
    assert.equal(lines([]), '');
  });

  it('are what the problem matcher of the manifest reads', () => {
    const { pattern } = contributes.problemMatchers[0] ?? assert.fail('there is none');
    const regexp = new RegExp(pattern.regexp);
    const findings = new Map(demo().results.flatMap((result) => result.findings).map((finding) => [`${finding.path} ${finding.range.start.line + 1} ${finding.range.start.character + 1} ${finding.rule}`, finding]));
    for (const one of lines([demo()]).trimEnd().split('\n')) {
      const said = regexp.exec(one) ?? assert.fail(one);
      const finding = findings.get([pattern.file, pattern.line, pattern.column, pattern.code].map((group) => said[group]).join(' '));
      assert.equal(said[pattern.message], finding?.message);
      assert.ok(['error', 'warning', 'info'].includes(said[pattern.severity] ?? ''));
      if (finding?.confidence !== 'confirmed') assert.equal(said[pattern.severity], 'info');
    }
  });

  it('stay lines whatever stands in them', () => {
    const text = lines([hostile()]);
    assert.doesNotMatch(text.replaceAll('\n', ''), /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
    const { pattern } = contributes.problemMatchers[0] ?? assert.fail('there is none');
    for (const one of text.trimEnd().split('\n')) assert.match(one, new RegExp(pattern.regexp));
  });
});
