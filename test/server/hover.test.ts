import assert from 'node:assert/strict';
import type { Hover, MarkupContent } from 'vscode-languageserver/node';
import { EXPLAIN, type ExplainAnswer } from '../../server/protocol';
import { OLD, scanned, start, type Editor } from './editor';

const APP = 'file:///app/app.py';

describe('the hover', () => {
  let editor: Editor;
  const hover = (line: number, character: number): Promise<Hover | null> =>
    editor.connection.sendRequest('textDocument/hover', { textDocument: { uri: APP }, position: { line, character } });
  const text = async (line: number, character: number): Promise<string> => ((await hover(line, character))?.contents as MarkupContent | undefined)?.value ?? '';
  afterEach(() => editor.quit());

  it('says what, why, how, at what cost, which fixes there are, and where to read on', async () => {
    editor = await start();
    await editor.open(APP, 'x = 1\nDEBUG = True\n');
    const answer = await hover(1, 4);
    assert.deepEqual(answer?.range, { start: { line: 1, character: 0 }, end: { line: 1, character: 12 } });
    assert.equal((answer?.contents as MarkupContent).kind, 'markdown');
    const said = await text(1, 4);
    for (const part of [
      '**There is a debug-on here.**', 'A reason with `code` against debug-on.', 'Take it out.', 'High, confirmed', '6 points of Configuration & secrets', 'about half an hour',
      'Switch debug off (safe to apply)', 'Read it from the environment (review before applying)', 'Still to do afterwards: Set DEBUG where it is wanted.',
      '`debug-on`', '<https://flask.palletsprojects.com/en/stable/config/#DEBUG>',
    ]) assert.ok(said.includes(part), `${part}\nis not in\n${said}`);
    assert.ok(!said.includes('javascript:'));
  });

  it('says what blocks, and that there is no fix', async () => {
    editor = await start();
    await editor.open(APP, 'PASSWORD = "hunter2"\n');
    const said = await text(0, 1);
    assert.match(said, /Critical, likely/);
    assert.match(said, /blocks shipping/);
    assert.match(said, /There is no fix to apply/);
    assert.ok(!said.includes('hunter2'));
  });

  it('is nothing beside a finding, and for what is merely possible', async () => {
    editor = await start();
    await editor.open(APP, 'DEBUG = True; PERHAPS\n');
    assert.equal(await hover(0, 13), null);
    assert.equal(await hover(0, 16), null);
    assert.equal(await hover(1, 0), null);
  });

  it('says what a comment silences, and why', async () => {
    editor = await start();
    await editor.open(APP, 'DEBUG = True  # shipworthy: ignore debug-on -- only on *my* machine\n');
    const said = await text(0, 20);
    assert.match(said, /False positive: There is a debug-on here\./);
    assert.ok(said.includes('only on \\*my\\* machine'), 'its Markdown is text');
    assert.equal(await hover(0, 3), null);
  });

  it('says of a rule that is named in a comment which rule that is, and of the others nothing', async () => {
    editor = await start();
    await editor.open(APP, 'x = 1  # shipworthy: ignore debug-on, no-such-rule -- r\n');
    const answer = await hover(0, 30);
    assert.deepEqual(answer?.range, { start: { line: 0, character: 28 }, end: { line: 0, character: 36 } });
    const said = await text(0, 30);
    for (const part of ['**There is no debug on**', 'High, confirmed · 6 points of Configuration & secrets', 'A reason with `code`', 'Take it out.', '`debug-on`', '<https://flask.']) assert.ok(said.includes(part), said);
    assert.equal(await hover(0, 40), null);
    assert.equal(await hover(0, 24), null);
  });

  it('says the same where the configuration and the records name a rule', async () => {
    editor = await start();
    const files = {
      'file:///app/shipworthy.json': '{\n  // why\n  "rules": { "debug-on": "low", "sleep-*": "off" }\n}\n',
      'file:///app/.shipworthy/suppressions.json': '{ "version": 1, "suppressions": [\n  { "lane": "false-positive", "rule": "debug-on" } ] }\n',
      'file:///app/.shipworthy/baseline.json': '{ "version": 1, "findings": [\n  { "rule": "debug-on" } ] }\n',
    };
    for (const [uri, content] of Object.entries(files)) {
      await editor.open(uri, content, 'jsonc');
      const at = async (word: string, by = 1): Promise<string> => {
        const before = content.slice(0, content.indexOf(word) + by).split('\n');
        const answer = await editor.connection.sendRequest<Hover | null>('textDocument/hover', { textDocument: { uri }, position: { line: before.length - 1, character: before.at(-1)?.length } });
        return (answer?.contents as MarkupContent | undefined)?.value ?? '';
      };
      assert.match(await at('debug-on'), /There is no debug on/, uri);
      for (const word of ['sleep-*', 'lane', 'version', 'why']) assert.equal(await at(word), '', `${word} in ${uri}`);
    }
  });

  it('is plain for clients that prefer it', async () => {
    editor = await start({ capabilities: OLD });
    await editor.open(APP, 'DEBUG = True\n');
    const answer = await hover(0, 0);
    assert.equal((answer?.contents as MarkupContent).kind, 'plaintext');
    assert.ok(!/\*\*|\\|<http/.test(await text(0, 0)));
  });
});

describe('the page of a rule', () => {
  it('is made of its card, in or outside of a workspace', async () => {
    for (const folders of [{}, { 'file:///app': {} }]) {
      const editor = await start({ folders });
      const answer = await editor.connection.sendRequest<ExplainAnswer>(EXPLAIN, { rule: 'debug-on' });
      assert.equal(answer.title, 'There is no debug on');
      for (const part of ['# There is no debug on\n', '`debug-on`', 'A reason with `code`', 'Take it out.', 'bandit B201', '- <https://flask', 'shipworthy: ignore debug-on -- the reason']) {
        assert.ok(answer.markdown.includes(part), part);
      }
      assert.ok(!answer.markdown.includes('javascript:'));
      await assert.rejects(editor.connection.sendRequest(EXPLAIN, { rule: 'no-such-rule' }), { code: -32602, message: /no rule "no-such-rule"/ });
      await editor.quit();
    }
  });

  it('is there for rules that the folder brings itself', async () => {
    const editor = await start({ folders: { 'file:///app': { 'a.py': '' } } });
    await scanned(editor);
    const session = editor.session();
    const audits = session.audits();
    const own = audits[0]?.rules['debug-on'];
    assert.ok(own);
    session.audits = () => audits.map((audit) => ({ ...audit, rules: { ours: { ...own, id: 'ours', title: 'Ours holds' } } }));
    assert.equal((await editor.connection.sendRequest<ExplainAnswer>(EXPLAIN, { rule: 'ours' })).title, 'Ours holds');
    await editor.quit();
  });
});
