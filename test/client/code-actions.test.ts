import assert from 'node:assert/strict';
import { resolveEdits } from '../../client/code-actions';

describe('code actions that somebody has chosen', () => {
  const asked = (action: { title: string; command?: object }) => resolveEdits(action, 'token', ({ title }, token) => `${title} ${token}`);

  it('wait for the server where an edit is still to be made', () => {
    assert.equal(asked({ title: 'a fix' }), 'a fix token');
  });

  it('run at once where they are commands', () => {
    const action = { title: 'a decision', command: { command: 'shipworthy.acceptRisk' } };
    assert.equal(asked(action), action);
  });
});
