/** Markdown, templates, and what the readers are built on: pieces, trees, TOML. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { resolved } from '../../engine/files/folders';
import { parseJson } from '../../engine/files/json';
import { lineOf, lines } from '../../engine/files/lines';
import { aligned, part, verbatim } from '../../engine/files/piece';
import { parseToml } from '../../engine/files/toml';
import type { Tree } from '../../engine/files/tree';
import { leaves } from '../../engine/files/tree';
import { parseYaml } from '../../engine/files/yaml';
import { covered, text, unitOf } from './facts';

describe('Markdown', () => {
  it('has headings, outside of code, comments and front matter', () => {
    const source = text('---', '# no', '---', '# App 🚀 #', '', '```sh', '# no', '```', '~~~', '## no', '~~~', '<!--', '# no', '-->', '## Deploy', 'Run it', '======', 'Second', '---', 'text', '- item', '---', '    # no', '#no', '####### no');
    const unit = unitOf('markdown', 'README.md', source);
    assert.deepEqual(unit.headings.map((one) => [one.level, one.text]), [[1, 'App 🚀'], [2, 'Deploy'], [1, 'Run it'], [2, 'Second']]);
    assert.equal(covered(source, unit.headings[0]?.at), '# App 🚀 #');
  });

  it('has code, in blocks and in lines', () => {
    const source = text('Set `A_B` and ``x ` y``.', '', '```bash', 'make up', '```', '', '    indented', '    more', '', '- list', '', '    still the list `Z`', '', '````md', '```', '````', '```py', 'open');
    const unit = unitOf('markdown', 'README.md', source);
    assert.deepEqual(unit.code.map((one) => [one.block, one.language, one.text]), [[false, '', 'A_B'], [false, '', 'x ` y'], [true, 'bash', 'make up'], [true, '', '    indented\n    more'], [false, '', 'Z'], [true, 'md', '```'], [true, 'py', 'open\n']]);
    assert.equal(covered(source, unit.code[2]?.at), '```bash\nmake up\n```');
    assert.equal(covered(source, unit.code[0]?.at), '`A_B`');
  });

  it('has links of every form', () => {
    const source = text('See [the docs](docs/a.md "Title"), ![logo](a.png), [![ci](b.svg)](https://ci) and <https://x.example>.', '[ref]: https://example.com/x');
    const unit = unitOf('markdown', 'README.md', source);
    assert.deepEqual(unit.links.map((one) => [one.text, one.target]), [['the docs', 'docs/a.md'], ['logo', 'a.png'], ['![ci](b.svg)', 'https://ci'], ['ci', 'b.svg'], ['', 'https://x.example'], ['ref', 'https://example.com/x']]);
    assert.equal(covered(source, unit.links[0]?.at), '[the docs](docs/a.md "Title")');
  });
});

describe('templates', () => {
  it('are in the language their tags are of', () => {
    const engine = (path: string, source: string) => unitOf('template', path, source).engine;
    assert.equal(engine('a.html', '{% load static %}{{ x|safe }}'), 'django');
    assert.equal(engine('a.html', "<a href=\"{% url 'home' %}\">"), 'django');
    assert.equal(engine('a.html', '<a href="{{ url_for(\'home\') }}">'), 'jinja');
    assert.equal(engine('a.html', '{% include "x.html" %}'), 'jinja');
    assert.equal(engine('a.html', '<p>plain</p>'), 'html');
    assert.equal(engine('mail.txt.j2', 'x'), 'jinja');
    assert.equal(engine('a.ejs', '<%= x %>'), 'other');
  });
});

describe('lines', () => {
  it('end as editors end them', () => {
    assert.deepEqual(lines('a\r\nb\rc\n').map((line) => [line.text, line.start, line.end]), [['a', 0, 1], ['b', 3, 4], ['c', 5, 6], ['', 7, 7]]);
    const line = lineOf('a\r\nb\rc\n');
    assert.deepEqual([0, 1, 2, 3, 4, 5, 6, 7, 99].map(line), [0, 0, 0, 1, 1, 2, 2, 3, 3]);
  });
});

describe('pieces of a file', () => {
  const shown = (value: string, source: string, from: number, to: number) => covered(source, aligned(value, source, 0).span(from, to));

  it('know their place through quotes, escapes, folds and indentation', () => {
    assert.equal(shown('a "b" c', '"a \\"b\\" c"', 2, 5), '"b\\"');
    assert.equal(shown("it's x", "'it''s x'", 5, 6), 'x');
    assert.equal(shown('one two', 'one\n    two', 4, 7), 'two');
    assert.equal(shown('a\nb\n', '"a\\nb\\n"', 2, 3), 'b');
    assert.equal(shown('x\n  y\nz\n', '    x\r\n      y\r\n    z\r\n', 4, 5), 'y');
    assert.equal(shown('C:\\x', '"C:\\\\x"', 3, 4), 'x');
  });

  it('cover the whole source where they cannot be laid over it', () => {
    assert.equal(shown('é x', '"\\u00e9 x"', 2, 3), '"\\u00e9 x"');
  });

  it('are found again wherever a part of them stands', () => {
    fc.assert(fc.property(fc.string(), fc.nat(20), fc.nat(20), (source, a, b) => {
      const [start, end] = [Math.min(a, b, source.length), Math.min(Math.max(a, b), source.length)];
      const piece = part(verbatim(`--${source}`.slice(2), 2), start, end);
      assert.equal(covered(`--${source}`, piece.span(0, piece.text.length)), piece.text);
    }));
    fc.assert(fc.property(fc.string(), (value) => {
      const source = JSON.stringify(value);
      const { start, end } = aligned(value, source, 5).span(0, value.length);
      assert.ok(start >= 5 && end <= 5 + source.length && start <= end);
    }));
  });
});

describe('paths written in files', () => {
  it('are resolved against the folder of the file', () => {
    assert.deepEqual([['a/b', './c'], ['a/b', '../c/'], ['', '.'], ['a', '../..'], ['a', '/abs'], ['a', 'https://x/y'], ['a', '${X}/y'], ['a', 'b\\c'], ['a', 'git@host:x']].map(([folder = '', path = '']) => resolved(folder, path)), [
      'a/b/c', 'a/c', '', '..', '/abs', 'https://x/y', '${X}/y', 'a/b/c', 'git@host:x',
    ]);
  });
});

/** A tree as plain values. */
function plain(tree: Tree | undefined): unknown {
  if (!tree || tree.kind === 'scalar') return tree?.text;
  return tree.kind === 'list' ? tree.items.map(plain) : Object.fromEntries(tree.members.map((one) => [one.name, plain(one.value)]));
}

describe('TOML', () => {
  const read = (...source: readonly string[]) => {
    const { roots, whole } = parseToml(text(...source));
    return { value: plain(roots[0]), whole };
  };

  it('has keys, tables and arrays of tables', () => {
    assert.deepEqual(read('a.b."c d" = 1', '[x]', "'k' = true", '[x.y]', 'z = 1979-05-27 07:32:00Z', '[[t]]', 'n = 1', '[[t]]', '[t.u]', 'm = {p.q = 2, r = [1, [2], {}],}'), {
      value: { a: { b: { 'c d': '1' } }, x: { k: 'true', y: { z: '1979-05-27 07:32:00Z' } }, t: [{ n: '1' }, { u: { m: { p: { q: '2' }, r: ['1', ['2'], {}] } } }] }, whole: true,
    });
  });

  it('has texts of four kinds', () => {
    assert.deepEqual(read('a = "x\\t\\u00e9\\"" # c', "b = 'C:\\x'", 'c = """', 'one \\', '   two"""', "d = '''", "it's'''", 'e = """a"" b""""').value, { a: 'x\té"', b: 'C:\\x', c: 'one two', d: "it's", e: 'a"" b"' });
  });

  it('is read on behind what is wrong', () => {
    assert.deepEqual(read('a = ', 'b = 1', '= 2', 'c 3', 'd = "open', 'e = [1, 2', '[t]', 'f = {x = 1', 'g = 1', '[', 'h = 1', '[u] trailing', 'i = 1 2', 'j = 3'), {
      value: { b: '1', d: 'open', e: ['1', '2'], t: { f: { x: '1' }, g: '1' }, u: { i: '1', j: '3' } }, whole: false,
    });
  });
});

describe('trees', () => {
  it('are flattened, with empty maps and lists', () => {
    const source = '{"a": {"b": [1, {"c": null}], "d": {}, "e": []}}';
    assert.deepEqual(leaves(parseJson(source).roots[0]).map((one) => [one.key, one.value, covered(source, one.at), covered(source, one.valueAt)]), [
      ['a.b.0', '1', '1', '1'], ['a.b.1.c', '', '"c": null', 'null'], ['a.d', '{}', '"d": {}', '{}'], ['a.e', '[]', '"e": []', '[]'],
    ]);
    assert.deepEqual(leaves(parseYaml('').roots[0]), []);
  });

  it('follow anchors, merge keys and nothing that comes later', () => {
    const { roots, whole } = parseYaml('a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}\nc: {<<: [{p: 9}, *x]}\nd: *x\n');
    assert.deepEqual([plain(roots[0]), whole], [{ a: { p: '1', q: '2' }, b: { p: '1', q: '3' }, c: { p: '9', q: '2' }, d: { p: '1', q: '2' } }, true]);
    assert.equal(parseYaml('a: *later\nb: &later 1\n').whole, false);
  });

  it('keep values as they are written', () => {
    assert.deepEqual(plain(parseYaml('a: 1.10\nb: on\nc: 0x1F\nd: ~\ne: "q\\n"\nf: |\n  x\n  y\ng: 2001-01-01\n').roots[0]), { a: '1.10', b: 'on', c: '0x1F', d: '', e: 'q\n', f: 'x\ny\n', g: '2001-01-01' });
  });
});
