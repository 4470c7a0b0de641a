import assert from 'node:assert/strict';
import { openSession } from '../../engine/audit/open';
import type { Session } from '../../engine/audit/session';
import { openMemory } from '../../engine/workspace/memory';
import type { Grammars } from '../../engine/syntax/grammars';
import { testGrammars } from '../support/grammars';

const FLASK = 'from flask import Flask\napp = Flask(__name__)\n';
const KEY = 'app.config["SECRET_KEY"] = "correct-horse-battery"\n';
const TALISMAN = 'from flask_talisman import Talisman\nTalisman(app)\n';

describe('several applications in one repository', () => {
  let grammars: Grammars;
  let session: Session;
  before(async () => { grammars = await testGrammars(); });
  afterEach(() => { session.dispose(); });

  const roots = async (files: Readonly<Record<string, string>>): Promise<readonly string[]> => {
    session = openSession({ workspace: openMemory(files), grammars });
    await session.refresh();
    return session.audits().map((audit) => audit.project.root);
  };
  const open = (root: string) => session.audits().find((audit) => audit.project.root === root)?.outcomes.filter((each) => each.state === 'open').map((each) => each.rule) ?? [];

  it('names the packages beside them, which are no applications', async () => {
    const files = {
      'services/api/app.py': FLASK, 'services/api/requirements.txt': 'flask\n', 'services/web/app.py': FLASK, 'services/web/requirements.txt': 'flask\n', 'services/web/ui/package.json': '{}', 'services/web/ui/a.js': '',
      'packages/common/pyproject.toml': '', 'packages/common/common/util.py': 'x = 1\n', 'packages/empty/pyproject.toml': '', 'pyproject.toml': '', 'tool.py': '',
    };
    assert.deepEqual(await roots(files), ['services/api', 'services/web']);
    assert.deepEqual(session.audits().map((audit) => audit.project.libraries), [['packages/common'], ['packages/common']]);
    session.dispose();
    await roots({ 'app.py': FLASK, 'requirements.txt': 'flask\n', 'packages/common/pyproject.toml': '', 'packages/common/util.py': '' });
    assert.equal(session.audits()[0]?.project.libraries, undefined, 'part of the one application');
  });

  it('one application is the whole workspace, wherever it lives', async () => {
    assert.deepEqual(await roots({ 'app.py': FLASK, 'requirements.txt': 'flask\n' }), ['']);
    session.dispose();
    assert.deepEqual(await roots({ 'backend/app/main.py': FLASK, 'backend/requirements.txt': 'flask\n', 'frontend/package.json': '{}', 'compose.yml': 'services: {}\n' }), ['']);
  });

  it('a factory and a debug server beside it are one application', async () => {
    assert.deepEqual(await roots({ 'shop/__init__.py': FLASK, 'shop/debug.py': FLASK, 'requirements.txt': 'flask\n' }), ['']);
  });

  it('a tool that is called manage.py is no application', async () => {
    assert.deepEqual(await roots({ 'src/shop/main.py': FLASK, 'src/shop/database/manage.py': 'import click\n', 'src/shop/database/core.py': 'X = 1\n', 'pyproject.toml': '[project]\nname = "shop"\n' }), ['']);
  });

  it('services with a manifest or an image of their own are apart, and each answers for its own controls', async () => {
    assert.deepEqual(await roots({
      'services/shop/app.py': FLASK + KEY + TALISMAN, 'services/shop/requirements.txt': 'flask\nflask-talisman\n', 'services/shop/Dockerfile': 'FROM python:3.12\nCMD ["gunicorn", "app:app"]\n',
      'services/mail/app.py': FLASK, 'services/mail/Dockerfile': 'FROM python:3.12\nCMD ["gunicorn", "app:app"]\n', 'compose.yml': 'services:\n  shop:\n    build: services/shop\n',
    }), ['services/mail', 'services/shop']);
    assert.ok(open('services/shop').includes('secret-key-hardcoded'));
    assert.ok(!open('services/mail').includes('secret-key-hardcoded'));
    assert.ok(!open('services/shop').includes('security-headers-missing'));
    assert.ok(open('services/mail').includes('security-headers-missing'));
  });

  it('what stands beside one application is none of the others', async () => {
    const service = (name: string, more: Readonly<Record<string, string>> = {}) => Object.fromEntries(Object.entries({
      'backend/app.py': FLASK, 'backend/requirements.txt': 'flask\n', 'compose.yml': 'services: {}\n', 'tools/report.py': 'import yaml\ndef read(text):\n    return yaml.load(text)\n', ...more,
    }).map(([path, text]) => [`services/${name}/${path}`, text]));
    assert.deepEqual(await roots({ ...service('shop'), ...service('mail', { 'tools/report.py': 'X = 1\n' }), 'services/common/util.py': 'import yaml\ndef read(text):\n    return yaml.load(text)\n' }), ['services/mail/backend', 'services/shop/backend']);
    const places = (root: string) => session.audits().find((audit) => audit.project.root === root)?.outcomes.flatMap(({ findings }) => findings).filter(({ rule }) => rule === 'yaml-unsafe-load').map(({ path }) => path);
    assert.deepEqual(places('services/shop/backend'), ['services/common/util.py', 'services/shop/tools/report.py']);
    assert.deepEqual(places('services/mail/backend'), ['services/common/util.py']);
    assert.deepEqual(session.audits().map((audit) => audit.files.seen), [5, 5]);
  });

  it('what is shared at the root of an application, and nearer to others, is seen by both', async () => {
    assert.deepEqual(await roots({
      'app.py': FLASK, 'requirements.txt': 'flask\n', 'worker/app/main.py': FLASK, 'worker/app/requirements.txt': 'flask\n', 'mail/app/main.py': FLASK, 'mail/app/requirements.txt': 'flask\n',
      'worker/compose.yml': 'services: {}\n', 'worker/note.py': 'X = 1\n', 'compose.yml': 'services: {}\n',
    }), ['', 'mail/app', 'worker/app']);
    assert.deepEqual(session.audits().map((audit) => audit.files.lines), [3, 2, 2], 'code is that of the application at the root');
    assert.deepEqual(session.audits().map((audit) => audit.files.seen), [5, 5, 7]);
  });

  it('an application at the root keeps what belongs to no other', async () => {
    assert.deepEqual(await roots({ 'app.py': FLASK + KEY, 'requirements.txt': 'flask\n', 'worker/main.py': FLASK, 'worker/requirements.txt': 'flask\n', 'lib/common.py': 'X = 1\n' }), ['', 'worker']);
    assert.ok(open('').includes('secret-key-hardcoded'));
    assert.ok(!open('worker').includes('secret-key-hardcoded'));
  });

  it('examples and tests make no application', async () => {
    assert.deepEqual(await roots({ 'app.py': FLASK, 'requirements.txt': 'flask\n', 'examples/demo/app.py': FLASK, 'examples/demo/requirements.txt': 'flask\n', 'tests/app.py': FLASK }), ['']);
  });

  it('twins are apart, so that their names are not mixed', async () => {
    const pair = { 'db.py': 'NAME = "x"\n', 'app.py': FLASK };
    assert.deepEqual(await roots({ 'requirements.txt': 'flask\n', ...Object.fromEntries(Object.entries(pair).flatMap(([name, text]) => [[`before/${name}`, text + KEY.replace('app.', '# app.')], [`after/${name}`, text]])) }), ['after', 'before']);
  });

  it('a finding in a file that two applications share is shown once', async () => {
    await roots({ 'a/app.py': FLASK, 'a/requirements.txt': 'flask\n', 'b/app.py': FLASK, 'b/requirements.txt': 'flask\n', 'common/util.py': 'import yaml\ndef read(text):\n    return yaml.load(text)\n' });
    assert.equal(session.findings('common/util.py').filter((each) => each.rule === 'yaml-unsafe-load').length, 1);
    assert.ok(open('a').includes('yaml-unsafe-load') && open('b').includes('yaml-unsafe-load'));
  });

  it('an edit is judged in its own application at once, and the others keep what they said', async () => {
    await roots({ 'a/app.py': FLASK + KEY, 'a/requirements.txt': 'flask\n', 'b/app.py': FLASK, 'b/requirements.txt': 'flask\n' });
    session.edit('b/app.py', FLASK + KEY);
    assert.equal(session.findings('b/app.py').filter((each) => each.rule === 'secret-key-hardcoded').length, 1);
    assert.equal(session.findings('a/app.py').filter((each) => each.rule === 'secret-key-hardcoded').length, 1);
    session.edit('b/new.py', 'import yaml\nyaml.load(open("x"))\n');
    session.edit('b/app.py', `${FLASK}import new\n`);
    assert.equal(session.findings('a/app.py').filter((each) => each.rule === 'secret-key-hardcoded').length, 1);
  });

  it('an application that appears or goes is seen at the next refresh', async () => {
    const files: Record<string, string> = { 'a/app.py': FLASK, 'a/requirements.txt': 'flask\n', 'b/app.py': 'X = 1\n', 'b/requirements.txt': 'flask\n' };
    assert.deepEqual(await roots(files), ['']);
    session.edit('b/app.py', FLASK);
    await session.refresh();
    assert.deepEqual(session.audits().map((audit) => audit.project.root), ['a', 'b']);
    session.edit('b/app.py', 'X = 1\n');
    await session.refresh();
    assert.deepEqual(session.audits().map((audit) => audit.project.root), ['']);
  });
});
