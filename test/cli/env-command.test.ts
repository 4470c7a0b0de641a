import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';

const CLI = join(__dirname, '../../dist/cli.js');

describe('shipworthy env', function () {
  this.timeout(60_000);
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'shipworthy-env-'));
    writeFileSync(join(folder, 'app.py'), 'import os\nfrom flask import Flask\napp = Flask(__name__)\napp.config["SECRET_KEY"] = os.environ["SECRET_KEY"]\nPAGE = os.environ.get("PAGE_SIZE", "20")\n');
  });
  afterEach(() => { rmSync(folder, { recursive: true, force: true }); });
  const run = (...words: readonly string[]) => spawnSync(process.execPath, [CLI, 'env', folder, ...words], { encoding: 'utf8' });
  const example = () => readFileSync(join(folder, '.env.example'), 'utf8');

  it('prints and writes nothing by default', () => {
    const { stdout, status, stderr } = run();
    assert.equal(status, 0);
    assert.match(stdout, /SECRET_KEY=\n[\s\S]*PAGE_SIZE=\n/);
    assert.match(stderr, /^\.env\.example: 2 variables\.\n$/);
    assert.equal(existsSync(join(folder, '.env.example')), false);
  });
  it('writes when asked, adds to what is there, and writes anew only by force', () => {
    assert.equal(run('--write').status, 0);
    assert.match(example(), /SECRET_KEY=\n/);
    writeFileSync(join(folder, '.env.example'), '# mine\nPAGE_SIZE=20\nOLD=\n');
    const { stderr } = run('--write');
    assert.ok(example().startsWith('# mine\nPAGE_SIZE=20\nOLD=\n\n# Added'));
    assert.match(stderr, /1 added to what is there, written\.\nIt also has OLD, which no code here reads/);
    run('--write', '--force');
    assert.doesNotMatch(example(), /mine|OLD|20/);
  });
  it('says where more is read than it can list', () => {
    writeFileSync(join(folder, 'app.py'), 'import os\nfrom flask import Flask\napp = Flask(__name__)\nX = os.getenv("APP_" + kind())\n');
    const { stdout, stderr } = run();
    assert.match(stdout, /\n# - app\.py:4 reads names that only the running program knows\n$/);
    assert.match(stderr, /\nThere may be more: app\.py:4 reads names that only the running program knows\.\n$/);
  });
  it('refuses what makes no sense', () => {
    assert.equal(run('--force').status, 2);
    assert.equal(run('--for', 'staging').status, 2);
  });
});
