/** Projects whose files go round in circles, are templates, or are larger than anybody writes: what must not happen there, and what still does. */

interface Odd {
  readonly files: Readonly<Record<string, string>>;
  /** Rules that the files refute. */
  readonly silent?: readonly string[];
  readonly finds?: readonly string[];
}

const APP = {
  'app.py': 'from flask import Flask\napp = Flask(__name__)\n\n\n@app.route("/")\ndef home():\n    return "x"\n',
  'requirements.txt': 'flask==3.0.2\ngunicorn==21.2.0\n',
};

const workflow = (...steps: readonly string[]) => `on: [push]\npermissions: {}\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n${steps.map((line) => `      ${line}\n`).join('')}`;

/** Targets that need the two before: as many ways to the first as there are atoms. */
const manyTargets = Array.from({ length: 5_000 }, (_, index) => `t${index}: t${index - 1} t${index - 2}\n\t./step.sh ${index} && echo "$(NAME)"\n`).join('');
const manyPackages = (write: (index: number) => string) => Array.from({ length: 12_500 }, (_, index) => write(index)).join('');
/** Nine aliases of nine aliases of nine aliases, twelve deep. */
const laughs = ['a0: &a0 [x, x, x, x, x, x, x, x, x]', ...Array.from({ length: 11 }, (_, index) => `a${index + 1}: &a${index + 1} [${Array.from({ length: 9 }, () => `*a${index}`).join(', ')}]`)].join('\n');

export const ODD_PROJECTS: Readonly<Record<string, Odd>> = {
  'a chart of Helm': {
    files: { ...APP, 'chart/Chart.yaml': 'apiVersion: v2\nname: app\n', 'chart/values.yaml': 'image: {repository: app, tag: "1.2"}\npassword: ""\n', 'chart/templates/web.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ include "app.fullname" . }}\nspec:\n  {{- if not .Values.autoscaling.enabled }}\n  replicas: {{ .Values.replicas }}\n  {{- end }}\n  template:\n    spec:\n      securityContext:\n        {{- toYaml .Values.security | nindent 8 }}\n      containers:\n        - name: {{ .Chart.Name }}\n          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"\n          env:\n            - name: SECRET_KEY\n              value: {{ .Values.secretKey | quote }}\n          {{- with .Values.liveness }}\n          livenessProbe:\n            {{- toYaml . | nindent 12 }}\n          {{- end }}\n' },
    silent: ['image-unpinned', 'process-runs-as-root', 'container-healthcheck-missing', 'hardcoded-credential', 'container-privileged'],
  },
  'a compose file, a unit and a proxy of Ansible': {
    files: {
      ...APP, 'docker-compose.yml.j2': 'services:\n  web:\n    image: {{ image }}:{{ tag }}\n{% if restart %}\n    restart: always\n{% endif %}\n    environment:\n      SECRET_KEY: {{ secret_key }}\n  db:\n    image: "postgres:{{ version }}"\n    restart: always\n    environment:\n      POSTGRES_PASSWORD: {{ db_password }}\n',
      'app.service.j2': '[Service]\nUser={{ user }}\nExecStart={{ venv }}/bin/gunicorn app:app -w {{ workers }}\n{% if restart %}Restart=always{% endif %}\n',
      'nginx.conf.j2': 'server {\n  listen {{ port }};\n  location / {\n    proxy_pass http://{{ upstream }};\n{% for each in headers %}\n    proxy_set_header {{ each.name }} {{ each.value }};\n{% endfor %}\n  }\n}\n',
    },
    silent: ['restart-policy-missing', 'image-unpinned', 'compose-default-password', 'nginx-proxy-headers-missing', 'worker-count-hardcoded', 'process-runs-as-root'],
  },
  'templates of Ruby': {
    files: { ...APP, 'docker-compose.yml.erb': 'services:\n  web:\n    image: <%= image %>\n    environment:\n      SECRET_KEY: <%= secret %>\n<% if restart %>\n    restart: always\n<% end %>\n', '.env.erb': 'SECRET_KEY=<%= secret %>\nDEBUG=<%= debug %>\n' },
    silent: ['image-unpinned', 'restart-policy-missing', 'weak-secret-value', 'debug-env-enabled', 'sensitive-file-committed'],
  },
  'a template of a project': {
    files: { '{{cookiecutter.slug}}/app.py': APP['app.py'], '{{cookiecutter.slug}}/Dockerfile': 'FROM python:{{ cookiecutter.python }}\n{% if cookiecutter.user %}\nUSER app\n{% endif %}\nCMD ["gunicorn", "app:app"]\n', '{{cookiecutter.slug}}/.env': 'SECRET_KEY={{ cookiecutter.secret }}\nDEBUG={{ cookiecutter.debug }}\n' },
    silent: ['image-unpinned', 'process-runs-as-root', 'weak-secret-value', 'debug-env-enabled', 'sensitive-file-committed'],
  },
  'values for another program to fill in': {
    files: { ...APP, '.env.production': 'JWT_SECRET={{ jwt }}\nAPI_KEY=$API_KEY\nDB_PASSWORD=@@DB_PASSWORD@@\nADMIN_PASSWORD=%ADMIN%\nMAIL_PASSWORD=__MAIL_PASSWORD__\nX_TOKEN=#{token}#\nSECRET_KEY=<secret>\n' },
    silent: ['weak-secret-value', 'sensitive-file-committed', 'provider-token-committed'],
  },
  'keys that come twice': {
    files: { ...APP, 'docker-compose.yml': 'services:\n  web:\n    image: app:1\n    restart: "no"\n    restart: always\n  web:\n    image: app:2\n    restart: always\n', '.github/workflows/ci.yml': 'on: push\njobs:\n  a: {runs-on: x, steps: [{run: pytest}]}\n  a: {runs-on: x, steps: [{run: ruff check .}]}\n', 'package.json': '{"scripts":{"test":"a","test":"jest"},"dependencies":{"a":"1","a":"2"},"dependencies":{"b":"1"}}' },
    silent: ['restart-policy-missing'],
  },
  'aliases of aliases of aliases': { files: { ...APP, 'compose.yml': `${laughs}\nservices:\n  web:\n    image: shop\n    environment: *a11\n`, '.gitlab-ci.yml': `${laughs}\ntest:\n  script: *a11\n` }, finds: ['image-unpinned'] },
  'anchors that hold themselves, and merge keys': {
    files: { ...APP, 'compose.yml': 'x-all: &all\n  restart: always\n  <<: *all\nservices: &s\n  web:\n    <<: [*all, *missing]\n    image: app:1.0\n    labels: *s\n' },
    silent: ['restart-policy-missing'],
  },
  'compose files that include and extend each other': {
    files: { ...APP, 'compose.yml': 'include: [compose.yml, other.yml]\nservices:\n  web:\n    extends: {file: other.yml, service: db}\n    image: app:1.0\n  a:\n    extends: b\n    restart: always\n  b:\n    extends: {service: a}\n', 'other.yml': 'include: [compose.yml]\nservices:\n  db:\n    image: postgres:16\n    extends: {file: compose.yml, service: web}\n    restart: always\n' },
    silent: ['restart-policy-missing', 'image-unpinned'],
  },
  'pipelines of GitLab that extend and include themselves': { files: { ...APP, '.gitlab-ci.yml': 'include:\n  - local: .gitlab-ci.yml\n  - local: /ci/b.yml\na:\n  extends: b\n  script: [pytest || true]\nb:\n  extends: [a, c, a, b, c, a, b, c, a, b, c]\nc:\n  extends: [c, b, a, c, b, a]\n  script: !reference [c, script]\n', 'ci/b.yml': 'include: /.gitlab-ci.yml\n' }, finds: ['ci-failure-ignored'] },
  'workflows and actions that call themselves': {
    files: { ...APP, '.github/workflows/a.yml': 'on: workflow_call\njobs:\n  x:\n    uses: ./.github/workflows/a.yml\n  y:\n    uses: ./.github/workflows/b.yml\n    needs: [y, z]\n  z:\n    needs: y\n    runs-on: u\n    steps: [{uses: ./.github/actions/q}]\n', '.github/workflows/b.yml': 'on: [push, workflow_call]\njobs:\n  x:\n    uses: ./.github/workflows/a.yml\n', '.github/actions/q/action.yml': 'runs:\n  using: composite\n  steps:\n    - uses: ./.github/actions/q\n    - uses: ./\n', 'action.yml': 'runs:\n  using: composite\n  steps:\n    - uses: ./\n' },
  },
  'targets, scripts and tasks that call themselves': {
    files: { ...APP, Makefile: 'all: all\n\t$(MAKE) all\na: b\n\tmake b\nb: a\n\tmake -C . a && ./run.sh\n', 'run.sh': '#!/bin/sh\nset -e\n./run.sh\nmake a\n. ./run.sh\nsh run.sh\n', '.github/workflows/ci.yml': workflow('- run: make a', '- run: npm test', '- run: tox'), 'package.json': '{"scripts":{"test":"npm run test","pretest":"npm run pretest","a":"npm run b && make a","b":"yarn a"}}', 'tox.ini': '[testenv]\ncommands = tox\n', Procfile: 'web: ./run.sh\nrelease: make a\n', Dockerfile: 'FROM python:3.12-slim\nUSER app\nENTRYPOINT ["./run.sh"]\n' },
  },
  'requirements that include themselves': {
    files: { ...APP, 'requirements.txt': '-r requirements.txt\n-r dev.txt\nflask\n', 'dev.txt': '-r requirements.txt\n-c dev.txt\n', 'pyproject.toml': '[dependency-groups]\na = [{include-group = "a"}, {include-group = "b"}]\nb = [{include-group = "a"}]\n', 'package.json': '{"workspaces":["."],"dependencies":{"self":"file:."}}' },
    finds: ['dependencies-unpinned'],
  },
  'stages of an image that stand on each other': { files: { ...APP, Dockerfile: 'FROM a AS a\nFROM b AS c\nFROM c AS b\nCOPY --from=b x y\nCOPY --from=0 x y\nCOPY --from=9 x y\nCMD x\n' }, finds: ['image-unpinned'] },
  'settings that name themselves': { files: { ...APP, 'gunicorn.conf.py': 'from gunicorn_conf import *\nbind = bind\nworkers = workers\n', 'app.service': '[Service]\nEnvironmentFile=app.service\nExecStart=/bin/sh -c "exec systemctl start app"\nRestart=always\n', '.env': 'A=$B\nB=${A}\nSECRET_KEY=${SECRET_KEY}\n', 'nginx.conf': 'include nginx.conf;\nhttp { include *.conf; upstream a { server a; } server { location / { proxy_pass http://a; } } }\n' }, silent: ['weak-secret-value'] },
  'a lock file of 50,000 lines': { files: { ...APP, 'package.json': '{"dependencies":{"express":"4.18.2"}}', 'poetry.lock': manyPackages((index) => `[[package]]\nname = "p${index}"\nversion = "1.0.${index}"\n\n`), 'web/package.json': '{"dependencies":{"react":"18.3.1"}}', 'web/pnpm-lock.yaml': `packages:\n${manyPackages((index) => `  p${index}@1.0.0:\n    resolution: {integrity: sha512-x}\n    engines: {node: '>=8'}\n\n`)}`, 'package-lock.json': `{\n  "packages": {\n${manyPackages((index) => `    "node_modules/p${index}": {\n      "version": "1.0.0",\n      "license": "MIT"\n    },\n`)}    "node_modules/z": {}\n  }\n}\n` }, silent: ['lockfile-missing'] },
  'a Makefile of 10,000 lines': { files: { ...APP, Makefile: manyTargets, '.github/workflows/ci.yml': workflow('- run: make t4999') } },
  'environments with values over several lines': {
    files: { ...APP, '.env.production': 'export BANNER="many\nlines\nSECRET_KEY=changeme\nwith = and # inside"\nNOTE=\'it"s\'\nJSON={"a": "b"}\nEMPTY=""\n  SPACED = x \nDASH-ED=1\n1BAD=2\nNAME WITH=3\nSHUT=\'open\nD=1\n' },
    silent: ['weak-secret-value'],
  },
  'files named alike in two folders': {
    files: Object.fromEntries(['shop', 'blog'].flatMap((folder) => Object.entries({ ...APP, 'compose.yml': 'services:\n  web:\n    build: .\n    restart: always\n', Dockerfile: 'FROM python:3.12-alpine\nUSER app\nHEALTHCHECK CMD wget -q http://localhost/\nCMD ["gunicorn", "app:app"]\n', '.env.example': 'SECRET_KEY=\n' }).map(([path, text]) => [`${folder}/${path}`, text]))),
    silent: ['process-runs-as-root', 'container-healthcheck-missing', 'restart-policy-missing'],
  },
  'several documents in one file': {
    files: { ...APP, 'compose.yml': 'services:\n  web:\n    image: shop:1.0\n---\nservices:\n  web:\n    restart: always\n  cache:\n    image: redis\n    restart: always\n', 'k8s.yml': 'a: 1\n---\napiVersion: v1\nkind: Service\nmetadata: {name: a}\n---\n---\n# empty\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {password: "{{ secret }}"}\n' },
    silent: ['restart-policy-missing'], finds: ['image-unpinned'],
  },
};
