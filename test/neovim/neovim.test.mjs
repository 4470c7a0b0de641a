// The language server in another editor: what holds for VS Code only because our client helps does not hold here.
//   npx mocha test/neovim/neovim.test.mjs          $SHIPWORTHY_SERVER: another server than dist/server.js
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProgram, startGroup, temporaryFolder, within } from '../../scripts/host.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const SERVER = process.env.SHIPWORTHY_SERVER ?? join(HERE, '../../dist/server.js');
const LIMIT = 60_000;
const FAULTY = 'import os\n\nSECRET_KEY = os.getenv("SECRET_KEY", "dev")\n';

/** Runs smoke.lua in a fresh Neovim, with nothing of the user's own. Returns its exit code's sentence and its results. */
async function smoke(nvim, home) {
  const file = join(home, 'settings.py');
  const result = join(home, 'result.json');
  writeFileSync(file, FAULTY);
  writeFileSync(join(home, 'requirements.txt'), 'flask==3.1.2\n');
  const group = startGroup(nvim, ['--clean', '--headless', '-c', `luafile ${join(HERE, 'smoke.lua')}`], {
    cwd: home,
    env: {
      PATH: process.env.PATH, HOME: home, TMPDIR: home, XDG_RUNTIME_DIR: home,
      SMOKE_NODE: process.execPath, SMOKE_SERVER: SERVER, SMOKE_FILE: file, SMOKE_LINE: '3', SMOKE_RESULT: result,
    },
  });
  try {
    const reason = await within('Neovim', group.ended, LIMIT);
    return { reason, output: group.output(), ...(existsSync(result) ? JSON.parse(readFileSync(result, 'utf8')) : {}) };
  } finally {
    await group.stop();
  }
}

describe('the language server in Neovim', function () {
  this.timeout(LIMIT + 10_000);
  let home;
  let told;

  before(async function () {
    const nvim = findProgram('nvim');
    if (!nvim) {
      const sentence = 'Neovim is not installed: run scripts/system-packages.sh.';
      assert.ok(!process.env.CI, sentence);
      console.log(`    skipped: ${sentence}`);
      this.skip();
    }
    assert.ok(existsSync(SERVER), `${SERVER} is missing: run npm run build.`);
    home = temporaryFolder();
    told = await smoke(nvim, home.path);
    assert.equal(told.problem, undefined, told.output);
    assert.equal(told.reason, undefined, told.output);
  });

  after(() => home?.remove());

  it('pushes its findings to a client that cannot ask for them', () => {
    assert.equal(told.finding.source, 'shipworthy');
    assert.equal(typeof told.finding.code, 'string');
  });

  it('offers a quick fix that changes the text and takes the finding away', () => {
    assert.ok(told.title, 'an action was applied');
    assert.notEqual(told.text, FAULTY.trimEnd());
    assert.match(told.text, /raise RuntimeError/, 'production refuses to start without the key');
  });

  it('ends when it is told to', () => {
    assert.equal(told.exit_code, 0);
  });
});
