import assert from 'node:assert/strict';
import { canonical, lastName, relativePath, sharesLine, touches, uriOf } from '../../server/convert';
import { digest } from '../../server/digest';

const range = (startLine: number, start: number, endLine: number, end: number) =>
  ({ start: { line: startLine, character: start }, end: { line: endLine, character: end } });

describe('paths and URIs', () => {
  it('go both ways, whatever the name holds', () => {
    for (const path of ['app.py', 'a b.py', 'süß/😀.py', 'app/[id]/(group)/page.tsx', '100%.md', 'a%20b.py', '#1?.txt', "it's!*.py", 'c:/odd']) {
      const uri = uriOf('file:///home/me/My%20App', path);
      assert.match(uri, /^file:\/\/\/home\/me\/My%20App\/[\w\-.~%/]+$/, 'nothing is left that means something in a URI');
      assert.equal(relativePath('file:///home/me/My%20App', uri), path);
    }
  });

  it('are compared decoded, with the drive in any case', () => {
    for (const folder of ['file:///c%3A/My%20App', 'file:///C:/My App', 'file:///c:/My%20App/', 'FILE://localhost/C%3a/My%20App']) {
      for (const uri of ['file:///c%3A/My%20App/src/s%C3%BC.py', 'file:///C:/My App/src/sü.py']) assert.equal(relativePath(folder, uri), 'src/sü.py', `${folder} ${uri}`);
    }
    assert.equal(canonical('file:///C%3A/App/'), canonical('file:///c:/App'));
  });

  it('do not take a neighbour, another scheme, another host or the folder itself for a file of the folder', () => {
    for (const uri of ['file:///apple/a.py', 'file:///APP/a.py', 'git:/app/a.py', 'file://server/app/a.py', 'untitled:Untitled-1', 'file:///app', 'file:///app/', 'app/a.py', '']) {
      assert.equal(relativePath('file:///app', uri), undefined, uri);
    }
  });

  it('know roots, network shares and other schemes', () => {
    assert.equal(relativePath('file:///', 'file:///etc/app.py'), 'etc/app.py');
    assert.equal(uriOf('file:///', 'etc/app.py'), 'file:///etc/app.py');
    assert.equal(relativePath('file://Server/share', 'file://server/share/a.py'), 'a.py');
    assert.equal(relativePath('vscode-vfs://github/me/app', 'vscode-vfs://github/me/app/a.py'), 'a.py');
  });

  it('take a lone per cent sign as it is', () => {
    assert.equal(relativePath('file:///app', 'file:///app/100%.md'), '100%.md');
  });

  it('have a name to show', () => {
    assert.equal(lastName('file:///home/me/My%20App/'), 'My App');
  });
});

describe('ranges', () => {
  it('touch when they share a character or an end', () => {
    const word = range(1, 4, 1, 8);
    for (const cursor of [range(1, 4, 1, 4), range(1, 8, 1, 8), range(0, 0, 2, 0), range(1, 6, 1, 20)]) assert.ok(touches(word, cursor));
    for (const cursor of [range(1, 3, 1, 3), range(1, 9, 1, 9), range(0, 4, 0, 8), range(2, 0, 2, 0)]) assert.ok(!touches(word, cursor));
  });

  it('share a line', () => {
    assert.ok(sharesLine(range(1, 4, 3, 0), range(3, 9, 3, 9)));
    assert.ok(!sharesLine(range(1, 4, 1, 8), range(2, 0, 2, 0)));
  });
});

describe('digests', () => {
  it('are 16 hex digits that tell texts apart', () => {
    const texts = ['', 'a', 'b', 'ab', 'ba', '😀', ...Array.from({ length: 5000 }, (_, at) => `DEBUG = ${at}`)];
    const digests = texts.map(digest);
    assert.equal(new Set(digests).size, texts.length);
    for (const one of digests) assert.match(one, /^[0-9a-f]{16}$/);
    assert.equal(digest('DEBUG = 7'), digest('DEBUG = 7'));
  });
});
