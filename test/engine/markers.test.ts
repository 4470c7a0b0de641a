import assert from 'node:assert/strict';
import { markersIn } from '../../engine/files/markers';
import { moduleOf } from '../support/python';

/** Markers of a text in which every line is a comment. */
function markers(...lines: readonly string[]): readonly string[] {
  const text = lines.join('\n');
  let at = 0;
  const comments = lines.map((line) => { const start = at; at += line.length + 1; return { start, end: start + line.length }; });
  return markersIn(text, comments).map((each) => `${String(each.line)} ${each.word}: ${each.text}`);
}

describe('markers in comments', () => {
  it('knows the words with what they say', () => {
    assert.deepEqual(markers('# TODO: later', '# a, FIXME(anna) soon', '// todo: x', '/* FIXME y */', '# XXX slow', '# HACK: around it', '# TODO'), ['0 TODO: later', '1 FIXME: (anna) soon', '2 TODO: x', '3 FIXME: y', '4 XXX: slow', '5 HACK: around it', '6 TODO: ']);
  });
  it('knows what only looks like one', () => {
    assert.deepEqual(markers('# the todo list', '# TODOS', '# my-TODO-list', '# call 5XXX', '# a hack, XXX', '# todos: none', '#'), []);
  });
  it('finds each once, in every branch of a condition', async () => {
    const module = await moduleOf('if a:\n    # TODO: one\n    f()\nelif b:  # TODO: two\n    # TODO: three\n    f()\nelif c:\n    f()  # TODO: four\n# TODO: five\nelse:  # TODO: six\n    f()\n');
    assert.deepEqual(module.markers.map((each) => each.text), ['one', 'two', 'three', 'four', 'five', 'six']);
  });
});
