import assert from 'node:assert/strict';
import { loopsAround } from '../../rules/kit';
import { moduleOf, say } from '../support/python';

/** The loops around the call of `q`, innermost first. */
async function around(text: string) {
  const module = await moduleOf(text);
  const call = module.calls.find((each) => each.written === 'q');
  assert.ok(call, 'q is not called');
  return loopsAround(module, call).map((each) => `${each.kind}${each.endless ? ' ever' : ''} ${each.names.join(',')} over ${say(each.over)}`);
}

describe('loops around a call', () => {
  it('knows what a for loop goes over', async () => {
    assert.deepEqual(await around('def f(rows):\n    for a, b in rows:\n        q(a)\n'), ['for a,b over parameter rows']);
    assert.deepEqual(await around('from m import Order\ndef f():\n    orders = Order.query.limit(9)\n    for o in orders:\n        q(o)\n'), ['for o over @m.Order.query.limit(9)']);
  });

  it('looks through a slice', async () => {
    assert.deepEqual(await around('def f(rows):\n    for a in rows[:50]:\n        q(a)\n'), ['for a over parameter rows']);
  });

  it('leaves out what the loop goes over', async () => {
    assert.deepEqual(await around('def f():\n    for a in q():\n        g(a)\n'), []);
    assert.deepEqual(await around('def f():\n    return [g(a) for a in q()]\n'), []);
  });

  it('counts the condition of a while', async () => {
    assert.deepEqual(await around('def f():\n    while q():\n        g()\n'), ['while  over nothing']);
    assert.deepEqual(await around('def f():\n    while True:\n        q()\n'), ['while ever  over nothing']);
  });

  it('knows comprehensions and generators', async () => {
    assert.deepEqual(await around('def f(rows):\n    return [q(a) for a in rows]\n'), ['comprehension a over parameter rows']);
    assert.deepEqual(await around('def f(rows):\n    return any(a for a in rows if q(a))\n'), ['comprehension a over parameter rows']);
    assert.deepEqual(await around('def f(rows):\n    return {a: b for a in rows for b in q(a)}\n'), ['comprehension a,b over parameter rows']);
  });

  it('gives inner loops first', async () => {
    assert.deepEqual(await around('def f(rows):\n    for row in rows:\n        while True:\n            q([x for x in row])\n'), ['while ever  over nothing', 'for row over parameter rows']);
  });

  it('stops at functions, lambdas and the else of a loop', async () => {
    assert.deepEqual(await around('def f(rows):\n    for row in rows:\n        def g():\n            q()\n'), []);
    assert.deepEqual(await around('def f(rows):\n    for row in rows:\n        g(row)\n    else:\n        q()\n'), []);
  });

  it('keeps no loop in which nothing is called', async () => {
    assert.deepEqual((await moduleOf('for a in b:\n    c = a + 1\n')).loops, []);
  });
});

describe('where a call runs', () => {
  const of = async (text: string) => {
    const call = (await moduleOf(text)).calls.find((each) => each.written === 'q');
    return [call?.onLoop && 'on the loop', call?.awaited && 'awaited', call?.discarded && 'discarded', call?.managed && 'managed'].filter(Boolean).join(', ');
  };

  it('is on the event loop directly in an async function only', async () => {
    assert.equal(await of('async def f():\n    return q()\n'), 'on the loop');
    assert.equal(await of('async def f():\n    if a:\n        x = [q(b) for b in c]\n'), 'on the loop');
    assert.equal(await of('async def f():\n    def g():\n        return q()\n'), '');
    assert.equal(await of('async def f():\n    return await run(lambda: q())\n'), '');
    assert.equal(await of('def f():\n    return q()\n'), '');
  });

  it('is awaited behind await, async with and async for', async () => {
    assert.equal(await of('async def f():\n    x = await q()\n'), 'on the loop, awaited');
    assert.equal(await of('async def f():\n    async with q() as x:\n        pass\n'), 'on the loop, awaited, managed');
    assert.equal(await of('async def f():\n    async for x in q():\n        pass\n'), 'on the loop, awaited');
    assert.equal(await of('async def f():\n    return (await q()).json()\n'), 'on the loop, awaited');
    assert.equal(await of('async def f():\n    with q() as x:\n        pass\n'), 'on the loop, managed');
  });

  it('is discarded as a statement of its own', async () => {
    assert.equal(await of('q()\n'), 'discarded');
    assert.equal(await of('x = q()\n'), '');
    assert.equal(await of('g(q())\n'), '');
    assert.equal(await of('q().start()\n'), '');
    assert.equal(await of('async def f():\n    await q()\n'), 'on the loop, awaited, discarded');
  });
});
