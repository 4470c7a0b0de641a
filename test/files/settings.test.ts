/** Environment files, nginx, ini, processes, ignore files and platform files. */
import assert from 'node:assert/strict';
import { covered, outline, text, unitOf } from './facts';

describe('environment files', () => {
  const read = (...lines: readonly string[]) => {
    const source = text(...lines);
    const unit = unitOf('dotenv', '.env', source);
    return { unit, pairs: unit.variables.map((one) => [one.name, one.value]), written: unit.variables.map((one) => covered(source, one.valueAt)) };
  };

  it('give names and values, without quotes and comments', () => {
    const { pairs, written, unit } = read('# c', '', 'A=1', 'export B = two words # c', "C='x # y' # c", 'D="a\\nb\\"c"', 'E=', 'F', 'G=a#b', 'H: yaml', 'URL=https://u:p@h/#f', 'I=`x`');
    assert.deepEqual(pairs, [['A', '1'], ['B', 'two words'], ['C', 'x # y'], ['D', 'a\nb"c'], ['E', ''], ['F', undefined], ['G', 'a#b'], ['H', 'yaml'], ['URL', 'https://u:p@h/#f'], ['I', 'x']]);
    assert.deepEqual(written, ['1', 'two words', "'x # y'", '"a\\nb\\"c"', '', undefined, 'a#b', 'yaml', 'https://u:p@h/#f', '`x`']);
    assert.equal(unit.whole, true);
  });

  it('go over several lines in quotes', () => {
    assert.deepEqual(read('A="one', 'two"', 'B=1').pairs, [['A', 'one\ntwo'], ['B', '1']]);
  });

  it('go on after a quote that nothing closes, and after what is no variable', () => {
    const { pairs, unit } = read('A="one', 'B=1');
    assert.deepEqual(pairs, [['A', '"one'], ['B', '1']]);
    assert.equal(unit.whole, false);
    assert.equal(read('!!', 'B=1').unit.whole, false);
    assert.deepEqual(read('!!', 'B=1').pairs, [['B', '1']]);
  });

  it('are templates by their name', () => {
    for (const path of ['.env.example', 'env.template', '.env.production.sample', 'deploy/.env.dist', 'example.env', '.env-example', '.env.defaults']) assert.equal(unitOf('dotenv', path, 'A=1\n').example, true, path);
    for (const path of ['.env', '.env.production', 'env.production', '.flaskenv', 'prod.env', 'frontend.env.development', '.envrc']) assert.equal(unitOf('dotenv', path, 'A=1\n').example, false, path);
  });
});

describe('nginx configuration', () => {
  const source = text(
    'http {', '  server {', '    listen 443 ssl; # tls', "    add_header X 'a; b' always;", '    location ~ "\\.(js|css)$" { expires 1y; }', '    if ($a = "b") { return 301 https://$host$request_uri; }',
    '    set $x ${y}z;', '    content_by_lua_block { if x then return {} end }', '  }', '}', 'include mime.types;',
  );
  const unit = unitOf('nginx', 'nginx.conf', source);

  it('is directives in their blocks', () => {
    const server = unit.directives[0]?.block?.[0];
    assert.equal(unit.whole, true);
    assert.deepEqual(unit.directives.map((one) => one.name), ['http', 'include']);
    assert.deepEqual(server?.block?.map((one) => [one.name, ...one.args]), [
      ['listen', '443', 'ssl'], ['add_header', 'X', 'a; b', 'always'], ['location', '~', '\\.(js|css)$'], ['if', '($a', '=', 'b', ')'], ['set', '$x', '${y}z'], ['content_by_lua_block'],
    ]);
    assert.deepEqual(server.block[2]?.block?.map((one) => covered(source, one.at)), ['expires 1y;']);
    assert.deepEqual(server.block[1]?.argsAt.map((at) => covered(source, at)), ['X', "'a; b'", 'always']);
    assert.equal(covered(source, server.block[2]?.at), 'location ~ "\\.(js|css)$" { expires 1y; }');
    assert.equal(server.block[0]?.block, undefined);
  });

  it('goes on where a semicolon or a brace is missing', () => {
    for (const broken of ['server { listen 80 }', 'server { listen 80;', 'listen 80; }', 'add_header X "a;\nlisten 80;', '{{ upstream }}\nlisten 80;']) assert.equal(unitOf('nginx', 'nginx.conf', broken).whole, false, broken);
    assert.deepEqual(unitOf('nginx', 'nginx.conf', 'server { listen 80 } x y;').directives.map((one) => one.name), ['server', 'x']);
    assert.deepEqual(unitOf('nginx', 'nginx.conf', 'server { listen 80 } x y;').directives[0]?.block?.map((one) => one.args), [['80']]);
  });

  it('is recognised by its text where the name does not tell', () => {
    assert.equal(unitOf('nginx', 'sites/app.conf', 'server {\n  listen 80;\n}\n').directives.length, 1);
    assert.equal(unitOf('ini', 'deploy/worker.conf', '[program:web]\ncommand=gunicorn app:app\n').sections.length, 1);
    assert.equal(unitOf('plain', 'redis.conf', 'maxmemory 1gb\n').format, 'text');
  });
});

describe('ini files', () => {
  it('systemd: sections that come again, continued lines, commands', () => {
    const source = text('[Unit]', 'Description=App; really', '[Service]', 'Environment="A=1" B=2', 'ExecStart=-/usr/bin/env gunicorn \\', '  -w 4 \\', '  app:app', '# c', 'ExecStartPre=@/bin/sh -c "mkdir -p /run/x && true"', '[Service]', 'User=app');
    const unit = unitOf('ini', 'deploy/app.service', source);
    assert.equal(unit.format, 'systemd');
    assert.deepEqual(unit.sections.map((one) => one.name), ['Unit', 'Service', 'Service']);
    assert.deepEqual(unit.sections[1]?.entries.map((one) => [one.name, one.value]), [['Environment', '"A=1" B=2'], ['ExecStart', '-/usr/bin/env gunicorn\n-w 4\napp:app'], ['ExecStartPre', '@/bin/sh -c "mkdir -p /run/x && true"']]);
    assert.deepEqual(outline(unit.sections[1].commands), ['/usr/bin/env gunicorn -w 4 app:app', '/bin/sh -c mkdir -p /run/x && true', '  mkdir -p /run/x &&', '  true']);
    assert.equal(covered(source, unit.sections[0]?.entries[0]?.valueAt), 'App; really');
    assert.equal(covered(source, unit.sections[0]?.at), '[Unit]');
  });

  it('others: indented lines continue, names stand alone', () => {
    const unit = unitOf('ini', 'tox.ini', text('top = 1', '[testenv]', 'deps =', '    a', '    # c', '    b', 'strict', 'x : y'));
    assert.deepEqual(unit.sections.map((one) => [one.name, one.entries.map((pair) => [pair.name, pair.value])]), [['', [['top', '1']]], ['testenv', [['deps', 'a\nb'], ['strict', undefined], ['x', 'y']]]]);
  });

  it('supervisor: what it starts', () => {
    const unit = unitOf('ini', 'supervisord.conf', '[program:web]\ncommand=gunicorn -w 2 app:app\n');
    assert.deepEqual(outline(unit.sections[0]?.commands ?? []), ['gunicorn -w 2 app:app']);
  });
});

describe('files of processes', () => {
  it('Procfile: a name and a command a line', () => {
    const source = text('web: gunicorn app:app --workers ${N:-2}', '', '# c', 'release: a && b', 'worker:celery worker');
    const unit = unitOf('procfile', 'Procfile', source);
    assert.deepEqual(unit.processes.map((one) => [one.name, one.command, covered(source, one.commandAt)]), [
      ['web', 'gunicorn app:app --workers ${N:-2}', 'gunicorn app:app --workers ${N:-2}'], ['release', 'a && b', 'a && b'], ['worker', 'celery worker', 'celery worker'],
    ]);
    assert.deepEqual(outline(unit.processes[1]?.commands ?? []), ['a &&', 'b']);
    assert.equal(unitOf('procfile', 'Procfile', 'web gunicorn\n').whole, false);
  });

  it('crontab: schedules, users and commands', () => {
    const source = text('MAILTO="a@b.example"', '0 3 * * 1-5 /backup.sh >> /log 2>&1', '@daily root find /x -delete', '# c', '*/5 * * * * curl -s x');
    const unit = unitOf('crontab', 'deploy/crontab', source);
    assert.deepEqual(unit.variables.map((one) => [one.name, one.value]), [['MAILTO', 'a@b.example']]);
    assert.deepEqual(unit.jobs.map((one) => [one.schedule, one.user, one.command]), [['0 3 * * 1-5', undefined, '/backup.sh >> /log 2>&1'], ['@daily', 'root', 'find /x -delete'], ['*/5 * * * *', undefined, 'curl -s x']]);
    assert.deepEqual(unit.jobs.map((one) => one.commands[0]?.words[0]), ['/backup.sh', 'find', 'curl']);
    assert.deepEqual(unitOf('crontab', 'cron.d/app', '0 3 * * * deploy /x.sh a\n').jobs.map((one) => [one.user, one.command]), [['deploy', '/x.sh a']]);
  });
});

describe('ignore files', () => {
  it('give their patterns, for the tool they are named after', () => {
    const source = '\uFEFF# c\n*.py[cod]\n!keep.pyc  \nname\\ \n\n/build/\r\n\\#x\n';
    const unit = unitOf('ignore', 'web/.gitignore', source);
    assert.equal(unit.tool, 'git');
    assert.deepEqual(unit.patterns.map((one) => [one.pattern, one.negated, covered(source, one.at)]), [['*.py[cod]', false, '*.py[cod]'], ['keep.pyc', true, '!keep.pyc'], ['name\\ ', false, 'name\\ '], ['/build/', false, '/build/'], ['\\#x', false, '\\#x']]);
    assert.deepEqual(['.dockerignore', 'api.Dockerfile.dockerignore', '.vercelignore'].map((path) => unitOf('ignore', path, 'x\n').tool), ['docker', 'docker', 'vercel']);
  });
});

describe('platform files', () => {
  const platform = (path: string, ...lines: readonly string[]) => unitOf('platform', path, text(...lines));

  it('are flattened, whatever they are written in', () => {
    const source = text('services:', '  - type: web', '    startCommand: gunicorn app:app && x', '    envVars: [{key: A, value: "b"}]', '    disk: {}');
    const unit = unitOf('platform', 'render.yaml', source);
    assert.deepEqual(unit.entries.map((one) => `${one.key}=${one.value}`), ['services.0.type=web', 'services.0.startCommand=gunicorn app:app && x', 'services.0.envVars.0.key=A', 'services.0.envVars.0.value=b', 'services.0.disk={}']);
    assert.deepEqual(unit.entries.map((one) => covered(source, one.valueAt)), ['web', 'gunicorn app:app && x', 'A', '"b"', '{}']);
    assert.deepEqual(unit.commands.map((one) => [one.key, outline(one.commands)]), [['services.0.startCommand', ['gunicorn app:app &&', 'x']]]);
  });

  it('tell what they are for, and what they run', () => {
    const runs = (unit: ReturnType<typeof platform>) => [unit.platform, unit.commands.map((one) => one.text)];
    assert.deepEqual(runs(platform('fly.toml', '[deploy]', 'release_command = "migrate"', '[processes]', 'web = "gunicorn a"', '[http_service]', 'force_https = true')), ['fly', ['migrate', 'gunicorn a']]);
    assert.deepEqual(runs(platform('vercel.json', '{"buildCommand": "npm run build", "headers": [],}')), ['vercel', ['npm run build']]);
    assert.deepEqual(runs(platform('app.yaml', 'runtime: python312', 'entrypoint: gunicorn a')), ['appengine', ['gunicorn a']]);
    assert.deepEqual(runs(platform('.do/app.yaml', 'services:', '- run_command: gunicorn a')), ['digitalocean', ['gunicorn a']]);
    assert.deepEqual(runs(platform('heroku.yml', 'run: {web: gunicorn a}', 'release: {command: [migrate]}')), ['heroku', ['gunicorn a', 'migrate']]);
    assert.deepEqual(runs(platform('railway.toml', '[deploy]', 'startCommand = "gunicorn a"')), ['railway', ['gunicorn a']]);
    assert.deepEqual(runs(platform('netlify.toml', '[build]', 'command = "npm run build"')), ['netlify', ['npm run build']]);
    assert.deepEqual(runs(platform('app.json', '{"scripts": {"postdeploy": "migrate"}}')), ['heroku', ['migrate']]);
  });

  it('may turn out to be something else', () => {
    assert.equal(unitOf('plain', 'app.json', '{ "expo": {"name": "x"} }').format, 'json');
    assert.equal(unitOf('kubernetes', 'app.yaml', 'apiVersion: v1\nkind: Pod\n').objects.length, 1);
  });
});
