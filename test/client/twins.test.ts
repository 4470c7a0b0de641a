import assert from 'node:assert/strict';
import { isTwin } from '../../client/twins';

describe('what another tool says', () => {
  it('is what our rule says where its card names it, however editors spell it', () => {
    for (const [twin, source, code] of [
      ['ruff S105', 'Ruff', 'S105'], ['bandit B105', 'Bandit', 'B105:hardcoded_password_string'], ['hadolint DL3002', 'hadolint', 'DL3002'], ['semgrep debug-enabled', 'Semgrep', 'python.flask.security.debug-enabled'],
      ['eslint-plugin-security detect-child-process', 'eslint', 'security/detect-child-process'], ['shellcheck SC2086', 'shellcheck', '2086'], ['shellcheck SC2086', 'shellcheck', 'SC2086'], ['checkov CKV_DOCKER_3', 'checkov', 'CKV_DOCKER_3'],
    ] as const) assert.ok(isTwin(twin, { source, code }), `${source} ${code}`);
  });

  it('is something else where tool or rule is another', () => {
    for (const [twin, source, code] of [
      ['ruff S105', 'Ruff', 'S106'], ['ruff S105', 'Flake8', 'S105'], ['semgrep debug-enabled', 'Semgrep', 'python.no-debug-enabled'], ['eslint-plugin-security detect-child-process', 'eslint', 'detect-child-process'],
      ['CWE-22', 'Ruff', 'CWE-22'], ['ruff S105', 'ruffian', 'S105'],
    ] as const) assert.ok(!isTwin(twin, { source, code }), `${source} ${code}`);
  });
});
