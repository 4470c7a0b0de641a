import assert from 'node:assert/strict';
import { ownComments, unclosed } from '../../engine/files/own-comment';

/** Every part with the text that stands at its place. */
function parts(comment: string): unknown {
  return ownComments(comment).map(({ start, marked, end, verb, ids, head, ...rest }) => ({
    ...rest, said: comment.slice(start, end), marker: comment.slice(start, marked), verb: verb && comment.slice(verb.start, verb.end), ids: ids.map((id) => comment.slice(id.start, id.end)),
    head: comment.slice(marked, head),
  }));
}

describe('the places in a comment of ours', () => {
  it('are those of its words', () => {
    assert.deepEqual(parts('# shipworthy: ignore csrf-missing,  hsts-missing -- token API only'), [{
      said: 'shipworthy: ignore csrf-missing,  hsts-missing -- token API only', marker: 'shipworthy:', verb: 'ignore', ids: ['csrf-missing', 'hsts-missing'],
      head: ' ignore csrf-missing,  hsts-missing', reason: 'token API only', reasoned: true,
    }]);
    assert.deepEqual(parts('// shipworthy: accept backup-missing until soon by Ada'), [{
      said: 'shipworthy: accept backup-missing until soon by Ada', marker: 'shipworthy:', verb: 'accept', ids: ['backup-missing'], head: ' accept backup-missing until soon by Ada',
      until: 'soon', by: 'Ada', reason: '', reasoned: false,
    }]);
  });

  it('are there before it is written', () => {
    const begun = { marker: 'shipworthy:', ids: [], reason: '', reasoned: false };
    assert.deepEqual(parts('# shipworthy:'), [{ ...begun, said: 'shipworthy:', verb: undefined, head: '' }]);
    assert.deepEqual(parts('# shipworthy: ig'), [{ ...begun, said: 'shipworthy: ig', verb: 'ig', head: ' ig' }]);
    assert.deepEqual(parts('# shipworthy: ignore '), [{ ...begun, said: 'shipworthy: ignore ', verb: 'ignore', head: ' ignore' }]);
    assert.deepEqual(parts('# shipworthy: ignore x --'), [{ ...begun, said: 'shipworthy: ignore x --', verb: 'ignore', ids: ['x'], head: ' ignore x', reasoned: true }]);
  });

  it('are found on each line of a comment of several', () => {
    const comment = '/* about it\n * shipworthy: ignore a-b -- one\r\n * shipworthy: ignore c-d -- two */';
    assert.deepEqual(ownComments(unclosed(comment)).map(({ start, end }) => comment.slice(start, end)), ['shipworthy: ignore a-b -- one', 'shipworthy: ignore c-d -- two']);
  });

  it('are none of a text that only mentions the name', () => {
    assert.deepEqual(parts('# see shipworthy: its docs'), []);
  });
});
