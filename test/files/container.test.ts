import assert from 'node:assert/strict';
import { covered, outline, text, unitOf } from './facts';

describe('Dockerfiles', () => {
  const source = text(
    'ARG PYTHON=3.12', 'ARG BASE=python:${PYTHON}-slim',
    'FROM --platform=linux/amd64 ${BASE} AS Build',
    'RUN --mount=type=cache,target=/c --mount=type=secret,id=t apt-get update \\', '    # tools', '', '    && apt-get install -y "gcc"',
    'FROM build', 'FROM $UNKNOWN', 'FROM ${TAG:-alpine:3}',
  );
  const { stages, whole } = unitOf('dockerfile', 'Dockerfile', source);

  it('have stages with their images, arguments filled in', () => {
    assert.equal(whole, true);
    assert.deepEqual(stages.map((stage) => [stage.name, stage.image, stage.from]), [['Build', 'python:3.12-slim', undefined], [undefined, 'build', 0], [undefined, '$UNKNOWN', undefined], [undefined, 'alpine:3', undefined]]);
    assert.equal(covered(source, stages[0]?.imageAt), '${BASE}');
    assert.equal(covered(source, stages[0]?.at), 'FROM --platform=linux/amd64 ${BASE} AS Build');
  });

  it('have instructions on one line, with flags apart', () => {
    const run = stages[0]?.instructions[0];
    assert.equal(run?.text, 'apt-get update && apt-get install -y "gcc"');
    assert.deepEqual(run.flags, { mount: 'type=cache,target=/c type=secret,id=t' });
    assert.deepEqual(outline(run.commands), ['apt-get update &&', 'apt-get install -y gcc']);
    assert.equal(covered(source, run.commands[1]?.at), 'apt-get install -y "gcc"');
  });

  const instruction = (line: string) => {
    const unit = unitOf('dockerfile', 'Dockerfile', `FROM a\n${line}\n`);
    const found = unit.stages[0]?.instructions[0];
    assert.ok(found);
    return found;
  };

  it('read the JSON form, and only real JSON', () => {
    assert.deepEqual(instruction('CMD ["gunicorn", "-w", "4 x", "a\\"b"]').exec, ['gunicorn', '-w', '4 x', 'a"b']);
    assert.equal(instruction("CMD ['gunicorn']").exec, undefined);
    assert.equal(instruction('CMD ["gunicorn"').exec, undefined);
    assert.deepEqual(outline(instruction('ENTRYPOINT ["sh", "-c", "exec gunicorn app:app"]').commands), ['sh -c exec gunicorn app:app', '  exec gunicorn app:app']);
  });

  it('read health checks with what they start', () => {
    const check = instruction('HEALTHCHECK --interval=5m --timeout=3s \\\n  CMD curl -f http://localhost/ || exit 1');
    assert.deepEqual(check.flags, { interval: '5m', timeout: '3s' });
    assert.deepEqual(outline(check.commands), ['curl -f http://localhost/ ||', 'exit 1']);
    assert.deepEqual(instruction('HEALTHCHECK CMD ["curl", "x"]').exec, ['curl', 'x']);
    assert.deepEqual([instruction('healthcheck NONE').text, instruction('HEALTHCHECK NONE').commands], ['NONE', []]);
  });

  it('read names and values', () => {
    const env = instruction('ENV A=1 B="two words" C=x\\ y \\\n    D=');
    assert.deepEqual(env.pairs.map((pair) => [pair.name, pair.value]), [['A', '1'], ['B', 'two words'], ['C', 'x y'], ['D', '']]);
    assert.deepEqual(instruction('ENV KEY value of it').pairs.map((pair) => [pair.name, pair.value]), [['KEY', 'value of it']]);
    assert.deepEqual(instruction('ARG TOKEN').pairs.map((pair) => [pair.name, pair.value]), [['TOKEN', undefined]]);
  });

  it('read the scripts of heredocs', () => {
    assert.deepEqual(outline(instruction('RUN <<EOF\nset -e\npip install x\nEOF').commands), ['set -e', 'pip install x']);
    assert.deepEqual(instruction('RUN <<EOF\n#!/usr/bin/env python3\nprint(1)\nEOF').commands, []);
    assert.deepEqual(outline(instruction('RUN cat <<EOF > /x && ls\nrm -rf /\nEOF').commands), ['cat &&', 'ls']);
    assert.deepEqual(instruction('COPY <<EOF /etc/x\nrm\nEOF').commands, []);
  });

  it('read what ONBUILD runs, and no shell where another escape is set', () => {
    assert.deepEqual(outline(instruction('ONBUILD RUN make').commands), ['make']);
    const windows = unitOf('dockerfile', 'Dockerfile', '# escape=`\nFROM a\nRUN dir C:\\ `\n  /w\n').stages[0]?.instructions[0];
    assert.deepEqual([windows?.text, windows?.commands], ['dir C:\\ /w', []]);
  });

  it('are not whole when something in them is no instruction', () => {
    assert.equal(unitOf('dockerfile', 'Dockerfile', 'FROM a\nRUNN x\n').whole, false);
    assert.equal(unitOf('dockerfile', 'Dockerfile.j2', 'FROM a\n{% if x %}\nRUN b\n{% endif %}\n').whole, false);
    assert.equal(unitOf('dockerfile', 'Dockerfile', '').stages.length, 0);
  });
});

describe('compose files', () => {
  const source = text(
    'x-base: &base', '  restart: always', '  environment: {A: "1"}',
    'services:',
    '  web:', '    <<: *base', '    build: ./web', '    command: ["gunicorn", "-b", "0.0.0.0:80", "two words"]', '    entrypoint: /entry.sh', '    environment:', '      - KEY=a=b', '      - BARE', '      - "QUOTED=x y"',
    '    ports:', '      - "127.0.0.1:80:80"', '      - target: 9000', '        published: 9001', '    depends_on: {db: {condition: service_healthy}}', '    scale: 2', '    env_file:', '      - path: ./a.env', '        required: false',
    '  api:', '    extends: web', '    build: {context: .., dockerfile: docker/Api.Dockerfile, target: run}', '    command: uvicorn app --reload', '    ports: ["1:1"]',
    '  db:', '    image: postgres:16 # pinned', '    user: 1000:1000', '    volumes:', '      - data:/var/lib', '      - {type: bind, source: ./i, target: /i, read_only: true}', '      - {type: tmpfs, target: /t}',
    '    healthcheck: {disable: true}', '    profiles: [dev]', '    labels: {a.b: c}', '    deploy: {replicas: 3}', '    privileged: yes',
    'volumes: {data: }',
  );
  const unit = unitOf('compose', 'deploy/docker-compose.yml', source);
  const [web, api, db] = unit.services;

  it('have services with what they build, beside the file', () => {
    assert.equal(unit.whole, true);
    assert.deepEqual(unit.services.map((one) => one.name), ['web', 'api', 'db']);
    assert.deepEqual(web?.build, { context: 'deploy/web', dockerfile: 'deploy/web/Dockerfile' });
    assert.deepEqual(api?.build, { context: '', dockerfile: 'docker/Api.Dockerfile', target: 'run' });
    assert.equal(db?.build, undefined);
    assert.equal(covered(source, db?.imageAt), 'postgres:16');
    assert.equal(covered(source, db?.nameAt), 'db');
    assert.equal(covered(source, db?.userAt), '1000:1000');
  });

  it('have commands, as texts and as words', () => {
    assert.deepEqual([web?.command, web?.entrypoint], ['gunicorn -b 0.0.0.0:80 "two words"', '/entry.sh']);
    assert.deepEqual(web?.commands.map((one) => one.words), [['/entry.sh'], ['gunicorn', '-b', '0.0.0.0:80', 'two words']]);
    assert.deepEqual(web.commands[1]?.wordsAt.map((at) => covered(source, at)), ['"gunicorn"', '"-b"', '"0.0.0.0:80"', '"two words"']);
    assert.deepEqual(api?.commands.map((one) => one.words), [['/entry.sh'], ['uvicorn', 'app', '--reload']]);
  });

  it('have variables from lists, maps and what is merged in', () => {
    assert.deepEqual(web?.environment.map((one) => [one.name, one.value, covered(source, one.valueAt)]), [['KEY', 'a=b', 'a=b'], ['BARE', undefined, undefined], ['QUOTED', 'x y', 'x y']]);
    assert.deepEqual(web.entries.filter((one) => one.key === 'restart').map((one) => one.value), ['always']);
  });

  it('write the long forms as the short ones', () => {
    assert.deepEqual(web?.ports.map((one) => one.text), ['127.0.0.1:80:80', '9001:9000']);
    assert.deepEqual(db?.volumes.map((one) => one.text), ['data:/var/lib', './i:/i:ro']);
  });

  it('say how many, after what, with which files', () => {
    assert.deepEqual([web?.replicas, db?.replicas, web?.dependsOn, web?.envFiles.map((one) => one.path)], [2, 3, ['db'], ['deploy/a.env']]);
    assert.deepEqual([db?.healthcheck?.disabled, db?.profiles, db?.labels.map((one) => [one.name, one.value])], [true, ['dev'], [['a.b', 'c']]]);
    assert.ok(web?.entries.some((one) => one.key === 'depends_on.db.condition' && one.value === 'service_healthy'));
    assert.ok(db?.entries.some((one) => one.key === 'privileged' && one.value === 'yes'));
  });

  it('take over what a service extends', () => {
    assert.deepEqual(api?.environment.map((one) => one.name), ['KEY', 'BARE', 'QUOTED']);
    assert.deepEqual(api.ports.map((one) => one.text), ['127.0.0.1:80:80', '9001:9000', '1:1']);
  });

  it('end a service with its last value, not with the comment below', () => {
    const commented = 'services:\n  a:\n    image: x\n\n  # about b\n  b:\n    image: y\n';
    assert.equal(covered(commented, unitOf('compose', 'compose.yml', commented).services[0]?.at), 'a:\n    image: x');
  });

  it('are found under any name that has services with images', () => {
    assert.equal(unitOf('compose', 'production.yml', 'services:\n  # first\n  web:\n    image: a\n').services[0]?.image, 'a');
    assert.equal(unitOf('plain', 'config/services.yaml', 'services:\n  mailer:\n    class: X\n').format, 'yaml');
  });

  it('are laid over each other where one file has several documents', () => {
    const source = text('services:', '  web: {image: a, ports: ["1:1"], command: x, expose: ["1"]}', '  db: {image: d}', '---', 'services:', '  web: {image: b, ports: ["2:2"], command: y, expose: !override ["9"]}', '---', '', '---', 'volumes: {data: {}}');
    const unit = unitOf('compose', 'compose.yml', source);
    assert.deepEqual(unit.services.map((one) => [one.name, one.image, one.ports.map((port) => port.text), one.command]), [['db', 'd', [], undefined], ['web', 'b', ['1:1', '2:2'], 'y']]);
    assert.deepEqual([covered(source, unit.services[1]?.imageAt), unit.services[1]?.entries.filter((one) => one.key.startsWith('expose')).map((one) => one.value)], ['b', ['9']]);
    assert.deepEqual([unit.whole, unit.entries.map((one) => one.key)], [true, ['volumes.data']]);
  });

  it('are not whole when they are templates', () => {
    assert.equal(unitOf('compose', 'docker-compose.yml', 'services:\n  web:\n    image: {{ image }}\n').whole, false);
    assert.equal(unitOf('compose', 'docker-compose.yml', 'services:\n  web:\n    image: "{{ image }}"\n').whole, true);
    assert.equal(unitOf('compose', 'docker-compose.yml', 'services:\n  web:\n   image: a\n  bad\n').whole, false);
  });
});

describe('Kubernetes files', () => {
  it('are YAML that says so, object by object', () => {
    const source = text('apiVersion: v1', 'kind: Service', 'metadata:', '  name: web', '---', 'kind: List', 'apiVersion: v1', 'items:', '  - kind: Secret', '    apiVersion: v1', '    metadata: {name: s}', '    stringData: {KEY: abc}');
    const unit = unitOf('kubernetes', 'deploy/all.yaml', source);
    assert.deepEqual(unit.objects.map((one) => [one.type, one.name]), [['Service', 'web'], ['Secret', 's']]);
    const key = unit.objects[1]?.entries.find((one) => one.key === 'stringData.KEY');
    assert.deepEqual([key?.value, covered(source, key?.at), covered(source, key?.valueAt)], ['abc', 'KEY: abc', 'abc']);
  });

  it('are not whole when Helm fills them in', () => {
    assert.equal(unitOf('kubernetes', 'chart/templates/app.yaml', text('apiVersion: v1', 'kind: Pod', 'metadata:', '  name: {{ .Release.Name }}', '{{- if .Values.x }}', 'spec: {}', '{{- end }}')).whole, false);
  });
});
