import assert from 'node:assert/strict';
import type { CodeAction } from 'vscode-languageserver/node';
import { OLD, start, VSCODE, type Editor } from './editor';

const APP = 'file:///app/app.py';
const titles = (actions: readonly CodeAction[]): readonly string[] => actions.map(({ title }) => title);
const FIXES = ['Switch debug off', 'Read it from the environment', 'Move it to a file of its own'];

describe('code actions', () => {
  let editor: Editor;
  afterEach(() => editor.quit());

  it('offer the fixes first, one of them preferred, each with its diagnostic and without an edit', async () => {
    editor = await start();
    await editor.open(APP, 'DEBUG = True\n');
    const diagnostics = await editor.diagnostics(APP);
    const actions = await editor.actions(APP, 0, 3, { diagnostics });
    assert.deepEqual(titles(actions), [...FIXES, 'Ignore debug-on on this line', 'Ignore debug-on in this file', 'Ignore debug-on in this project']);
    assert.deepEqual(actions.map(({ isPreferred }) => isPreferred), [true, undefined, undefined, undefined, undefined, undefined]);
    assert.deepEqual(actions.map(({ kind, edit }) => [kind, edit]), actions.map(() => ['quickfix', undefined]));
    for (const action of actions) assert.deepEqual(action.diagnostics, diagnostics);
    assert.deepEqual(editor.initialized.capabilities.codeActionProvider, { codeActionKinds: ['quickfix', 'source.fixAll.shipworthy'], resolveProvider: true });
  });

  it('resolve to an edit that makes the finding go away', async () => {
    editor = await start();
    await editor.open(APP, '# 😀 ü\r\nDEBUG = True\r\n');
    const [fix] = await editor.actions(APP, 1, 0);
    assert.ok(fix);
    const { edit } = await editor.resolve(fix);
    assert.deepEqual(edit, { documentChanges: [{ textDocument: { uri: APP, version: 1 }, edits: [{ range: { start: { line: 1, character: 8 }, end: { line: 1, character: 12 } }, newText: 'False' }] }] });
    await editor.apply(edit);
    assert.equal(editor.texts.get(APP)?.getText(), '# 😀 ü\r\nDEBUG = False\r\n');
    assert.deepEqual(await editor.diagnostics(APP), []);
    await assert.rejects(editor.resolve(fix), { code: -32801 }, 'the finding is gone');
  });

  it('say what remains of fixes to review, and ask before they change more than the file at hand', async () => {
    editor = await start();
    await editor.open(APP, 'DEBUG = True\n');
    const review = (await editor.actions(APP, 0, 0))[1];
    assert.ok(review);
    const { edit } = await editor.resolve(review);
    assert.deepEqual(edit?.changeAnnotations, { review: { label: 'Read it from the environment', needsConfirmation: false, description: 'Set DEBUG where it is wanted.' } });
    const further = (await editor.actions(APP, 0, 0))[2];
    assert.ok(further);
    assert.equal((await editor.resolve(further)).edit?.changeAnnotations?.['review']?.needsConfirmation, true);
    const [change] = edit?.documentChanges ?? [];
    assert.ok(change && 'edits' in change);
    assert.equal((change.edits[0] as { annotationId?: string }).annotationId, 'review');
  });

  it('create files where the client can', async () => {
    editor = await start();
    await editor.open(APP, 'DEBUG = True\n');
    const create = (await editor.actions(APP, 0, 0))[2];
    assert.ok(create);
    const { edit } = await editor.resolve(create);
    assert.deepEqual(edit?.documentChanges?.slice(0, 2), [
      { kind: 'create', uri: 'file:///app/own%20file.py', options: { overwrite: false, ignoreIfExists: false }, annotationId: 'review' },
      { textDocument: { uri: 'file:///app/own%20file.py', version: null }, edits: [{ range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, newText: 'DEBUG = False\n', annotationId: 'review' }] },
    ]);
  });

  it('come with their edits for clients that cannot ask for them, less what those cannot do', async () => {
    editor = await start({ capabilities: OLD });
    await editor.open(APP, 'DEBUG = True\n');
    const actions = await editor.actions(APP, 0, 0);
    assert.deepEqual(titles(actions), ['Switch debug off', 'Read it from the environment', 'Ignore debug-on on this line', 'Ignore debug-on in this file'], 'it cannot create shipworthy.json');
    assert.deepEqual(actions[0]?.edit, { changes: { [APP]: [{ range: { start: { line: 0, character: 8 }, end: { line: 0, character: 12 } }, newText: 'False' }] } });
    assert.ok(actions.every(({ data }) => data === undefined));
    await editor.apply(actions[2]?.edit);
    assert.equal(editor.texts.get(APP)?.getText(), 'DEBUG = True  # shipworthy: ignore debug-on -- the reason is still to be given\n');
    assert.deepEqual(await editor.actions(APP, 0, 0), []);
  });

  it('are none for clients that know only commands', async () => {
    editor = await start({ capabilities: {} });
    await editor.open(APP, 'DEBUG = True\n');
    assert.deepEqual(await editor.actions(APP, 0, 0), []);
    assert.equal(editor.initialized.capabilities.codeActionProvider, false);
  });

  it('let a client that can prompt ask for the reason, and explain', async () => {
    editor = await start({ canPrompt: true });
    await editor.open(APP, 'print(1)\n');
    const actions = await editor.actions(APP, 0, 0);
    assert.deepEqual(titles(actions), [
      'Ignore print-call on this line…', 'Ignore print-call in this file…', 'Ignore print-call in this project…', 'Mark false positive…', 'Accept risk until…', 'Explain print-call',
    ]);
    assert.deepEqual(actions.map(({ command }) => [command?.command, command?.arguments]), [
      ['shipworthy.ignore', [{ uri: APP, rule: 'print-call', fingerprint: 'print-call app.py 0', reach: 'line' }]],
      ['shipworthy.ignore', [{ uri: APP, rule: 'print-call', fingerprint: 'print-call app.py 0', reach: 'file' }]],
      ['shipworthy.switchOff', [{ uri: APP, rule: 'print-call' }]],
      ['shipworthy.markFalsePositive', [{ uri: APP, rule: 'print-call', fingerprint: 'print-call app.py 0' }]],
      ['shipworthy.acceptRisk', [{ uri: APP, rule: 'print-call', fingerprint: 'print-call app.py 0' }]],
      ['shipworthy.explain', [{ rule: 'print-call' }]],
    ]);
    assert.ok(actions.every(({ isPreferred }) => isPreferred === undefined));
  });

  it('keep to the kinds that are asked for', async () => {
    editor = await start();
    await editor.open(APP, 'DEBUG = True\nDEBUG = True\n');
    const asked = async (...only: string[]): Promise<readonly string[]> => titles(await editor.actions(APP, 0, 0, { only }));
    const all = 'Fix everything that is safe to fix in this file';
    assert.equal((await asked('quickfix')).length, 6);
    assert.deepEqual(await asked('refactor'), []);
    assert.deepEqual(await asked('quickfix.other'), []);
    assert.deepEqual(await asked('source.fixAll.eslint'), []);
    for (const kind of ['source', 'source.fixAll', 'source.fixAll.shipworthy']) assert.deepEqual(await asked(kind), [all]);
    assert.ok(!(titles(await editor.actions(APP, 0, 0))).includes(all), 'only when asked by kind');
  });

  it('fix all that is safe at once', async () => {
    editor = await start();
    await editor.open(APP, 'DEBUG = True\nx = 1\nDEBUG = True\nprint(1)\n');
    const [all] = await editor.actions(APP, 1, 0, { only: ['source.fixAll'], triggerKind: 2 });
    assert.ok(all);
    const { edit } = await editor.resolve(all);
    assert.equal(edit?.changeAnnotations, undefined);
    await editor.apply(edit);
    assert.equal(editor.texts.get(APP)?.getText(), 'DEBUG = False\nx = 1\nDEBUG = False\nprint(1)\n');
    assert.deepEqual(await editor.actions(APP, 0, 0, { only: ['source.fixAll'] }), []);
  });

  it('look along the line when asked by hand and under the cursor when not', async () => {
    editor = await start();
    await editor.open(APP, 'DEBUG = True; x = 1\n');
    assert.equal((await editor.actions(APP, 0, 19, { triggerKind: 1 })).length, 6);
    assert.equal((await editor.actions(APP, 0, 19, { triggerKind: 2 })).length, 0);
    assert.equal((await editor.actions(APP, 0, 12, { triggerKind: 2 })).length, 6, 'the end of the range is on it');
    assert.equal((await editor.actions(APP, 1, 0)).length, 0);
  });

  it('find the diagnostic by code and place where the client keeps no data', async () => {
    editor = await start({ capabilities: VSCODE });
    await editor.open(APP, 'DEBUG = True\n');
    const own = { range: { start: { line: 0, character: 0 }, end: { line: 0, character: 12 } }, code: 'debug-on', message: 'its own words' };
    const [fix] = await editor.actions(APP, 0, 0, { diagnostics: [own] });
    assert.deepEqual(fix?.diagnostics, [own]);
  });
});
