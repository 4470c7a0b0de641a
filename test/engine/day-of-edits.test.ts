/** However often a project is judged anew, nothing of what was known before stays. */
import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Project } from '../../rules/kit';
import { projectRule } from '../../rules/kit';
import { openSession } from '../../engine/audit/open';
import { openMemory } from '../../engine/workspace/memory';
import { testGrammars } from '../support/grammars';

const ROUNDS = 12;

describe('a day of edits', () => {
  it('leaves the facts of one project, however many there were', async () => {
    const projects: WeakRef<Project>[] = [];
    const noting = projectRule({
      severity: 'high', confidence: 'confirmed', blocks: 'always', effort: 'S', since: '1', why: 'Because.', how: 'So.', links: [], examples: () => ({}), id: 'noting', title: 'Noted',
      project: (project) => { projects.push(new WeakRef(project)); return { holds: [] }; },
    })('code');
    const session = openSession({ workspace: openMemory({ 'app.py': 'import os\n', 'other.py': 'import app\n' }), grammars: await testGrammars(), rules: [noting] });
    await session.refresh();
    for (let round = 0; round < ROUNDS; round++) {
      session.edit('app.py', `import os\nname_${round} = os.environ["A"]\n`);
      session.findings('app.py');
      await session.refresh();
      session.close('app.py');
      await session.refresh();
    }
    await collected();
    const left = projects.filter((each) => each.deref() !== undefined).length;
    session.dispose();
    assert.ok(projects.length > ROUNDS, `It was judged ${projects.length} times only.`);
    assert.ok(left <= 2, `Of ${projects.length} projects that were judged ${left} are still held.`);
  });
});

/** Waits until what nobody holds is gone. */
async function collected(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let time = 0; time < 4; time++) {
    await new Promise((resolve) => { setImmediate(resolve); });
    collect();
  }
}
