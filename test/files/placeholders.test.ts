import assert from 'node:assert/strict';
import { isFilledIn, untagged, unveiled, veiled } from '../../engine/files/placeholders';
import { covered, text, unitOf } from './facts';

describe('files that are filled in before use', () => {
  it('lose their tags, and no place', () => {
    for (const written of ['a {% if x %}b{% else %}c{%- endif -%} d', '<% if a %>\r\nx\r\n<%- end -%>\r\n<%# why %>', '{{- if .x }}\nb: 1\n  {{- toYaml .y | nindent 2 }}', '{# two\nlines #} x']) {
      assert.equal(untagged(written), written.replace(/\{%.*?%\}|<%.*?%>|^[ ]*\{\{.*\}\}$|\{#[^]*?#\}/gm, (tag) => tag.replace(/[^\r\n]/g, ' ')));
    }
    assert.equal(untagged('a {% if x %}b{% end %}'), `a ${' '.repeat(10)}b${' '.repeat(9)}`);
  });

  it('are rare', () => {
    for (const written of ['', 'a: 1', 'x=${#list[@]} # y #}', 'curl -w "%{http_code}"', 'docker ps --format {{.Names}}', 'run: echo ${{ github.sha }}', '${{ a }}\n', 'printf "{%s}"', '%>s <%h']) assert.equal(untagged(written), undefined, written);
  });

  it('have opaque values that can be read again', () => {
    const written = 'a: {{ x["y"]: z }} <%= n # m %> ${{ b }} é';
    assert.equal(veiled(written).length, written.length);
    assert.ok(!/[[\]"#<>%]/.test(veiled(written)) && veiled(written).includes('${{ b }} é'));
    assert.equal(unveiled(veiled(written)), written);
    assert.ok(isFilledIn(veiled('{{ x }}/y')) && isFilledIn(veiled('<%= x %>')) && !isFilledIn(veiled('y {{ x }}')));
  });

  it('count with both branches, and are not whole', () => {
    const source = text('services:', '  web:', '{% if tagged %}', '    image: {{ registry }}/web:{{ tag }}', '{% else %}', '    image: "web:{{ tag }}"', '{% endif %}', '    restart: always', '    environment: {KEY: {{ key }}, <%= name %>: <%= "a: b" %>}');
    const unit = unitOf('compose', 'docker-compose.yml', source);
    assert.equal(unit.whole, false);
    assert.deepEqual(unit.services.map((one) => [one.image, covered(source, one.imageAt)]), [['web:{{ tag }}', '"web:{{ tag }}"']]);
    assert.ok(unit.services[0]?.entries.some((one) => one.key === 'restart' && one.value === 'always'));
    assert.deepEqual(unit.services[0]?.environment.map((one) => [one.name, one.value]), [['KEY', '{{ key }}'], ['<%= name %>', '<%= "a: b" %>']]);
  });

  it('are read in every format', () => {
    const branches = (line: string) => ['{% if x %}', '<% if x %>', '{{- if .x }}'].map((open) => `${open}\n${line}\n${open.replace(/if .?x/, 'end')}\n`);
    for (const source of branches('USER app')) assert.deepEqual([unitOf('dockerfile', 'Dockerfile', `FROM python:3.12\n${source}`)].map((one) => [one.whole, one.stages[0]?.instructions.map((each) => each.keyword)]), [[false, ['USER']]]);
    for (const source of branches('KEY=1')) assert.deepEqual(unitOf('dotenv', '.env', source).variables.map((one) => one.name), ['KEY']);
    for (const source of branches('Restart=always')) assert.deepEqual(unitOf('ini', 'app.service', `[Service]\n${source}`).sections[0]?.entries.map((one) => one.name), ['Restart']);
    for (const source of branches('web: gunicorn app:app')) assert.deepEqual(unitOf('procfile', 'Procfile', source).processes.map((one) => one.name), ['web']);
    for (const source of branches('gzip on;')) assert.deepEqual(unitOf('nginx', 'nginx.conf', `server {\n${source}}\n`).directives[0]?.block?.map((one) => one.name), ['gzip']);
    for (const source of branches('flask==3.0')) assert.deepEqual(unitOf('manifest', 'requirements.txt', source).packages.map((one) => one.name), ['flask']);
    for (const source of branches('flask = "*"')) assert.deepEqual(unitOf('manifest', 'Pipfile', `[packages]\n${source}`).packages.map((one) => one.name), ['flask']);
    for (const source of branches('  name: app')) assert.equal(unitOf('kubernetes', 'app.yaml', `apiVersion: v1\nkind: Pod\nmetadata:\n${source}`).objects[0]?.name, 'app');
  });

  it('stay as they are in pages and notes', () => {
    assert.equal(unitOf('markdown', 'a.md', '{% raw %}\n# x\n').whole, true);
    assert.equal(unitOf('plain', 'a.sql', '{% if x %}\nselect 1\n').whole, true);
  });
});
