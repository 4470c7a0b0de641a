import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { destinations } from '../../cli/destinations';
import { UsageError } from '../../cli/exit';
import { filesAddress } from '../../cli/repository';
import { demo } from '../report/demo';
import { temporaryFolder } from './folder';

describe('where reports go', () => {
  const folder = temporaryFolder();
  const forms = (given: readonly string[], format?: Parameters<typeof destinations>[1]) =>
    destinations(given, format, folder.path).map(({ form, file }) => [form, file === undefined ? '-' : path.relative(folder.path, file)]);

  it('is standard output without a file', () => {
    assert.deepEqual(forms([]), [['text', '-']]);
    assert.deepEqual(forms([], 'csv'), [['csv', '-']]);
  });
  it('takes the form from the ending', () => {
    assert.deepEqual(forms(['a.html', 'b.MD', 'c.csv', 'd.xml', 'e.svg', 'f.json', 'g.htm', 'h']), [
      ['html', 'a.html'], ['markdown', 'b.MD'], ['csv', 'c.csv'], ['junit', 'd.xml'], ['badge', 'e.svg'], ['json', 'f.json'], ['html', 'g.htm'], ['text', 'h'],
    ]);
  });
  it('lets --format decide for one file, and only where the ending is silent for several', () => {
    assert.deepEqual(forms(['a.json'], 'gitlab'), [['gitlab', 'a.json']]);
    assert.deepEqual(forms(['a.json', 'b.out'], 'gitlab'), [['json', 'a.json'], ['gitlab', 'b.out']]);
  });
  it('lets a form before the file decide over everything', () => {
    assert.deepEqual(forms(['gitlab:a.json', 'badge-json:b.json', 'json:-'], 'html'), [['gitlab', 'a.json'], ['badge-json', 'b.json'], ['json', '-']]);
  });
  it('knows a file with a colon from a form', () => {
    assert.deepEqual(forms(['c:report.json', 'xml:report']), [['json', 'c:report.json'], ['text', 'xml:report']]);
  });
  it('writes to standard output beside files', () => assert.deepEqual(forms(['-', 'a.html']), [['text', '-'], ['html', 'a.html']]));
  it('links to the commit that was checked in a workflow run, and to no other', () => {
    const env = { GITHUB_SERVER_URL: 'https://github.com', GITHUB_REPOSITORY: 'o/r', GITHUB_SHA: '0ea1ce2' };
    assert.deepEqual(filesAddress([demo()], env), { address: 'https://github.com/o/r/blob/0ea1ce2' });
    assert.deepEqual(filesAddress([demo()], { ...env, GITHUB_SHA: 'fffffff' }), {});
    assert.deepEqual(filesAddress([demo()], {}), {});
  });
  it('refuses two reports to one place', () => {
    assert.throws(() => forms(['a.json', './a.json']), (error) => error instanceof UsageError && /Two reports cannot both go to .*a\.json/.test(error.message));
    assert.throws(() => forms(['-', 'json:-']), /standard output/);
  });
  it('refuses what no file can be made at', () => {
    mkdirSync(path.join(folder.path, 'out'));
    assert.throws(() => forms(['a.json', 'out']), /it is a folder/);
    assert.throws(() => forms(['json:']), UsageError);
  });
});
