/** What is held once: lists and facts in which nothing became another are those that were there. */
import assert from 'node:assert/strict';
import { linkModule } from '../../engine/project/link';
import { ProjectNames } from '../../engine/project/names';
import { NONE, changed, joined, mapped, same, settled } from '../../engine/lists';
import { moduleOf } from '../support/python';

describe('lists that are held for long', () => {
  it('are all the same one where there is nothing in them', () => {
    assert.equal(settled([]), NONE);
    assert.deepEqual(settled([1, 2]), [1, 2]);
  });

  it('stay what they are where nothing in them becomes another', () => {
    const list = ['a', 'b'];
    assert.equal(mapped(list, (each) => each), list);
    assert.deepEqual(mapped(list, (each) => each === 'b' ? 'c' : each), ['a', 'c']);
    assert.equal(same(list, ['a', 'b']), list);
    assert.deepEqual(same(list, ['a']), ['a']);
    assert.equal(joined(list, NONE), list);
    assert.deepEqual(joined(list, ['c']), ['a', 'b', 'c']);
  });

  it('hold things that stay what they are where no part of them becomes another', () => {
    const one = { a: 1, b: 2 };
    assert.equal(changed(one, { b: 2 }), one);
    assert.deepEqual(changed(one, { b: 3 }), { a: 1, b: 3 });
    assert.deepEqual(one, { a: 1, b: 2 });
  });
});

describe('a module whose names are followed', () => {
  it('is the one that was read where none of its names is of this project', async () => {
    const library = await moduleOf('import requests\n\ndef fetch(url):\n    return requests.get(url)\n', 'app/tools.py');
    assert.equal(linkModule(library, new ProjectNames([library])), library);
  });

  it('has other facts only where a name leads somewhere', async () => {
    const user = await moduleOf('import requests\nfrom app.session import session\n\ndef plain():\n    return requests.get("/")\n\ndef home():\n    return session.get("/")\n', 'app/views.py');
    const session = await moduleOf('import requests\nsession = requests.Session()\n', 'app/session.py');
    const linked = linkModule(user, new ProjectNames([user, session]));
    assert.deepEqual(linked.functions.map((each, at) => each === user.functions[at]), [true, false]);
    assert.deepEqual(linked.calls.map((each) => each.callee), ['requests.get', 'requests.Session.get']);
    assert.equal(linked.classes, user.classes);
  });
});
