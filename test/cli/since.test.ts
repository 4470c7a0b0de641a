/** The command line over real repositories and the real engine. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { run } from '../../cli/commands';
import { openSession } from '../../engine/audit/open';
import { commitWorkspace } from '../../engine/node/git/commit-workspace';
import { openDisk } from '../../engine/workspace/disk';
import type { ReportCard } from '../../report/card';
import { testGrammars } from '../support/grammars';
import { repository } from '../support/repository';
import { fakeProduct, fakeSession, surroundings } from './fake';

const APP = 'import os\nfrom flask import Flask\napp = Flask(__name__)\napp.config["SECRET_KEY"] = os.environ["SECRET_KEY"]\n';
const DEBUG = 'if __name__ == "__main__":\n    app.run(debug=True)\n';
const TIMEOUT = 'import requests\ndef load(url):\n    return requests.get(url)\n';

describe('check --since', () => {
  const repo = repository();

  async function shipworthy(words: readonly string[], cwd = repo.root) {
    const grammars = await testGrammars();
    const product = {
      ...fakeProduct(fakeSession([])), open: async (folder: string) => openSession({ workspace: openDisk(folder), grammars }),
      earlier: async (folder: string, commit: Parameters<typeof commitWorkspace>[1], config: Parameters<typeof openSession>[0]['config']) => openSession({ workspace: commitWorkspace(basename(folder), commit), grammars, ...(config && { config }) }),
    };
    const around = surroundings(cwd);
    const code = await run(words, product, around);
    return { code, err: around.stderr.text, cards: around.stdout.text.startsWith('[') ? JSON.parse(around.stdout.text) as readonly ReportCard[] : [] };
  }

  const fresh = ([card]: readonly ReportCard[]) => card?.results.flatMap((result) => result.findings).filter((finding) => card.comparison?.new.includes(finding.fingerprint)).map((finding) => finding.rule).sort();

  it('tells what a branch brought from what was there and from what others did meanwhile', async () => {
    const parting = repo.commit({ 'app.py': APP + DEBUG, 'requirements.txt': 'flask==3.1.0\nrequests==2.32.0\n', 'Procfile': 'web: gunicorn app:app\n' });
    repo.git('checkout', '--quiet', '-b', 'feature');
    repo.commit({ 'client.py': TIMEOUT });
    repo.git('checkout', '--quiet', 'main');
    repo.commit({ 'app.py': APP });
    repo.git('checkout', '--quiet', 'feature');
    const { code, err, cards } = await shipworthy(['check', '--since', 'main', '--format', 'json', '--fail-on', 'medium']);
    assert.deepEqual(fresh(cards), ['http-timeout-missing']);
    assert.equal(code, 1, err);
    const [card] = cards;
    assert.deepEqual(card?.comparison?.base, { kind: 'commit', ref: 'main', commit: parting });
    assert.equal(typeof card?.trend?.delta, 'number');
    assert.equal(card?.project.branch, 'feature');
    assert.match(err, /1 new finding of severity medium or worse/);
  });

  it('counts what is not committed, knows renamed files again, and calls fixed what is gone', async () => {
    repo.commit({ 'app.py': APP, 'client.py': TIMEOUT, 'requirements.txt': 'flask==3.1.0\nrequests==2.32.0\n', 'Procfile': 'web: gunicorn app:app\n' });
    rmSync(join(repo.root, 'client.py'));
    repo.write({ 'service.py': TIMEOUT });
    assert.deepEqual(fresh((await shipworthy(['check', '--since', 'HEAD', '--format', 'json'])).cards), [], 'renamed');
    rmSync(join(repo.root, 'service.py'));
    const gone = (await shipworthy(['check', '--since', 'HEAD', '--format', 'json'])).cards[0]?.comparison?.fixed.map((one) => one.rule);
    assert.deepEqual(gone, ['http-timeout-missing']);
  });

  it('judges the earlier commit by today\'s configuration', async () => {
    repo.commit({ 'app.py': APP, 'client.py': TIMEOUT, 'requirements.txt': 'flask==3.1.0\nrequests==2.32.0\n', 'Procfile': 'web: gunicorn app:app\n', 'shipworthy.json': '{ "rules": { "http-timeout-missing": "off" } }' });
    repo.write({ 'shipworthy.json': '{ "rules": { "http-timeout-missing": "high" } }' });
    const { cards } = await shipworthy(['check', '--since', 'HEAD', '--format', 'json']);
    assert.deepEqual(fresh(cards), []);
    assert.equal(cards[0]?.results.find((result) => result.rule === 'http-timeout-missing')?.severity, 'high');
  });

  it('finds nothing new in a repository that is as it was, and writes nothing into it', async () => {
    repo.commit({ 'app.py': APP + DEBUG, 'Procfile': 'web: gunicorn app:app\n' });
    const before = repo.git('status', '--porcelain=v2', '--ignored');
    const { code, cards } = await shipworthy(['check', '--since', 'HEAD', '--format', 'json']);
    assert.deepEqual([fresh(cards), code, repo.git('status', '--porcelain=v2', '--ignored')], [[], 0, before]);
  });

  it('says what is missing before it scans', async () => {
    assert.match((await shipworthy(['check', '--since', 'main'])).err, /There is no branch, tag or commit "main" in this clone/);
    repo.commit({ 'app.py': APP });
    assert.deepEqual(await shipworthy(['check', '--since', 'nowhere']), { code: 2, err: 'shipworthy: There is no branch, tag or commit "nowhere" in this clone. Fetch it with "git fetch" if it is elsewhere.\n', cards: [] });
    assert.match((await shipworthy(['check', '--since', 'main'], join(repo.root, '..'))).err, /is in no git repository/);
  });

  it('refuses a baseline that grew since the branch parted, and none that shrank or is new', async () => {
    repo.commit({ 'app.py': APP, 'client.py': TIMEOUT, 'requirements.txt': 'flask==3.1.0\nrequests==2.32.0\n', 'Procfile': 'web: gunicorn app:app\n' });
    const check = () => shipworthy(['check', '--baseline', '--baseline-no-grow', 'main', '--format', 'json', '--fail-on', 'never']);
    await shipworthy(['baseline', '--write']);
    assert.equal((await check()).code, 0, 'new');
    repo.commit();
    repo.git('checkout', '--quiet', '-b', 'feature');
    repo.write({ 'more.py': 'import requests\nrequests.post("https://example.org")\n' });
    await shipworthy(['baseline', '--write']);
    const grown = await check();
    assert.equal(grown.code, 1);
    assert.match(grown.err, /^The baseline grew from \d+ findings to \d+ since [0-9a-f]{10}, where HEAD and main part: .*http-timeout-missing in more\.py.* \(--baseline-no-grow\)\.\n$/);
    rmSync(join(repo.root, 'more.py'));
    rmSync(join(repo.root, 'client.py'));
    await shipworthy(['baseline', '--write']);
    assert.equal((await check()).code, 0);
  });
});
