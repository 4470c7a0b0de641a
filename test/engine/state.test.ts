/** What a process keeps in memory, and who touches it. */
import assert from 'node:assert/strict';
import { moduleOf } from '../support/python';

async function said(text: string): Promise<readonly string[]> {
  const { states } = await moduleOf(text);
  return states.map((each) => `${each.name} ${each.holds}: ${each.uses.map((use) => `${use.scope} ${use.how} ${use.by}`).join(', ')}`);
}

describe('state in memory', () => {
  it('is what begins empty and is written by functions', async () => {
    assert.deepEqual(await said('jobs = {}\ndef start(i):\n    jobs[i] = "running"\ndef show(i):\n    return jobs.get(i)\n'), ['jobs dict: start write [], show read get']);
    assert.deepEqual(await said('from collections import deque\nrecent = deque(maxlen=9)\ndef add(x):\n    recent.append(x)\n    return list(recent)\n'), ['recent list: add write append, add read name']);
    assert.deepEqual(await said('seen: set[str] = set()\ndef see(x):\n    if x in seen:\n        return\n    seen.add(x)\n'), ['seen set: see read name, see write add']);
    assert.deepEqual(await said('progress = {"done": 0, "error": None}\ndef step():\n    progress["done"] += 1\n'), ['progress dict: step write +=']);
  });

  it('is no constant, no table filled in the source and no name of a function’s own', async () => {
    assert.deepEqual(await said('LIMIT = 5\nCODES = {"a": "b"}\nurlpatterns = [1]\njobs = {}\ndef f(jobs, x):\n    jobs[x] = LIMIT + CODES[x]\ndef g():\n    jobs = {}\n    jobs[1] = 2\n'), []);
  });

  it('is a counter where a function says that it means the module’s', async () => {
    assert.deepEqual(await said('total = 0\ndef count():\n    global total\n    total += 1\n    return total\n'), ['total number: count write +=, count read name']);
    assert.deepEqual(await said('total = 0\ndef count():\n    total = 1\n    return total\n'), []);
  });

  it('is what a class gives to itself', async () => {
    assert.deepEqual(await said('class Manager:\n    def __init__(self):\n        self.active = []\n    def connect(self, one):\n        self.active.append(one)\n    def send(self):\n        for one in self.active:\n            one.send()\n'), ['Manager.active list: Manager.connect write append, Manager.send read name']);
  });

  it('is what is deleted and changed deep inside', async () => {
    assert.deepEqual(await said('rooms = {}\ndef leave(a, b):\n    del rooms[a]\n    rooms[a][b] = 1\n    rooms[a].append(b)\n'), ['rooms dict: leave write [], leave write [], leave write append']);
  });

  it('knows what is done while a lock is held', async () => {
    const { states } = await moduleOf('import threading\nlock = threading.Lock()\ndef pay(db, account):\n    with lock:\n        account.balance -= 1\n        db.session.commit()\n');
    assert.deepEqual(states.map((each) => [each.name, each.made, each.uses.map((use) => use.does)]), [['lock', 'threading.Lock', [['db.session.commit']]]]);
  });
});
