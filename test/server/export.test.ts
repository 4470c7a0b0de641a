import assert from 'node:assert/strict';
import { EXPORT, type ExportAnswer, type ExportParams } from '../../server/protocol';
import { scanned, start, type Editor } from './editor';

describe('reports as files', () => {
  let editor: Editor;
  const write = (params: ExportParams): Promise<ExportAnswer | null> => editor.connection.sendRequest(EXPORT, params);
  afterEach(() => editor.quit());

  it('are written in every form that is offered, the same each time', async () => {
    editor = await start({ folders: { 'file:///app': { 'a.py': 'DEBUG = True\n' } } });
    await scanned(editor);
    for (const [form, starts] of [['html', /^<!DOCTYPE html>/], ['markdown', /^# Production readiness/], ['json', /^\{/], ['sarif', /^\{/], ['csv', /^\uFEFF?[A-Za-z]+,/]] as const) {
      const first = await write({ uri: 'file:///app', root: '', form });
      assert.match(first?.text ?? '', starts, form);
      assert.match(first?.text ?? '', /debug-on/, form);
      assert.deepEqual(await write({ uri: 'file:///app', root: '', form }), first);
    }
  });

  it('are null for what is not there', async () => {
    editor = await start({ folders: { 'file:///app': { 'a.py': 'DEBUG = True\n' } } });
    await scanned(editor);
    for (const params of [{ uri: 'file:///other', root: '', form: 'html' }, { uri: 'file:///app', root: 'web', form: 'html' }, { uri: 'file:///app', root: '', form: 'constructor' }, { uri: 'file:///app', root: '', form: '' }]) assert.equal(await write(params), null);
  });
});
