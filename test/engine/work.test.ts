import assert from 'node:assert/strict';
import { worksOf } from '../../rules/kit';
import type { Command } from '../../rules/kit';
import { projectOf } from '../support/python';

describe('what a command does', () => {
  const files = {
    Makefile: 'ci: lint\n\tpytest\nlint:\n\truff check .\nself: self\n\ttrue\n',
    'package.json': '{ "scripts": { "check": "eslint . && npm run test:unit", "test:unit": "vitest run", "build": "vite build", "loop": "npm run loop" } }',
    'scripts/all.sh': '#!/bin/sh\nmake ci\nbandit -r app\n',
    'tox.ini': '[testenv]\ncommands = pytest\n[testenv:lint]\ncommands = flake8\n',
  };
  const command = (text: string): Command => ({ words: text.split(' '), wordsAt: [], assignments: [], redirects: [], then: '', depth: 0, condition: false, at: { start: 0, end: 0 } });

  for (const [text, works, opaque] of [
    ['pytest -q', 'test', false], ['sudo -E env CI=1 timeout -k 5 60 pytest', 'test', false], ['uv run --group dev coverage run --source=. -m pytest', 'test', false],
    ['python -Wall manage.py test shop', 'test', false], ['python -m coverage run --module manage test', 'test', false], ['docker compose exec -T web python manage.py test', 'test', false], ['docker run --rm app pytest tests', 'test', false],
    ['sudo -u app -H pytest', 'test', false], ['nice -n 10 xvfb-run -a pytest', 'test', false], ['stdbuf -oL env -u HOME CI=1 pytest', 'test', false],
    ['uv run fastapi deploy', 'deploy', false], ['fastapi dev', '', false],
    ['pip install pytest ruff mypy', '', false], ['echo pytest', '', false], ['pytest --version', '', false], ['npm ci', '', false], ['ruff format .', '', false], ['black .', '', false],
    ['ruff format --check .', 'lint', false], ['poetry run black --check app', 'lint', false], ['npx --yes prettier --check .', 'lint', false], ['mypy app', 'types', false], ['npx tsc --noEmit', 'types', false], ['tsc -b', 'build', false],
    ['make ci', 'lint test', false], ['make', 'lint test', false], ['make -C backend lint', 'lint', false], ['make deploy-nothing', 'deploy', true], ['make self', '', false],
    ['npm run check', 'lint test', false], ['yarn check', 'lint test', false], ['pnpm --filter web run build', 'build', false], ['npm run loop', '', false], ['npm run e2e', 'test', true],
    ['bash ./scripts/all.sh', 'lint scan test', false], ['./scripts/all.sh', 'lint scan test', false], ['./scripts/none.sh', '', true], ['tox', 'lint test', false], ['tox -e lint', 'lint', false],
    ['pip-audit', 'audit', false], ['npm audit --audit-level=high', 'audit', false], ['trivy image app', 'scan', false], ['trivy fs .', 'audit', false],
    ['flyctl deploy --remote-only', 'deploy', false], ['ssh deploy@host ./up.sh', 'deploy', false], ['ssh-keyscan host', '', false], ['kubectl apply -f k8s', 'deploy', false], ['kubectl get pods', '', false], ['vercel pull --yes', '', false], ['vercel deploy --prod', 'deploy', false],
  ] as const) {
    it(text, async () => {
      const found = worksOf(command(text), await projectOf(files));
      assert.deepEqual([[...found.works].sort().join(' '), found.opaque], [works, opaque]);
    });
  }
});
