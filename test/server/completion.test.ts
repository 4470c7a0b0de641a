import assert from 'node:assert/strict';
import type { CompletionItem, CompletionList, MarkupContent, TextEdit } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { RESCAN } from '../../server/protocol';
import { OLD, start, VSCODE, type Editor, type Setup } from './editor';
import { realHost } from './real-host';

const APP = 'file:///app/app.py';
const COMPLETING = {
  ...VSCODE,
  textDocument: { ...VSCODE.textDocument, completion: { completionItem: { snippetSupport: true, labelDetailsSupport: true, documentationFormat: ['markdown' as const] } } },
};
const PLAIN = { ...OLD, textDocument: { ...OLD.textDocument, completion: {} } };

describe('completion where findings are silenced', () => {
  let editor: Editor;
  afterEach(() => editor.quit());

  /** Opens a text with the cursor at `|` and asks. */
  async function at(marked: string, setup: Setup = {}, uri = APP): Promise<{ readonly items: readonly CompletionItem[]; readonly take: (label: string) => string }> {
    editor = await start({ capabilities: COMPLETING, ...setup });
    return ask(marked, uri);
  }

  async function ask(marked: string, uri = APP): ReturnType<typeof at> {
    const offset = marked.indexOf('|');
    const text = marked.slice(0, offset) + marked.slice(offset + 1);
    const document = TextDocument.create(uri, '', 0, text);
    await editor.open(uri, text);
    const answer = await editor.connection.sendRequest<CompletionList | null>('textDocument/completion', { textDocument: { uri }, position: document.positionAt(offset) });
    const items = answer?.items ?? [];
    return { items, take: (label) => TextDocument.applyEdits(document, [items.find((one) => one.label === label)?.textEdit as TextEdit]) };
  }

  it('offers the words after the marker, with a blank where there is none', async () => {
    const { items, take } = await at('# shipworthy:|\nDEBUG = True\n', { canPrompt: true });
    assert.deepEqual(items.map(({ label }) => label), ['ignore', 'ignore-file', 'accept']);
    assert.equal(take('ignore'), '# shipworthy: ignore \nDEBUG = True\n');
    assert.equal(items[0]?.command?.command, 'editor.action.triggerSuggest');
    assert.equal((await ask('# shipworthy: ig|\n')).take('ignore-file'), '# shipworthy: ignore-file \n');
  });

  it('offers the rules, those that speak there first, with severity and title', async () => {
    const { items, take } = await at('print(1)\n# shipworthy: ignore |\nDEBUG = True\n');
    const sorted = [...items].sort((a, b) => ((a.sortText ?? '') < (b.sortText ?? '') ? -1 : 1));
    assert.deepEqual(sorted.slice(0, 2).map(({ label }) => label), ['debug-on', 'print-call']);
    assert.equal(items.length, 6);
    assert.deepEqual(items.filter(({ preselect }) => preselect).map(({ label }) => label), ['debug-on']);
    assert.equal(sorted[0]?.detail, 'High: There is no debug on');
    assert.equal(take('debug-on'), 'print(1)\n# shipworthy: ignore debug-on -- ${1:the reason}\nDEBUG = True\n');
    assert.equal(sorted[0].insertTextFormat, 2);
  });

  it('replaces what stands under the cursor, and leaves a reason that is there', async () => {
    const { items, take } = await at('DEBUG = True  # shipworthy: ignore print-call, deb|ug -- mine\n');
    assert.ok(!items.some(({ label }) => label === 'print-call'), 'it is named already');
    assert.equal(take('debug-on'), 'DEBUG = True  # shipworthy: ignore print-call, debug-on -- mine\n');
    assert.equal((await ask('x = 1  # shipworthy: ignore deb|, print-call\n')).take('debug-on'), 'x = 1  # shipworthy: ignore debug-on, print-call\n');
  });

  it('offers what is still to be said after a rule', async () => {
    const { take } = await at('DEBUG = True  # shipworthy: ignore debug-on |\n');
    assert.equal(take('--'), 'DEBUG = True  # shipworthy: ignore debug-on -- ${1:the reason}\n');
  });

  it('gives an acceptance its end, as the severity allows, and who works here', async () => {
    const host = (usual: Parameters<Extract<Setup['host'], (...args: never) => unknown>>[0]) => ({ ...usual, identity: async () => 'Ada {} $ <ada@example.org>' });
    const { take } = await at('x = 1  # shipworthy: accept |\n', { host });
    const ends = (day: string) => ` until \${1:${day}} by \${2:Ada {\\} \\$ <ada@example.org>} -- \${3:the reason}`;
    assert.equal(take('password-in-source'), `x = 1  # shipworthy: accept password-in-source${ends('2026-12-20')}\n`, 'a critical one ends after 30 days');
    assert.equal(take('debug-on'), `x = 1  # shipworthy: accept debug-on${ends('2027-02-18')}\n`);
    for (const begun of ['until |', 'until 2027-01-01 |', 'until 2027-01-01 by |', 'by Ada L|']) assert.deepEqual((await ask(`x = 1  # shipworthy: accept debug-on ${begun}\n`)).items, [], begun);
  });

  it('is nothing in a reason, in code, in other comments and in files that nobody reads', async () => {
    const { items } = await at('x = 1  # shipworthy: ignore debug-on -- so that |\n');
    assert.deepEqual(items, []);
    for (const marked of ['x = 1 |\n', '# a note |\n', '# about shipworthy: |\n', '# shipworthy: forget |\n', '# ship|worthy: ignore x -- r\n']) {
      assert.deepEqual((await ask(marked)).items, [], marked);
    }
    assert.deepEqual((await ask('# shipworthy: ignore |\n', 'file:///elsewhere/app.py')).items, []);
  });

  it('describes a rule when it is looked at, and says nothing of what is no rule', async () => {
    const { items } = await at('# shipworthy: ignore |\n');
    const one = await editor.connection.sendRequest<CompletionItem>('completionItem/resolve', items.find(({ label }) => label === 'debug-on'));
    const said = (one.documentation as MarkupContent).value;
    for (const part of ['High, confirmed · 6 points', 'A reason with `code`', 'Take it out.']) assert.ok(said.includes(part), said);
    const verb = await editor.connection.sendRequest<CompletionItem>('completionItem/resolve', { label: 'ignore' });
    assert.equal(verb.documentation, undefined);
  });

  it('is plain for clients without snippets and Markdown, and not offered to those that never ask', async () => {
    const { items, take } = await at('DEBUG = True  # shipworthy: ignore |\n', { capabilities: PLAIN });
    assert.ok(editor.initialized.capabilities.completionProvider?.triggerCharacters?.includes(' '));
    assert.equal(take('debug-on'), 'DEBUG = True  # shipworthy: ignore debug-on -- \n');
    const one = await editor.connection.sendRequest<CompletionItem>('completionItem/resolve', items.find(({ label }) => label === 'debug-on'));
    assert.equal((one.documentation as MarkupContent).kind, 'plaintext');
    await editor.quit();
    editor = await start({ capabilities: OLD });
    assert.equal(editor.initialized.capabilities.completionProvider, undefined);
  });

  it('names rules in the record of silenced findings, before and between the quotes', async () => {
    const record = 'file:///app/.shipworthy/suppressions.json';
    const text = (value: string): string => `{ "version": 1, "suppressions": [{ "rule": ${value} }] }`;
    const { take } = await at(text('"deb|"'), {}, record);
    assert.equal(take('debug-on'), text('"debug-on"'));
    assert.equal((await ask(text('|'), record)).take('debug-on'), text('"debug-on"'));
    assert.deepEqual((await ask('{ "suppressions": [{ "reason": "deb|" }], "rule": "" }', record)).items, []);
    assert.deepEqual((await ask('{ "suppressions": [{ "rule": "deb|" }] }', 'file:///app/other.json')).items, []);
    await editor.quit();
    assert.deepEqual((await at(text('"deb|"'), { canPrompt: true }, record)).items, [], 'VS Code has the schema');
  });
});

/** A comment in the syntax of each format, with the place of what it says. */
const FORMATS: Readonly<Record<string, string>> = {
  'app.py': 'x = 1\n# shipworthy: %\ny = 2\n', 'main.ts': '// shipworthy: %\nconst x = 1;\n', 'view.tsx': 'const x = 1; /* shipworthy: % */\n', 'lib.js': 'x();  // shipworthy: %\n',
  'templates/a.html': '<p>\n<!-- shipworthy: % -->\n</p>\n', 'templates/b.html': '{# shipworthy: % #}\n{{ x }}\n', 'README.md': '# T\n\n<!-- shipworthy: % -->\n',
  Dockerfile: 'FROM python:3.12\n# shipworthy: %\nRUN x\n', 'compose.yaml': 'services:\n  a:\n    # shipworthy: %\n    image: x\n', '.github/workflows/ci.yml': 'on: push\n# shipworthy: %\njobs: {}\n',
  '.gitlab-ci.yml': 'test:\n  script: x # shipworthy: %\n', 'pyproject.toml': '[project]\n# shipworthy: %\nname = "x"\n', 'requirements.txt': 'flask # shipworthy: %\n', 'setup.cfg': '[x]\n; shipworthy: %\n',
  '.env': '# shipworthy: %\nA=1\n', '.gitignore': '# shipworthy: %\n*.pyc\n', 'deploy.sh': '#!/bin/sh\n# shipworthy: %\nx\n', 'nginx.conf': 'server {\n  # shipworthy: %\n}\n',
  'app.service': '[Service]\n; shipworthy: %\n', Procfile: 'web: x\n# shipworthy: %\n', crontab: '# shipworthy: %\n0 3 * * * x\n', Makefile: 'a:\n\t# shipworthy: %\n', 'migrations/1.sql': '-- shipworthy: %\nselect 1;\n',
  'fly.toml': '# shipworthy: %\napp = "x"\n', 'vercel.json': '{\n  // shipworthy: %\n  "a": 1\n}\n', 'tsconfig.json': '{\n  // shipworthy: %\n}\n', Jenkinsfile: '// shipworthy: %\npipeline {}\n',
};

describe('completion in every format that is read', function () {
  this.timeout(20_000);
  let editor: Editor;
  before(async () => {
    const files = Object.fromEntries(Object.entries(FORMATS).map(([path, text]) => [path, text.replace('shipworthy: %', 'nothing')]));
    editor = await start({ host: realHost(files), capabilities: PLAIN });
    await editor.connection.sendRequest(RESCAN);
  });
  after(() => editor.quit());

  for (const [path, text] of Object.entries(FORMATS)) {
    it(`writes what is understood in ${path}`, async () => {
      const uri = `file:///app/${path}`;
      const begun = text.replace('%', 'ignore ');
      const document = TextDocument.create(uri, '', 0, begun);
      await editor.open(uri, begun, 'plaintext');
      const position = document.positionAt(text.indexOf('%') + 'ignore '.length);
      const answer = await editor.connection.sendRequest<CompletionList | null>('textDocument/completion', { textDocument: { uri }, position });
      const item = answer?.items.find(({ label }) => label === 'secret-key-default');
      assert.ok(item, 'the rules are not offered');
      assert.equal(TextDocument.applyEdits(document, [item.textEdit as TextEdit]), text.replace('%', 'ignore secret-key-default -- '));
      await editor.change(uri, { text: text.replace('%', 'ignore secret-key-default -- known') });
      const hover = await editor.connection.sendRequest<{ contents: MarkupContent } | null>('textDocument/hover', { textDocument: { uri }, position: { ...position, character: position.character + 2 } });
      assert.match(hover?.contents.value ?? '', /signing key/i);
      await editor.close(uri);
    });
  }
});
