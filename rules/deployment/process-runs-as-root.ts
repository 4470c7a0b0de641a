import type { Dockerfile, Edit, Evidence, Instruction, Leaf, Pair, Project, Selector, Service, Source, Span, Stage, Unit } from '../kit';
import { baseImage, chartsSay, effective, fileName, hasUnseenScript, insert, isInfrastructure, ownCommands, programs, publishedWithoutStart, rule, servicesOf, shippedStages, startCommands, starts } from '../kit';

/** A process that a file of production starts, and as whom. `drops`: it starts its program as somebody else, or may. */
type Process =
  | { readonly kind: 'image'; readonly file: Dockerfile; readonly chain: readonly Stage[]; readonly start: Instruction | undefined; readonly user: Instruction | undefined; readonly program: string; readonly drops: boolean; readonly publishedBy?: Evidence }
  | { readonly kind: 'service'; readonly service: Service; readonly user: string; readonly at: Span }
  | { readonly kind: 'unit'; readonly section: Span; readonly start: Pair; readonly user: Pair | undefined; readonly program: string; readonly drops: boolean }
  | { readonly kind: 'pod'; readonly leaf: Leaf };

export default rule<Process>({
  id: 'process-runs-as-root',
  title: 'The service does not run as root',
  severity: 'medium', points: 8, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: `A hole in the application then starts with full rights inside the container and on every mounted volume. Most applications need none of them.`,
  how: `Create a user, give it the folders it writes to, and switch to it before the process starts.`,
  links: [
    'https://docs.docker.com/build/building/best-practices/#user', 'https://cheatsheetseries.owasp.org/cheatsheets/Docker_Security_Cheat_Sheet.html',
    'https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html',
  ],
  anchors: ['hadolint DL3002', 'trivy DS-0002', 'checkov CKV_DOCKER_3', 'checkov CKV_DOCKER_8', 'semgrep missing-user', 'semgrep last-user-is-root', 'CWE-250'],

  on: processes(),
  check(process) {
    if (!runsAsRoot(process)) return false;
    if (process.kind !== 'image' || process.user || isKnown(baseImage(process.chain))) return true;
    return baseImage(process.chain).includes('$') ? false : { confidence: 'possible', because: 'its base image may name a user of its own' };
  },
  message: (process, { unit }) => message(process, unit),
  underline: (process) => underline(process),
  holds(process) {
    if (process.kind === 'image') return process.user && !isRoot(process.user.text) ? `runs as ${process.user.text}` : undefined;
    if (process.kind === 'unit') return process.user?.value ? `runs as ${process.user.name === 'User' ? process.user.value : 'a user of its own'}` : undefined;
    return process.kind === 'service' ? `runs as ${process.user}` : undefined;
  },
  nothing: 'No Dockerfile, systemd unit or Kubernetes manifest starts the application.',

  fix: [
    { title: 'Switch to an unprivileged user', safety: 'review', edit: (process, { source }) => process.kind === 'image' ? switching(process, source) : undefined, remains: 'Give that user the folders the service writes to, with COPY --chown or chown.' },
    { title: 'Run the unit as a user of its own', safety: 'review', edit: (process, { source }) => process.kind === 'unit' && !process.user ? [insert(source.lineEnd(process.section.end), '\nUser=app')] : undefined, remains: 'Create the user (useradd --system app) and give it the folders the service writes to.' },
  ],

  examples: () => ({
    'a service for developers stops at an earlier stage': { good: { Dockerfile: 'FROM node:22-alpine AS packages\nCOPY package.json .\nRUN npm ci\n\nFROM node:22-alpine AS runner\nCOPY --from=packages /app /app\nUSER node\nCMD ["node", "server.js"]\n', 'docker-compose.yml': 'services:\n  web:\n    build: {context: ., target: packages}\n    environment: {NODE_ENV: development}\n    command: pnpm dev\n    volumes: [".:/app"]\n' } },
    'CI publishes the image, compose is for developers': {
      bad: {
        Dockerfile: 'FROM python:3.12-slim\nCOPY . .\nRUN pip install -r requirements.txt\n',
        'app.py': 'from flask import Flask\napp = Flask(__name__)\n',
        'docker-compose.yml': 'services:\n  web:\n    build: .\n    command: python manage.py runserver 0.0.0.0:8000\n    volumes: [".:/app"]\n    ports: ["8000:8000"]\n',
        '.github/workflows/publish.yml': 'on: {push: {branches: [main]}}\njobs:\n  image:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - uses: docker/build-push-action@v6\n        with:\n          context: .\n          push: true\n',
      },
    },
    'the stage that CI publishes': {
      bad: {
        Dockerfile: 'FROM python:3.12-slim AS api\nCOPY . .\nCMD ["gunicorn", "app:app"]\nFROM api AS shell\nUSER nobody\nCMD ["ipython"]\n',
        '.gitlab-ci.yml': 'image:\n  stage: deploy\n  script:\n    - docker build --target api -t registry.example.test/shop:$CI_COMMIT_SHA .\n    - docker push registry.example.test/shop:$CI_COMMIT_SHA\n',
      },
    },
    'built and thrown away by CI': {
      good: {
        Dockerfile: 'FROM python:3.12-slim\nCOPY . .\nRUN pip install -r requirements.txt\n',
        'app.py': 'from flask import Flask\napp = Flask(__name__)\n',
        '.github/workflows/test.yml': 'on: [push]\njobs:\n  image:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: docker/build-push-action@v6\n        with:\n          context: .\n          push: false\n      - run: docker build -t trial .\n',
      },
    },
    'an image to build others upon': {
      good: {
        'ci/Dockerfile': 'FROM python:3.12-slim\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n',
        'app.py': 'from flask import Flask\napp = Flask(__name__)\n',
        '.github/workflows/base.yml': 'on: [push]\njobs:\n  image:\n    runs-on: ubuntu-latest\n    steps:\n      - run: docker buildx build --push -t base -f ci/Dockerfile .\n',
      },
    },
    'kaniko publishes it with a user': {
      good: {
        'web/Dockerfile': 'FROM python:3.12-slim\nCOPY . .\nUSER 1000\n',
        'web/app.py': 'from flask import Flask\napp = Flask(__name__)\n',
        '.gitlab-ci.yml': 'image:\n  script:\n    - /kaniko/executor --context $CI_PROJECT_DIR/web --dockerfile $CI_PROJECT_DIR/web/Dockerfile --destination registry.example.test/web\n',
      },
    },
    'kaniko publishes it without a user': {
      bad: {
        'web/Dockerfile': 'FROM python:3.12-slim\nCOPY . .\n',
        'web/app.py': 'from flask import Flask\napp = Flask(__name__)\n',
        '.gitlab-ci.yml': 'image:\n  script:\n    - /kaniko/executor --context $CI_PROJECT_DIR/web --dockerfile $CI_PROJECT_DIR/web/Dockerfile --destination registry.example.test/web\n',
      },
    },
    'a matrix of images': {
      bad: {
        'api/Dockerfile': 'FROM python:3.12-slim\nCOPY . .\n',
        'api/app.py': 'from flask import Flask\napp = Flask(__name__)\n',
        'web/Dockerfile': 'FROM nginx:1.27\nCOPY dist /usr/share/nginx/html\n',
        '.github/workflows/images.yml': "on: {push: {tags: ['v*']}}\njobs:\n  image:\n    runs-on: ubuntu-latest\n    strategy:\n      matrix:\n        part: [api, web]\n    steps:\n      - uses: docker/build-push-action@v6\n        with:\n          context: ${{ matrix.part }}\n          push: ${{ github.event_name != 'pull_request' }}\n",
      },
    },
    'nobody said who': {
      bad: { Dockerfile: 'FROM python:3.12-slim\nCOPY . .\nCMD ["gunicorn", "app:app"]\n' },
      good: { Dockerfile: 'FROM python:3.12-slim\nCOPY . .\nRUN useradd --create-home app\nUSER app\nCMD ["gunicorn", "app:app"]\n' },
    },
    'Alpine, and an entry script': {
      bad: {
        Dockerfile: 'FROM python:3.12-alpine\nCOPY . .\nENTRYPOINT ["/app/entrypoint.sh"]\nCMD ["gunicorn", "app:app"]\n',
        'entrypoint.sh': '#!/bin/sh\nset -e\nflask db upgrade\nexec "$@"\n',
      },
      good: {
        Dockerfile: 'FROM python:3.12-alpine\nCOPY . .\nRUN adduser -D app\nUSER app\nENTRYPOINT ["/app/entrypoint.sh"]\nCMD ["gunicorn", "app:app"]\n',
        'entrypoint.sh': '#!/bin/sh\nset -e\nflask db upgrade\nexec "$@"\n',
      },
    },
    'the user of an earlier stage, left again': {
      bad: { Dockerfile: 'FROM python:3.12 AS base\nRUN useradd --create-home app\nUSER app\n\nFROM base\nUSER root\nRUN apt-get update\nCMD ["uvicorn", "main:app"]\n' },
      good: { Dockerfile: 'FROM python:3.12 AS base\nRUN useradd --create-home app\nUSER app\n\nFROM base\nUSER root\nRUN apt-get update\nUSER app\nCMD ["uvicorn", "main:app"]\n' },
    },
    'compose takes the user back': {
      bad: {
        Dockerfile: 'FROM python:3.12\nRUN useradd app\nUSER app\nCMD ["gunicorn", "app:app"]\n',
        'compose.yml': 'services:\n  web:\n    build: .\n    user: "0:0"\n    ports: ["8000:8000"]\n',
      },
    },
    'a unit without a user': {
      bad: { 'app.service': '[Service]\nExecStart=/srv/app/venv/bin/gunicorn app:app\nRestart=on-failure\n' },
      good: { 'app.service': '[Service]\nUser=app\nExecStart=/srv/app/venv/bin/gunicorn app:app\nRestart=on-failure\n' },
    },
    'a unit that asks for root': { bad: { 'deploy/app.service': '[Unit]\nAfter=network.target\n\n[Service]\nUser=root\nExecStart=/usr/bin/python3 /srv/app/main.py\n' } },
    'a pod that asks for root': {
      bad: { 'k8s/web.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          image: shop:1.4\n          securityContext:\n            runAsUser: 0\n' },
    },
    'the unit has a user': { good: { 'app.service': '[Service]\nUser=app\nExecStart=/srv/app/venv/bin/gunicorn app:app\nRestart=on-failure\n' } },
    'a user that systemd makes up': { good: { 'app.service': '[Service]\nDynamicUser=yes\nExecStart=/srv/app/venv/bin/gunicorn app:app\n' } },
    'a unit that starts containers': { good: { 'app.service': '[Service]\nWorkingDirectory=/srv/app\nExecStart=/usr/bin/docker compose up\n' } },
    'a renewal that must be root': { good: { 'certbot-renew.service': '[Service]\nType=oneshot\nExecStart=/usr/bin/certbot renew\n' } },
    'gunicorn gives its rights away': { good: { 'app.service': '[Service]\nExecStart=/srv/app/venv/bin/gunicorn --user www-data --group www-data app:app\n' } },
    'root only in the build stage': {
      good: { Dockerfile: 'FROM python:3.12 AS build\nRUN pip install --prefix=/x gunicorn==22.0.0\nFROM python:3.12-slim\nCOPY --from=build /x /usr/local\nRUN useradd --create-home app\nUSER app\nCMD ["gunicorn", "app:app"]\n' },
    },
    'a base image without root': { good: { Dockerfile: 'FROM gcr.io/distroless/python3-debian12:nonroot\nCOPY . /app\nCMD ["/app/main.py"]\n' } },
    'the entry script drops its rights': {
      good: {
        Dockerfile: 'FROM python:3.12-slim\nCOPY . /app\nENTRYPOINT ["/app/docker-entrypoint.sh"]\nCMD ["gunicorn", "app:app"]\n',
        'docker-entrypoint.sh': '#!/bin/sh\nchown -R app /data\nexec gosu app "$@"\n',
      },
    },
    'compose names the user': {
      good: {
        Dockerfile: 'FROM python:3.12-slim\nCOPY . .\nCMD ["gunicorn", "app:app"]\n',
        'docker-compose.yml': 'services:\n  web:\n    build: .\n    user: "1000:1000"\n',
      },
    },
    'the cluster names the user': {
      good: {
        Dockerfile: 'FROM python:3.12-slim\nCOPY . .\nCMD ["gunicorn", "app:app"]\n',
        'k8s/web.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      securityContext:\n        runAsNonRoot: true\n        runAsUser: 10001\n      containers:\n        - name: web\n          image: shop:1.4\n',
      },
    },
    'the last stage is for development': {
      good: { Dockerfile: 'FROM python:3.12-slim AS base\nFROM base AS production\nRUN useradd app\nUSER app\nCMD ["gunicorn", "app:app"]\nFROM base AS development\nCMD ["flask", "run", "--debug"]\n' },
    },
    'a chart names the user': {
      good: {
        Dockerfile: 'FROM python:3.12-slim\nCMD ["gunicorn", "app:app"]\n',
        'charts/web/values.yaml': 'securityContext:\n  runAsNonRoot: true\n  runAsUser: 1000\n',
      },
    },
    'a user given from outside': { good: { Dockerfile: 'FROM python:3.12-slim\nARG UID=1000\nCOPY . .\nUSER $UID\nCMD ["gunicorn", "app:app"]\n' } },
    'while developing': { good: { 'Dockerfile.dev': 'FROM python:3.12-slim\nCMD ["flask", "run"]\n', '.devcontainer/Dockerfile': 'FROM python:3.12\nCMD ["sleep", "infinity"]\n' } },
    'nginx drops its rights by itself': { good: { 'Dockerfile.web': 'FROM node:20 AS build\nRUN npm run build\nFROM nginx:alpine\nCOPY --from=build /app/dist /usr/share/nginx/html\nCMD ["nginx", "-g", "daemon off;"]\n' } },
    'a service that prepares folders': { good: { 'docker-compose.yml': 'services:\n  permissions:\n    image: alpine:3.20\n    user: root\n    command: chown -R 1001:1001 /var/uploads\n' } },
  }),
});

// ---- what is looked at

function processes(): Selector<Process> {
  return {
    kinds: ['dockerfile', 'compose', 'ini', 'kubernetes'], callees: [],
    *select(unit, project) {
      if (!project.production.some((each) => each.path === unit.path)) return;
      if (unit.kind === 'dockerfile') yield* images(unit, project);
      if (unit.kind === 'compose') yield* unit.services.flatMap(services);
      if (unit.kind === 'ini' && unit.format === 'systemd') yield* units(unit.path, unit.sections);
      if (unit.kind === 'kubernetes') yield* pods(unit);
    },
  };
}

/** Programs that start another as somebody else. */
const DROPS = /^(init|my_init|s6-svscan|gosu|su-exec|setpriv|runuser|s6-setuidgid|chpst|setuidgid|su|sudo|start-stop-daemon)$/;
/** Work that needs root: for other containers, certificates, networks, schedules. */
const NEEDS_ROOT = /^(docker|docker-compose|podman|dockerd|certbot|cron|crond|sshd|openvpn|wg|fail2ban-server|systemctl|nginx|borg|restic|rsync|pg_dump|pg_dumpall|mysqldump|logrotate|apt-get|chown|ufw|iptables)$/;
const RUNTIMES = /^(gunicorn|uvicorn|hypercorn|daphne|waitress-serve|uwsgi|granian|python[\d.]*|flask|fastapi|celery|rq|dramatiq|node|npm|yarn|pnpm|bun|deno|java|ruby|puma|php|dotnet|poetry|uv|pipenv)$/;

/** What people call the process: its server, else its runtime, else whatever comes first. */
function programOf(names: readonly string[]): string {
  return names.find((name) => /^(gunicorn|uvicorn|hypercorn|daphne|waitress-serve|uwsgi|granian|celery)$/.test(name)) ?? names.find((name) => RUNTIMES.test(name)) ?? names[0] ?? 'its program';
}

function* images(file: Dockerfile, project: Project): Iterable<Process> {
  const services = servicesOf(file, project);
  const chain = shippedStages(file, project);
  const commands = startCommands(chain, services, project);
  const names = programs(commands);
  const publishedBy = commands.length === 0 ? publishedWithoutStart(file, project) : undefined;
  if (!file.whole || (commands.length === 0 && !publishedBy) || isInfrastructure(baseImage(chain)) || programs(ownCommands(chain, services)).some((name) => NEEDS_ROOT.test(name)) || /backup|cron|certbot|vpn/i.test(file.path)) return;
  const drops = hasUnseenScript(chain, services, project) || names.some((name) => DROPS.test(name)) || commands.some((command) => givesAway(command.words)) || supervised(names, project)
    || (services.length > 0 && services.every((each) => each.user !== undefined && !isRoot(each.user))) || namedByCluster(project);
  yield { kind: 'image', file, chain, start: starts(chain).find((each) => chain[0]?.instructions.includes(each)), user: effective(chain, 'USER'), program: programOf(names), drops, ...(publishedBy && { publishedBy }) };
}

function services(service: Service): Process[] {
  if (service.user === undefined || !service.userAt || (!service.build && isInfrastructure(service.image ?? '')) || service.commands.some((command) => command.words.some((word) => NEEDS_ROOT.test(fileName(word))))) return [];
  // Without a build it is somebody else's image, which may have its reasons.
  return service.build || !isRoot(service.user) ? [{ kind: 'service', service, user: service.user, at: service.userAt }] : [];
}

function* units(path: string, sections: Extract<Unit, { kind: 'ini' }>['sections']): Iterable<Process> {
  if (!/\.service(\.|$)/.test(path) || /(^|\/)user\//.test(path)) return;
  const service = sections.find((each) => each.name === 'Service');
  const start = service?.entries.find((each) => each.name === 'ExecStart' && each.value);
  if (!service || !start || sections.some((each) => each.entries.some((one) => one.name === 'WantedBy' && one.value === 'default.target'))) return;
  const names = programs(service.commands);
  if (names.some((name) => NEEDS_ROOT.test(name)) || !(names.some((name) => RUNTIMES.test(name)) || /^[-@:+!]*\/(srv|opt|home|var\/www)\//.test(start.value ?? ''))) return;
  const user = service.entries.findLast((each) => each.name === 'User') ?? service.entries.find((each) => each.name === 'DynamicUser' && /^(yes|true|1|on)$/i.test(each.value ?? ''));
  yield { kind: 'unit', section: service.at, start, user, program: programOf(names), drops: names.some((name) => DROPS.test(name)) || service.commands.some((command) => givesAway(command.words)) };
}

function pods(unit: Extract<Unit, { kind: 'kubernetes' }>): Process[] {
  return unit.objects.filter((each) => /^(Deployment|StatefulSet|DaemonSet|Pod|ReplicaSet|CronJob|Job)$/.test(each.type))
    .flatMap((object) => object.entries.filter((leaf) => /\.securityContext\.runAsUser$/.test(`.${leaf.key}`) && !/initContainers/.test(leaf.key)).map((leaf): Process => ({ kind: 'pod', leaf })));
}

/** `gunicorn --user www-data`, `uwsgi --uid app`, `celery --uid app`. */
function givesAway(words: readonly string[]): boolean {
  return /^(gunicorn|uwsgi|celery|python[\d.]*)$/.test(fileName(words[0] ?? '')) && words.some((word) => /^(--user|--uid)(=|$)/.test(word) || (word === '-u' && fileName(words[0] ?? '') === 'gunicorn'));
}

/** supervisor and uWSGI may switch by their own files. */
function supervised(names: readonly string[], project: Project): boolean {
  if (!names.some((name) => /^(supervisord|uwsgi)$/.test(name))) return false;
  return project.of('ini').some((unit) => unit.sections.some((section) => /^(program:|uwsgi|supervisord)/.test(section.name) && section.entries.some((each) => /^(user|uid)$/.test(each.name) && !isRoot(each.value ?? ''))));
}

function namedByCluster(project: Project): boolean {
  return chartsSay(project, /runAsNonRoot:\s*true|runAsUser:\s*[1-9]/) || project.of('kubernetes').some((unit) => unit.objects.some((object) => object.entries.some((leaf) => (/securityContext\.runAsUser$/.test(leaf.key) && leaf.value !== '0') || (/securityContext\.runAsNonRoot$/.test(leaf.key) && leaf.value === 'true'))));
}

// ---- judging

function runsAsRoot(process: Process): boolean {
  switch (process.kind) {
    case 'image': return !process.drops && !isUnprivileged(baseImage(process.chain)) && (process.user === undefined || isRoot(process.user.text));
    case 'service': return isRoot(process.user);
    case 'unit': return !process.drops && (process.user === undefined || (process.user.name === 'User' && isRoot(process.user.value ?? '')));
    case 'pod': return process.leaf.value === '0';
  }
}

function isRoot(user: string): boolean {
  return /^["']?(root|0)(:\S*)?["']?$/.test(user.trim());
}

/** Images that name a user of their own. */
function isUnprivileged(image: string): boolean {
  return /nonroot|unprivileged|rootless|(^|\/)bitnami\/|(^|\/)cgr\.dev\/|chainguard|\/lambda\/|ubi\d*\/(python|nodejs)|s2i-|jupyter\/|mambaorg\/|apache\/(airflow|superset)|selenium\//.test(image);
}

/** Images of which it is known that they leave the process to root. */
function isKnown(image: string): boolean {
  const plain = image.replace(/^(docker\.io\/|index\.docker\.io\/|public\.ecr\.aws\/docker\/|mirror\.gcr\.io\/)/, '').replace(/^library\//, '');
  return /^(python|pypy|node|debian|ubuntu|alpine|busybox|scratch|golang|rust|ruby|php|openjdk|eclipse-temurin|amazoncorretto|amazonlinux|fedora|centos|rockylinux|almalinux|oraclelinux|archlinux|buildpack-deps|perl|elixir|erlang|swift|gradle|maven)([:@-]|$)|^(oven\/bun|tiangolo\/|continuumio\/|nvidia\/cuda|pytorch\/pytorch|tensorflow\/tensorflow|astral\/uv|ghcr\.io\/astral-sh\/uv|gcr\.io\/distroless\/)/.test(plain);
}

function message(process: Process, unit: Unit): string {
  switch (process.kind) {
    case 'image':
      if (process.publishedBy) return `${fileName(unit.path)} names no user: whatever is started in the image that ${fileName(process.publishedBy.path)} pushes runs as root.`;
      return process.user ? `${fileName(unit.path)} goes back to root before it starts ${process.program}.` : `${fileName(unit.path)} starts ${process.program} as root.`;
    case 'service': return `The service ${process.service.name} runs as root, whatever its image says.`;
    case 'unit': return `${fileName(unit.path)} starts ${process.program} as root${process.user ? '' : ': it names no User'}.`;
    case 'pod': return 'The pod runs as root, whatever its image says.';
  }
}

function underline(process: Process): Span {
  switch (process.kind) {
    case 'image': {
      if (process.user) return process.user.at;
      return process.start ? { start: process.start.at.start, end: process.start.at.start + process.start.keyword.length } : process.chain[0]?.imageAt ?? { start: 0, end: 0 };
    }
    case 'service': return process.at;
    case 'unit': return process.user?.valueAt ?? process.section;
    case 'pod': return process.leaf.valueAt;
  }
}

/** A user made, or the one that is there already, right before the process starts. */
function switching(process: Extract<Process, { kind: 'image' }>, source: Source): readonly Edit[] | undefined {
  const { chain, start } = process;
  if (!start) return undefined;
  const first = chain[0]?.instructions.find((each) => each.keyword === 'ENTRYPOINT' || each.keyword === 'CMD') ?? start;
  const earlier = chain.flatMap((stage) => stage.instructions).find((each) => each.keyword === 'USER' && !isRoot(each.text));
  const image = baseImage(chain);
  const lines = earlier ? [`USER ${earlier.text}`]
    : /^node[:@]|\/node[:@]/.test(image) ? ['USER node']
    : /distroless/.test(image) ? ['USER nonroot']
    : /^(scratch|busybox)/.test(image) ? ['USER 65534']
    : [/alpine/.test(image) ? 'RUN adduser -D app' : 'RUN useradd --create-home app', 'USER app'];
  return [insert(source.lineStart(first.at.start), lines.map((line) => `${line}\n`).join(''))];
}
