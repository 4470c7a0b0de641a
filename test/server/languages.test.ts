/** Files around an application say the same in every editor, whatever language that takes them for. */
import assert from 'node:assert/strict';
import type { Hover, MarkupContent } from 'vscode-languageserver/node';
import { RESCAN } from '../../server/protocol';
import { start, type Editor } from './editor';
import { realHost } from './real-host';

const FILES = {
  'app.py': 'from flask import Flask\napp = Flask(__name__)\n\n\n@app.route("/")\ndef home():\n    return "x"\n',
  'requirements.txt': 'flask\n',
  'Dockerfile': 'FROM python\nCOPY . .\nCMD ["gunicorn", "app:app"]\n',
  'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: postgres:16\n    ports: ["5432:5432"]\n',
  '.github/workflows/ci.yml': 'on: [push]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest || true\n',
  '.gitlab-ci.yml': 'test:\n  script: [pytest || true]\n',
  '.env.production': 'SECRET_KEY=changeme\n',
  'deploy.sh': '#!/bin/sh\nset -e\nrm -rf "$HOME_OF_APP/"*\nrsync -a . host:/srv\n',
  'app.service': '[Service]\nExecStart=/srv/venv/bin/gunicorn app:app\n',
  'nginx.conf': 'server {\n  location / {\n    proxy_pass http://app;\n  }\n}\n',
  'Makefile': 'audit:\n\tcurl -fsSL https://example.com/install.sh | sh\n',
};

const LANGUAGES: Readonly<Record<string, readonly string[]>> = {
  'requirements.txt': ['pip-requirements', 'plaintext'], 'Dockerfile': ['dockerfile', 'plaintext', 'containerfile'], 'docker-compose.yml': ['dockercompose', 'yaml', 'plaintext'],
  '.github/workflows/ci.yml': ['github-actions-workflow', 'yaml'], '.gitlab-ci.yml': ['yaml', 'gitlab-ci', 'plaintext'], '.env.production': ['dotenv', 'properties', 'shellscript', 'plaintext'],
  'deploy.sh': ['shellscript', 'plaintext'], 'app.service': ['systemd-unit-file', 'ini', 'plaintext'], 'nginx.conf': ['nginx', 'properties', 'plaintext'], 'Makefile': ['makefile', 'plaintext'],
};

describe('languages that editors give to files', function () {
  this.timeout(20_000);
  let editor: Editor;
  before(async () => {
    editor = await start({ host: realHost(FILES) });
    await editor.connection.sendRequest(RESCAN);
  });
  after(() => editor.quit());

  for (const [path, languages] of Object.entries(LANGUAGES)) {
    it(`change nothing for ${path}`, async () => {
      const uri = `file:///app/${path}`;
      const answers: unknown[] = [];
      for (const language of languages) {
        await editor.open(uri, FILES[path as keyof typeof FILES], language);
        const found = await editor.diagnostics(uri);
        const [first] = found;
        assert.ok(first, `${language}: nothing is underlined`);
        const hover = await editor.connection.sendRequest<Hover | null>('textDocument/hover', { textDocument: { uri }, position: first.range.start });
        const said = (hover?.contents as MarkupContent | undefined)?.value ?? '';
        assert.ok(said.includes(String(first.code)), `${language}: the hover says ${said}`);
        const actions = await editor.actions(uri, first.range.start.line, first.range.start.character);
        assert.ok(actions.length > 0, `${language}: no action is offered`);
        answers.push({ found: found.map(({ code, range }) => ({ code, range })), said, actions: actions.map(({ title }) => title) });
        await editor.close(uri);
      }
      for (const answer of answers) assert.deepEqual(answer, answers[0]);
    });
  }
});
