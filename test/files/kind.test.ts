import assert from 'node:assert/strict';
import type { Kind, Role } from '../../rules/kit';
import { isEnvFile, isLock, kindOf } from '../../engine/files/kind';
import { roleOf } from '../../engine/files/role';
import { isBuilt } from '../../engine/files/vendored';

describe('kinds of files', () => {
  const kinds: Readonly<Record<Kind | 'none', readonly string[]>> = {
    dockerfile: ['Dockerfile', 'dockerfile', 'Dockerfile.prod', 'docker/Dockerfile-dev', 'backend.Dockerfile', 'Containerfile', 'build/Containerfile.ci', 'Dockerfile.j2'],
    compose: ['docker-compose.yml', 'docker-compose.prod.yaml', 'compose.yml', 'compose.override.yaml', 'deploy/prod.docker-compose.yml', 'docker-compose-dev.yml', 'docker-stack.yml', 'Docker-Compose.YML'],
    workflow: ['.github/workflows/ci.yml', '.gitea/workflows/a.yaml', '.forgejo/workflows/a.yml'],
    pipeline: [
      '.gitlab-ci.yml', 'ci/test.gitlab-ci.yml', '.gitlab/ci/build.yml', '.circleci/config.yml', 'azure-pipelines.yml', 'azure-pipelines-pr.yaml', 'Jenkinsfile', 'ci/Jenkinsfile.prod', 'bitbucket-pipelines.yml', '.drone.yml',
      '.woodpecker.yml', '.woodpecker/test.yaml', '.travis.yml', '.buildkite/pipeline.yml', 'cloudbuild.yaml', 'deploy/buildspec.yml', 'appveyor.yml', '.cirrus.yml',
    ],
    dotenv: ['.env', '.env.local', '.env.example', 'prod.env', 'config/.env.production', 'env.production', 'env.template', '.flaskenv', '.envrc', 'frontend.env.development', '.env-sample', '.ENV'],
    shell: ['deploy.sh', 'bin/start', 'scripts/backup', 'docker-entrypoint.sh', 'entrypoint', '.husky/pre-commit', 'a.bash'],
    nginx: ['nginx.conf', 'nginx.prod.conf', 'conf/nginx/http.conf', 'nginx/templates/default.conf.template', 'etc/sites-enabled/app', 'conf.d/a.conf', 'app.nginx', 'deploy/nginx.conf.j2'],
    manifest: [
      'requirements.txt', 'requirements-dev.txt', 'requirements/base.in', 'dev-requirements.txt', 'constraints.txt', 'pyproject.toml', 'Pipfile', 'setup.cfg', 'package.json', 'package-lock.json', 'yarn.lock', 'pnpm-lock.yaml',
      'bun.lockb', 'poetry.lock', 'uv.lock', 'Pipfile.lock', 'pylock.prod.toml',
    ],
    ignore: ['.gitignore', 'web/.dockerignore', 'api.Dockerfile.dockerignore', 'Dockerfile.dockerignore', '.vercelignore'],
    ini: ['alembic.ini', 'deploy/app.service', 'backup.timer', 'uwsgi.ini', 'babel.cfg', '.coveragerc', 'supervisord.conf', 'app.service.j2', 'app.service.d/override.conf'],
    procfile: ['Procfile', 'Procfile.dev'],
    crontab: ['crontab', 'deploy/app.cron', 'etc/cron.d/backup', 'root.crontab'],
    platform: ['render.yaml', 'fly.toml', 'fly.staging.toml', 'app.yaml', '.do/app.yaml', 'vercel.json', 'netlify.toml', 'railway.json', 'railway.toml', 'heroku.yml', 'app.json', 'nixpacks.toml'],
    template: ['templates/a.html', 'a.htm', 'a.jinja2', 'views/a.ejs', 'a.vue', 'mail.txt.j2'],
    markdown: ['README.md', 'docs/a.mdx'],
    plain: ['Makefile', 'justfile', 'Caddyfile', 'a.toml', 'k8s/a.yml', 'tsconfig.json', 'a.css', 'schema.sql', 'key.pem', 'id_rsa', '.npmrc', '.python-version', 'runtime.txt', 'LICENSE', 'README.rst', 'prisma/schema.prisma', 'redis.conf', 'terraform.tfstate'],
    module: ['app.py', 'env.py', 'env.js', '.env.ts', 'vite-env.d.ts', 'server.mjs', 'a.cts', 'App.TSX', 'requirements.py', 'compose.ts', 'gunicorn.conf.py', 'setup.py', 'bin/www.js'],
    kubernetes: [],
    none: ['a.png', 'data.db', 'app.exe', 'a.tar.gz', 'Vagrantfile', 'x', 'font.woff2', 'a.csv', 'settings.py.example', '.gitattributes', 'a.go', 'vendor/a.py', 'js/jquery.min.js', 'dist/app.js', 'node_modules/a/package.json'],
  };
  for (const [kind, paths] of Object.entries(kinds)) {
    it(`${kind}: by name and folder, in any case`, () => {
      for (const path of paths) assert.equal(kindOf(path) ?? 'none', kind, path);
    });
  }

  it('lock files and files of secrets', () => {
    for (const path of ['package-lock.json', 'web/Yarn.lock', 'uv.lock', 'pnpm-lock.yaml', 'npm-shrinkwrap.json', 'bun.lockb']) assert.equal(isLock(path), true, path);
    for (const path of ['package.json', 'lock.json', 'my-yarn.lock.md']) assert.equal(isLock(path), false, path);
    for (const path of ['.env', '.env.production', 'prod.env', 'env.production', '.envrc']) assert.equal(isEnvFile(path), true, path);
    for (const path of ['.env.example', 'env.template', 'env.py', '.env.sample.j2', 'environment.md']) assert.equal(isEnvFile(path), false, path);
  });
});

describe('roles of files', () => {
  const roles: Readonly<Record<Role, readonly string[]>> = {
    production: [
      'app.py', 'api/versions/v1.py', 'app/populate/forms.py', 'app/seedling.py', 'src/app/main.py', 'env/settings.py', 'config/env/prod.js', 'manage.py', 'app/tools/search.py', 'CTFd/forms/setup.py', 'static/scripts/menu.js', 'bin/www', 'bin/www.js', 'docs/DEPLOY.md', 'scripts/deploy.sh',
      'build/Dockerfile', 'latest/app.py', 'contest.py', 'testing/app.py', 'protest_app.py', 'app/inspect.py', 'vite.config.ts', 'assets/js/challenge-settings.js', 'docker-compose.yml', 'attest.py', 'builds/a.js', 'blog/archive/views.py', 'app/archived/models.py', 'app/_components/a.tsx', '_archive.py', 'shop/_unusedness/a.py',
    ],
    test: ['tests/test_app.py', 'app/tests.py', 'conftest.py', 'test_app.py', 'app_test.py', 'src/a.test.ts', 'src/a.spec.tsx', '__tests__/a.js', 'e2e/login.ts', 'cypress/a.js', 'fixtures/a.json', 'spec/a.py', 'pkg/testdata/a.py', 'tests/docs/a.py', 'tests/migrations/0001_a.py'],
    example: ['examples/app.py', 'docs/conf.py', 'sample/app.js', 'docs/docker-compose.yml', '_archive/app.py', 'backend/_old_archive/2025/routes/a.py', '.attic/a.py', '_archived_v1/docker-compose.yml'],
    script: ['scripts/seed.py', 'tools/gen.py', 'backend/tools/gen.py', 'bin/run.py', 'noxfile.py', 'setup.py', 'lib/setup.py', 'populate.py', 'app/commands/seed_users.py', 'gulpfile.js', 'backend/scripts/x.py'],
    migration: ['app/migrations/0001_initial.py', 'alembic/versions/abc_add.py', 'migrations/versions/1.py', 'migrations/env.py', 'prisma/migrations/1/migration.sql', 'src/migration/1.ts', 'db/revisions/versions/2021-07-22_c0bc938b058e.py', 'db/versions/0ab4f8f54bfa_add_index.py'],
    vendored: [
      'node_modules/a/index.js', 'venv/lib/python3/site-packages/a.py', 'static/vendor/a.js', 'third_party/a.py', 'dist/app.js', 'web/build/index.html', '.next/a.js', 'staticfiles/a.css', 'js/jquery.min.js', 'js/jquery-3.6.0.js',
      'static/main.4f3a2b1c.js', 'static/assets/index-BxYz12_3.js', 'js/vendor.bundle.js', 'app.bundle.dev.js', 'css/a.min.css',
    ],
    generated: ['a_pb2.py', 'a_pb2_grpc.py', 'src/client/sdk.gen.ts', 'src/__generated__/a.ts', 'types.d.ts', 'src/generated/a.ts'],
  };
  for (const [role, paths] of Object.entries(roles)) {
    it(role, () => {
      for (const path of paths) assert.equal(roleOf(path), role, path);
    });
  }

  it('built code is told by its text', () => {
    const line = 'a();'.repeat(300);
    for (const [path, text] of [['a.js', `${line}\n${line}\n`], ['a.css', 'a{}\n/*# sourceMappingURL=a.css.map */\n'], ['a.mjs', 'x\n//# sourceMappingURL=a.js.map'], ['core.dev.js', '/******/ (function(modules) { // webpackBootstrap\n']] as const) assert.equal(isBuilt(path, text), true, path);
    for (const [path, text] of [['a.js', 'const a = 1;\n'.repeat(500)], ['a.py', `${line}\n`], ['a.js', ''], ['a.js', `const logo = "${'x'.repeat(900)}";\n`], ['build.js', '// writes sourceMappingURL=x\nconst a = 1;\n']] as const) assert.equal(isBuilt(path, text), false, path);
  });
});
