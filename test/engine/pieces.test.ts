/** A file taken to pieces is the file: whole ones read the same either way, and in broken ones the damage stays where it is. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pythonLowering } from '../../engine/python/lower';
import { pieceEnd } from '../../engine/python/cuts';
import { innermostAgain } from '../../engine/python/innermost';
import { Pieces } from '../../engine/python/pieces';
import { Documents } from '../../engine/syntax/documents';
import type { Program } from '../../engine/syntax/ast';
import { testGrammars } from '../support/grammars';
import { random } from '../support/random';

describe('the pieces of a Python file', () => {
  let documents: Documents;
  let lowered: (text: string) => Program;
  before(async () => {
    const grammars = await testGrammars();
    documents = new Documents(grammars);
    const lower = pythonLowering(grammars.language('python'));
    lowered = (text) => {
      const program = documents.with('python', text, (tree) => lower(tree, text));
      assert.ok(program);
      return program;
    };
  });
  after(() => { documents.dispose(); });

  const cut = (text: string) => {
    const found: string[] = [];
    for (let at = 0; at < text.length; at = pieceEnd(text, at)) found.push(text.slice(at, pieceEnd(text, at)));
    return found;
  };

  const whole: Readonly<Record<string, readonly string[]>> = {
    'statements of one line': ['import os\n', 'x = 1; y = 2\n', 'z = 3\n'],
    'what goes on with the statement above': ['if a:\n    b\nelif c:\n    d\nelse:\n    e\n', 'try:\n    a\nexcept E:\n    b\nelse:\n    c\nfinally:\n    d\n', 'f()\n'],
    'decorators of several lines': ['@a.route(\n    "/",\n)\n@b\nasync def f():\n    pass\n\n\n', '@c\nclass D:\n    pass\n'],
    'brackets and strings over several lines': ['x = [\n1,\n(2)\n]\n', 's = """\ndef no():\n"quoted" \\"""\n"""\n', "t = 'it\\'s (' # (\n", 'u = 1\n'],
    'a backslash at the end of a line': ['x = 1 + \\\n2\n', 'y = "a \\\nb"\n', 'z = 3\n'],
    'a line that holds nothing but a backslash': ['x = 1\n', '\\\n@a\ndef f(): pass\n', 'y = 2\n'],
    'comments and blank lines behind a statement': ['#!/usr/bin/python\n\n"""Doc."""\n', 'def f():\n    a\n# aside\n    b\n\n# of g\n', 'def g(): pass'],
    'lines that end in carriage returns': ['x = (\r\n1)\r\n', 'y = 1 + \\\r\n2\r\n', 's = "a \\\r\nb"\r\n'],
  };
  for (const [title, pieces] of Object.entries(whole)) {
    it(`are cut at statements: ${title}`, () => {
      const text = pieces.join('');
      assert.deepEqual(cut(text), pieces);
      const { pieces: read, ...program } = new Pieces(lowered).read(text);
      assert.equal(read.length, pieces.length);
      assert.deepEqual(program, lowered(text));
      assert.ok(program.whole);
    });
  }

  it('of the examples are together what each file is', () => {
    for (const folder of ['examples', 'test/fixtures']) for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((each) => each.endsWith('.py'))) {
      const text = readFileSync(join(folder, name), 'utf8');
      const expected = lowered(text);
      if (!expected.whole) continue;
      const { body, comments, whole: all } = new Pieces(lowered).read(text);
      assert.deepEqual({ body, comments, whole: all }, expected, name);
    }
  });

  it('keep an open bracket to the statement it is in', () => {
    for (const open of ['value = compute(', 'value = [', 'value = {"a": (']) {
      const { pieces, whole: all } = new Pieces(lowered).read(`import a\n\ndef f():\n    ${open}\n    return 1\n\n@a.b\ndef g():\n    return 2\nclass C:\n    pass\n`);
      assert.equal(all, false);
      assert.deepEqual(pieces.map((each) => each.origin.whole), [true, false, true, true]);
      assert.deepEqual(pieces.slice(2).flatMap((each) => each.body.map((one) => one.k === 'function' || one.k === 'class' ? `${one.name} ${one.k === 'function' ? one.decorators.length : 0}` : one.k)), ['g 1', 'C 0']);
    }
  });

  it('are the same whether a text is typed letter by letter or there at once', () => {
    const text = 'import os\ntry:\n    f(\nexcept E:\n    pass\n@a(\n)\nasync def g(): pass\nfrom a import b\nx = """\n\n"""\nelse_ = 1\n';
    const [typed, gone] = [new Pieces(lowered), new Pieces(lowered)];
    for (let length = 0; length <= text.length; length++) assert.deepEqual(typed.read(text.slice(0, length)), new Pieces(lowered).read(text.slice(0, length)));
    for (let length = 0; length <= text.length; length++) assert.deepEqual(gone.read(text.slice(length)), new Pieces(lowered).read(text.slice(length)));
    for (let at = 0; at <= text.length; at++) for (const put of ['\n', '(', ' ', 'x', '"""']) assert.deepEqual(typed.read(text.slice(0, at) + put + text.slice(at)), new Pieces(lowered).read(text.slice(0, at) + put + text.slice(at)));
  });

  it('do not take the next line for a value that is still to be typed', () => {
    for (const text of ['a = 1\nx =\ny = 2\n', 'x = y =\nz = 2\n', 'x =  # to come\ny = 2\n', 'x =\r\ny = 2\r\n']) {
      assert.equal(lowered(text).whole, false, text);
      const last = new Pieces(lowered).read(text).body.at(-1);
      assert.ok(last?.k === 'assign' && last.targets.length === 1, text);
    }
    for (const text of ['user.\nname = 1\n', 'def f():\n    return user.\n    name\n', 'x = 1 +\ny\n', 'if user.\nname:\n    pass\n', 'del a.\nb\n', 'global \nb\n', 'try\n: a\nfinally: b\n', 'try: a\nfinally\n: b\n', 'try: a\nexcept\n: b\n', 'if a: b\nelse\n: c\n', 'if a: b\nelif c.\nd: e\n', 'f("\nb")\n', '@a("\nb")\ndef f(): pass\n', 'raise a.\nb\n', 'def f():\n    x: int =\n    y\n']) assert.equal(lowered(text).whole, false, text);
    for (const text of ['x = a. \\\nb\n', 'x = "a \\\nb"\n', 'x = (a.\nb)\n', 'if (a\n  and b):\n    pass\n', '@a(\n)\ndef f(a,\n b): pass\n', 'x = """\n""".\\\nb\n', 'from a import (b,\n c)\n', 'x = f(lambda: 1,\n {1: 2})[\n0]\n']) assert.equal(lowered(text).whole, true, text);
    for (const text of ['x = \\\ny\n', 'x = \\\r\n1\r\n', 'x = (\n1)\n', 'x: int = 1\n']) assert.equal(lowered(text).whole, true, text);
  });

  it('keep an open bracket to the method it is in', () => {
    for (const open of ['value = compute(', 'value = [', 'value = {"a": (', 'if self.x(', 'return "', 'x = 1 +', 'return """']) {
      const text = `@a\nclass C(B, metaclass=M):  # why\n    # first\n    x = 1\n\n    def f(self):\n        ${open}\n        return 1\n\n    @property\n    def g(self):\n        return 2\n\n    y = 2\n`;
      const [piece, ...others] = new Pieces(lowered).read(text).pieces;
      const [only] = piece?.body ?? [];
      assert.ok(only?.k === 'class' && piece && others.length === 0, open);
      assert.equal(piece.origin.whole, false);
      assert.deepEqual([only.name, only.decorators.length, only.bases.length, only.start, only.end <= text.length], ['C', 1, 2, 0, true]);
      const members = only.body.body.map((each) => each.k === 'function' ? `${each.name} ${each.decorators.length}` : text.slice(each.start, each.end));
      assert.equal(members[0], 'x = 1', open);
      // A string of several lines ends nowhere but at its own end.
      if (!open.endsWith('"""')) assert.deepEqual(members.slice(-2), ['g 1', 'y = 2'], open);
    }
  });

  it('keep it to the statement of a function, however deep', () => {
    const text = 'def f(a):\n    first = 1\n    def inner():\n        deep = compute(\n        return deep\n    while a:\n        second = 2\n    # last\n    return first\n';
    const [outer] = new Pieces(lowered).read(text).body;
    assert.ok(outer?.k === 'function');
    const inner = outer.body.body[1];
    assert.ok(inner?.k === 'function');
    assert.deepEqual(outer.body.body.map((each) => each.k), ['assign', 'function', 'loop', 'return']);
    assert.equal(inner.body.body.at(-1)?.k, 'return');
    assert.equal(text.slice(inner.start, inner.end), 'def inner():\n        deep = compute(\n        return deep');
  });

  it('read a class typed letter by letter as one that is there at once', function () {
    this.timeout(120_000);
    for (const text of CLASSES) {
      const [typed, gone] = [new Pieces(lowered), new Pieces(lowered)];
      for (let length = 0; length <= text.length; length++) assert.deepEqual(typed.read(text.slice(0, length)), new Pieces(lowered).read(text.slice(0, length)));
      for (let length = 0; length <= text.length; length++) assert.deepEqual(gone.read(text.slice(length)), new Pieces(lowered).read(text.slice(length)));
      for (let at = 0; at <= text.length; at += 3) for (const put of ['\n', '(', ' ', 'x', '"""', '\\']) assert.deepEqual(typed.read(text.slice(0, at) + put + text.slice(at)), new Pieces(lowered).read(text.slice(0, at) + put + text.slice(at)));
    }
  });

  it('are read again only where the text changed', () => {
    const read: string[] = [];
    const pieces = new Pieces((text) => { read.push(text); return lowered(text); });
    const text = 'a = 1\ndef f():\n    return 1\nb = 2\nc = 3\n';
    pieces.read(text);
    const count = (next: string) => { read.length = 0; pieces.read(next); return read; };
    assert.deepEqual(count(text), []);
    assert.deepEqual(count(text.replace('return 1', 'return 10')), ['class _:\n    return 10\n']);
    assert.deepEqual(count(text), ['class _:\n    return 1\n']);
    assert.deepEqual(count(text.replace('b = 2', 'else: 2')), ['def f():\n    return 1\nelse: 2\n', 'def f():\n    pass\n', 'class _:\n    return 1\n', 'class _:\nelse: 2\n']);
    assert.deepEqual(count(''), []);
    assert.equal(count(text).length, 4);
  });

  it('are read again by the innermost statement that changed, and are what the whole piece is', () => {
    const next = random(20261128);
    const below = (most: number) => Math.floor(next() * most);
    const puts = ['x', '1', ' ', '\n', '\n        y = 1', '\n    def z(self):\n        pass\n', '\n    # c\n', '\n# c\n', '\nx = 1\n', '(', ')', '"""', '#', '\\', '\\\n', ':', '@d\n', 'else:', '\t'];
    let taken = 0;
    for (const before of [...CLASSES, ...BLOCKS]) {
      const origin = lowered(before);
      assert.ok(origin.whole);
      for (let round = 0; round < 400; round++) {
        const at = below(before.length);
        const gone = below(3) === 0 ? below(20) : 0;
        const now = before.slice(0, at) + (puts[below(puts.length)] ?? '') + before.slice(at + gone);
        const again = innermostAgain({ text: before, origin }, now, lowered);
        if (!again || again === 'broken') continue;
        taken++;
        assert.deepEqual(again, lowered(now), now);
      }
    }
    assert.ok(taken > 100, `only ${taken} were read so`);
    const [one = ''] = CLASSES;
    const read: string[] = [];
    innermostAgain({ text: one, origin: lowered(one) }, one.replace('return 1', 'return 10'), (text) => { read.push(text); return lowered(text); });
    assert.deepEqual(read, ['class _:\n        return 10\n']);
  });
});

const CLASSES = [
  'class A(B, metaclass=M):\n    """Doc."""\n\n    x: int = 1\n\n    @property\n    def first(self):\n        # why\n        return 1\n\n    async def second(self, *, a=(1, 2)):\n        if a:\n            return """text\n    def no(): pass\n"""\n        # at the end\n\n    y = 2\n\n    def third(self):\n        class Inner:\n            def deep(self): return [\n1]\n        return Inner',
  '@decorated\nclass C:\n\tdef one(self): return 1\n\tdef two(self):\n\t\ttry:\n\t\t\treturn f"{self.x!r}"\n\t\tfinally:\n\t\t\tpass\n\n\n# behind\n',
];

const BLOCKS = [
  'def f(a, b=(1,\n 2)):\n    """Doc."""\n    # first\n    if a:\n        x = 1  # c\n        # behind\n    elif b:\n        y = [\n1\n]; z = 2\n\n    elif x: pass\n    else:\n        # why\n        return x\n        # last\n\n    for c in a:\n        while c:\n            c = c.next\n        else:\n            break\n            # deep\n          # odd\n    else:\n        del c\n    return 1\n',
  'async def g():\n    try:\n        async with a as b, c:\n            await b\n    except (A, B) as e:\n        raise\n    except:\n        global N; N = 1\n    else:\n        yield 1\n    finally:\n        match b:\n            case [1, x] if x:\n                print(x)\n            case _:\n                pass\n    @d(\n)\n    def inner(): return {\n  1: 2}\n    class I: x = 1\n    y: int = f("""\nz""")\n    # end\n# out\n',
  'if a:\n    def one():\n        x = 1\n        return x\n    y = 2\nelse:\n    z = 3\n',
];
