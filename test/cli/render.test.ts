import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { run } from '../../cli/commands';
import { formats } from '../../cli/formats';
import { json } from '../../report/json';
import { demo } from '../report/demo';
import { card, HOLDING } from '../report/fixture';
import { fakeProduct, fakeSession, surroundings } from './fake';
import { temporaryFolder } from './folder';

describe('shipworthy render', () => {
  const folder = temporaryFolder();
  const at = (name: string) => path.join(folder.path, name);

  async function render(words: readonly string[]) {
    const around = surroundings(folder.path);
    const code = await run(['render', ...words], { ...fakeProduct(fakeSession([]), () => assert.fail('it scans')), formats }, around);
    return { code, out: around.stdout.text, err: around.stderr.text };
  }

  it('writes a report in other forms, as the check would have', async () => {
    folder.write('report.json', json(demo()));
    const { code, out } = await render(['report.json', '-o', 'a.csv', '-o', 'sarif-full:a.json', '-o', 'markdown:-']);
    assert.equal(code, 0);
    assert.equal(out, formats.markdown([demo()], { colour: false, width: 80, unicode: true, verbose: false, asOf: '2026-11-20' }));
    assert.match(readFileSync(at('a.csv'), 'utf8'), /^fingerprint,/);
    assert.equal(JSON.parse(readFileSync(at('a.json'), 'utf8')).version, '2.1.0');
  });

  it('draws a badge that says when its verdict is old', async () => {
    folder.write('report.json', json(card(HOLDING)));
    assert.match((await render(['report.json', '-f', 'badge-json', '--as-of', '2026-12-20'])).out, /"brightgreen"/);
    assert.match((await render(['report.json', '-f', 'badge', '--as-of', '2027-11-20'])).out, /<title>shipworthy: ready 365 days ago<\/title>/);
  });

  it('reads the cards of several applications', async () => {
    folder.write('report.json', `[${json(demo())},${json(card(HOLDING))}]`);
    assert.equal(JSON.parse((await render(['report.json', '-f', 'sarif'])).out).runs.length, 2);
  });

  for (const [name, content, message] of [
    ['no file at all', undefined, /could not be read/], ['broken JSON', '{', /not valid JSON/], ['something else', '{"a": 1}', /no report of shipworthy/],
    ['a report of a later version', json(demo()).replace('"1.0"', '"2.0"'), /"2\.0", and this shipworthy reads 1\.x: update it/],
  ] as const) {
    it(`refuses ${name} with a sentence, and writes nothing`, async () => {
      if (content !== undefined) folder.write('report.json', content);
      const { code, out, err } = await render(['report.json', '-o', 'a.html']);
      assert.equal(code, 2);
      assert.equal(out, '');
      assert.match(err, message);
      assert.doesNotMatch(err, /\n\s+at /);
      assert.ok(!existsSync(at('a.html')));
    });
  }
});
