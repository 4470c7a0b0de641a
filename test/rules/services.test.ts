/** Services of compose files as production runs them, out of files of every habit. */
import assert from 'node:assert/strict';
import type { Project } from '../../rules/kit';
import { buildContexts, datastoreOf, deployedServices, isKeptOut, isLocalPort, keptBy, mountsOf, passwordsOf, portsOf, restarts, saidOf } from '../../rules/kit';
import { openSession } from '../../engine/audit/open';
import { projectRule } from '../../rules/kit';
import { openMemory } from '../../engine/workspace/memory';
import type { Grammars } from '../../engine/syntax/grammars';
import { testGrammars } from '../support/grammars';

describe('services of compose files', () => {
  let grammars: Grammars;
  before(async () => { grammars = await testGrammars(); });

  /** What is asked of the project that these files make; every text may hold whatever it likes. */
  async function asked<T>(files: Readonly<Record<string, string>>, question: (project: Project) => T): Promise<T> {
    let answer: { readonly value: T } | undefined;
    const probe = projectRule({
      id: 'probe', title: 'x', severity: 'low', confidence: 'likely', blocks: 'never', effort: 'S', since: '1', why: 'x', how: 'x', links: [], examples: () => ({}),
      project: (project) => { answer = { value: question(project) }; return { notApplicable: 'x' }; },
    })('deployment');
    const session = openSession({ workspace: openMemory(files), grammars, rules: [probe] });
    try {
      await session.refresh();
      assert.deepEqual(session.notices().filter((each) => each.code === 'rule-failed'), []);
      assert.ok(answer);
      return answer.value;
    } finally {
      session.dispose();
    }
  }

  const names = (project: Project) => deployedServices(project).map((each) => each.service.name);
  const app = 'services:\n  web:\n    image: shop:1\n';

  it('have ports in every form', async () => {
    const written: readonly (readonly [string, string | undefined, string | undefined, string])[] = [
      ['5432', undefined, undefined, '5432'], ['5432:5432', undefined, '5432', '5432'], ['127.0.0.1:5432:5432', '127.0.0.1', '5432', '5432'],
      ['127.0.0.1::5432', '127.0.0.1', undefined, '5432'], ['[::1]:6000:5432', '[::1]', '6000', '5432'], ['0.0.0.0:5432:5432/tcp', '0.0.0.0', '5432', '5432'],
      ['${PORT:-5432}:5432', undefined, '${PORT:-5432}', '5432'], ['${HOST:-127.0.0.1}:5432:5432', '${HOST:-127.0.0.1}', '5432', '5432'],
      ['5432-5440:5432-5440', undefined, '5432-5440', '5432-5440'], ['localhost:5432:5432', 'localhost', '5432', '5432'],
    ];
    const text = `services:\n  web:\n    image: shop:1\n    ports:\n${written.map(([port]) => `      - "${port}"\n`).join('')}`;
    const ports = await asked({ 'compose.yml': text }, (project) => deployedServices(project).flatMap((each) => portsOf(each)));
    assert.deepEqual(ports.map((each) => [each.text, each.host, each.published, each.target]), written.map((each) => [...each]));
    assert.deepEqual(ports.filter(isLocalPort).map((each) => each.text), ['127.0.0.1:5432:5432', '127.0.0.1::5432', '[::1]:6000:5432', '${HOST:-127.0.0.1}:5432:5432', 'localhost:5432:5432']);
  });

  it('have mounts in every form', async () => {
    const text = 'services:\n  web:\n    image: shop:1\n    volumes:\n      - data:/data/\n      - /cache\n      - ./src:/app:ro,z\n      - ${DIR:-./x}:/x\n      - {type: bind, source: ./a, target: /a, read_only: true}\n      - {type: tmpfs, target: /tmp}\n';
    const mounts = await asked({ 'compose.yml': text }, (project) => deployedServices(project).flatMap((each) => mountsOf(each)));
    assert.deepEqual(mounts.map((each) => [each.source, each.target, each.readOnly]), [['data', '/data', false], [undefined, '/cache', false], ['./src', '/app', true], ['${DIR:-./x}', '/x', false], ['./a', '/a', true]]);
  });

  it('are laid over each other, and take back what lies under them', async () => {
    const found = await asked({
      'docker-compose.yml': 'services:\n  web:\n    build: .\n    restart: "no"\n    ports: ["80:80"]\n  db:\n    image: postgres:16\n    ports: ["5432:5432"]\n',
      'docker-compose.prod.yml': 'services:\n  web:\n    restart: always\n    ports: ["443:443"]\n  db:\n    restart: always\n    ports: !override []\n',
    }, (project) => deployedServices(project).map((each) => [each.service.name, each.file.path, restarts(each)?.file.path, portsOf(each).map((port) => port.text), each.whole]));
    assert.deepEqual(found, [['web', 'docker-compose.yml', 'docker-compose.prod.yml', ['443:443', '80:80'], true], ['db', 'docker-compose.yml', 'docker-compose.prod.yml', [], true]]);
  });

  it('extend those of other files, and of themselves in a circle', async () => {
    const found = await asked({
      'compose.yml': 'services:\n  web:\n    extends: {file: base/common.yml, service: app}\n  lost:\n    extends: {file: ../outside.yml, service: app}\n  own:\n    extends: {file: compose.yml, service: own}\n    image: own:1\n',
      'base/common.yml': 'services:\n  app:\n    extends: {file: ../compose.yml, service: web}\n    image: shop:1\n    restart: always\n',
    }, (project) => deployedServices(project).map((each) => [each.service.name, each.service.image, saidOf(each, 'restart')?.value, each.whole]));
    assert.deepEqual(found.filter(([name]) => name !== 'app'), [['app', 'shop:1', 'always', true], ['lost', undefined, undefined, false], ['own', 'own:1', undefined, true]].filter(([name]) => name !== 'app'));
  });

  it('come from files that include each other, once', async () => {
    assert.deepEqual(await asked({ 'compose.yml': `include:\n  - compose.yml\n  - path: [more.yml]\n${app}`, 'more.yml': 'include: [compose.yml, more.yml]\nservices:\n  worker:\n    image: shop:1\n' }, names), ['web', 'worker']);
  });

  it('leave out profiles, files and environments for developers', async () => {
    assert.deepEqual(await asked({ 'compose.yml': `${app}  mailhog:\n    image: mailhog/mailhog\n  admin:\n    image: adminer:5\n    profiles: [debug]\n`, 'compose.dev.yml': 'services:\n  dev:\n    image: x:1\n' }, names), ['web']);
    assert.deepEqual(await asked({ 'compose.yml': `${app}    environment: [FLASK_ENV=development]\n  db:\n    image: postgres:16\n` }, names), []);
    assert.deepEqual(await asked({ 'compose.yml': 'services:\n  db:\n    image: postgres:16\n' }, names), [], 'a database alone, for who runs the application by hand');
    assert.deepEqual(await asked({ 'compose.yml': 'services:\n  db:\n    image: postgres:16\n    restart: always\n' }, names), ['db']);
  });

  it('survive files nobody wishes for', async () => {
    const odd: readonly (readonly [string, string])[] = [
      ['tabs', 'services:\n\tweb:\n\t\timage: shop:1\n'], ['the same key twice', `${app}  web:\n    image: shop:2\n`], ['an anchor that holds itself', 'services:\n  web: &a\n    image: shop:1\n    labels: *a\n    extends: web\n'],
      ['a byte order mark', `\uFEFF${app}`], ['CRLF', app.replace(/\n/g, '\r\n')], ['a template', 'services:\n  {% for name in names %}\n  {{ name }}:\n    image: {{ image }}\n  {% endfor %}\n'],
      ['a list', 'services:\n  - web\n  - db\n'], ['nothing', ''], ['a text', 'services: web\n'], ['numbers', 'services:\n  1:\n    image: 2\n    ports: [80, 8000.5, null, {a: b}]\n    volumes: [null, 3]\n'],
      ['an included nothing', 'include:\n  - path:\n  -\nservices:\n  web:\n    image: shop:1\n    extends:\n      file:\n      service:\n'],
    ];
    for (const [what, text] of odd) {
      const known = await asked({ 'compose.yml': text }, (project) => deployedServices(project).map((each) => [portsOf(each).length, mountsOf(each).length, passwordsOf(each).length, restarts(each), datastoreOf(each.service)]));
      assert.ok(known.length <= 2, what);
    }
    assert.deepEqual(await asked({ 'compose.yml': `\uFEFF${app}` }, names), ['web']);
    assert.deepEqual(await asked({ 'compose.yml': app.replace(/\n/g, '\r\n') }, names), ['web']);
  });

  it('keep data where their image writes it', async () => {
    const kept = async (image: string, volume: string, environment = '{}') => asked({ 'compose.yml': `${app}  db:\n    image: ${image}\n    environment: ${environment}\n    volumes: ["${volume}"]\n` }, (project) => deployedServices(project).some((each) => { const store = datastoreOf(each.service); return store !== undefined && keptBy(each, store) !== undefined; }));
    assert.equal(await kept('postgres:16', 'pg:/var/lib/postgresql/data'), true);
    assert.equal(await kept('postgres:16', 'pg:/var/lib/postgresql'), false);
    assert.equal(await kept('postgres:18', 'pg:/var/lib/postgresql'), true);
    assert.equal(await kept('postgres:16', 'pg:/data', '{PGDATA: /data/pg}'), true);
    assert.equal(await kept('mysql:8', '/var/lib/mysql'), false);
    assert.equal(await kept('mongo:7', './db:/data/db'), true);
  });

  it('judge passwords without showing them', async () => {
    const judged = async (value: string, more = '') => asked({ 'compose.yml': `${app}  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: ${value}\n${more}` }, (project) => deployedServices(project).flatMap((each) => passwordsOf(each).map((one) => one.is)).join());
    assert.deepEqual([await judged('postgres'), await judged('"${PW:-postgres}"'), await judged('${PW}'), await judged('"${PW:?set}"'), await judged('""'), await judged('tulip-basket-nine'), await judged('tulip', '      POSTGRES_USER: tulip\n')], ['weak', 'weak', 'given', 'given', 'given', 'written', 'weak']);
  });
});

describe('patterns of .dockerignore', () => {
  const out = (path: string, ...lines: readonly string[]) => isKeptOut(path, lines.map((line) => ({ pattern: line.replace(/^!/, ''), negated: line.startsWith('!'), at: { start: 0, end: 0 } })));

  it('are read as Docker reads them', () => {
    assert.deepEqual([out('.env', '.env'), out('.env', '/.env'), out('api/.env', '.env'), out('api/.env', '**/.env'), out('.env.local', '.env*'), out('.git/HEAD', '.git'), out('.git', '.git/')], [true, true, false, true, true, true, true]);
    assert.deepEqual([out('.env', '*'), out('app/x.py', '*', '!app'), out('.env', '*', '!app'), out('.env.example', '.env*', '!.env.example'), out('a/b/c.pyc', '**/*.pyc'), out('c.pyc', '**/*.pyc'), out('x', '[')], [true, false, true, false, true, true, false]);
  });
});

describe('build contexts', () => {
  let grammars: Grammars;
  before(async () => { grammars = await testGrammars(); });

  it('are the folder that compose names, that what is copied is found in, or the Dockerfile\'s own', async () => {
    let folders: readonly string[] = [];
    const probe = projectRule({ id: 'probe', title: 'x', severity: 'low', confidence: 'likely', blocks: 'never', effort: 'S', since: '1', why: 'x', how: 'x', links: [], examples: () => ({}), project: (project) => { folders = buildContexts(project).map((each) => `${each.file.path} in ${each.folder === '' ? 'the root' : each.folder}`); return { notApplicable: 'x' }; } })('deployment');
    const session = openSession({
      workspace: openMemory({
        'a/Dockerfile': 'FROM python:3.12\nCOPY . .\nCMD ["python", "x.py"]\n', 'compose.yml': 'services:\n  web:\n    build: {context: ., dockerfile: a/Dockerfile}\n',
        'b/Dockerfile': 'FROM python:3.12\nCOPY b/x.py .\nCMD ["python", "x.py"]\n', 'b/x.py': '', 'c/Dockerfile': 'FROM python:3.12\nCOPY y.py .\nCMD ["python", "y.py"]\n', 'c/y.py': '', 'docker/Dockerfile': 'FROM python:3.12\nCOPY . .\nCMD ["python", "x.py"]\n',
      }), grammars, rules: [probe],
    });
    await session.refresh();
    session.dispose();
    assert.deepEqual(folders, ['a/Dockerfile in the root', 'b/Dockerfile in the root', 'c/Dockerfile in c', 'docker/Dockerfile in the root']);
  });
});
