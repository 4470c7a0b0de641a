import assert from 'node:assert/strict';
import { documentsOf } from '../../client/documents';
import { kindOf } from '../../engine/files/kind';

/** As VS Code matches the few signs our patterns have. */
function expression(glob: string): RegExp {
  const signs: Readonly<Record<string, string>> = { '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '{': '(?:', '}': ')', ',': '|', '.': '\\.' };
  return new RegExp(`^${glob.replace(/\*\*\/|\*\*|[*{},.]/g, (sign) => signs[sign] ?? sign)}$`);
}

const PATTERNS = documentsOf(['file']).flatMap((each) => ('pattern' in each ? [expression(each.pattern)] : []));

/** Files whose language differs from editor to editor, or is none. */
const PATHS = [
  'Dockerfile', 'web/Dockerfile.prod', 'Containerfile', 'api.dockerfile', 'docker-compose.yml', 'deploy/compose.prod.yaml', 'docker-compose.yml.j2', '.github/workflows/ci.yml', 'action.yml',
  '.gitlab-ci.yml', '.circleci/config.yml', 'Jenkinsfile', 'Jenkinsfile.release', '.env', '.env.production', '.env_local', 'production.env', '.flaskenv', 'env.production', '.env.erb', 'deploy.sh', 'bin/deploy',
  'scripts/release', 'docker-entrypoint', 'entrypoint', '.husky/pre-commit', 'nginx.conf', 'nginx/site.conf', 'conf.d/app.conf', 'sites-available/app', 'nginx.conf.j2', 'requirements.txt', 'requirements/dev.in', 'dev-requirements.txt',
  'constraints.txt', 'pyproject.toml', 'Pipfile', 'setup.cfg', 'package.json', '.gitignore', '.dockerignore', 'web.dockerignore', 'app.service', 'app.service.j2', 'app.timer', 'tox.ini', 'alembic.ini', 'supervisord.conf',
  'Procfile', 'Procfile.dev', 'crontab', 'cron.d/backup', 'backup.cron', 'render.yaml', 'fly.toml', 'vercel.json', 'app.json', 'Makefile', 'GNUmakefile', 'rules.mk', 'justfile', 'Caddyfile', 'k8s/app.yaml', 'chart/values.yaml', 'README.md', 'schema.sql',
];

describe('documents that the editor tells of', () => {
  it('are all that the engine reads around an application, whatever language they are given', () => {
    assert.deepEqual(PATHS.filter((path) => kindOf(path) === undefined), []);
    assert.deepEqual(PATHS.filter((path) => !PATTERNS.some((pattern) => pattern.test(path))), []);
  });

  it('are those of the schemes that folders have, each once', () => {
    const both = documentsOf(['file', 'vscode-vfs', 'file']);
    assert.equal(both.length, 2 * documentsOf(['file']).length);
    assert.deepEqual(new Set(both.map(({ scheme }) => scheme)), new Set(['file', 'vscode-vfs']));
  });

  it('are not all that lie around', () => {
    for (const path of ['image.png', 'src/main.rs', 'data.csv', 'notes.txt', 'go.mod']) assert.ok(!PATTERNS.some((pattern) => pattern.test(path)), path);
  });
});
