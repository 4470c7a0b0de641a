import type { Dockerfile, Edit, Evidence, Gap, Judgement, Project, Service, Source, Stage } from '../kit';
import { baseImage, chartsSay, edgeLines, effective, fileName, insert, isInfrastructure, programs, projectRule, publishedWithoutStart, replace, servesWeb, servicesOf, shippedStages, startCommands, starts } from '../kit';

/** A container that serves the application, with the files that have a say in it. */
interface Container { readonly file: Dockerfile; readonly chain: readonly Stage[]; readonly services: readonly Service[]; readonly name: string }

export default projectRule({
  id: 'container-healthcheck-missing',
  title: 'The platform can tell a hung container',
  severity: 'low', confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: `A process that hangs still counts as running, so nothing restarts it and traffic keeps coming. Rolling deploys cannot see failure either.`,
  how: `Probe a cheap route that fails when the application cannot serve, with something that is in the image.`,
  links: ['https://docs.docker.com/reference/dockerfile/#healthcheck', 'https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/'],
  anchors: ['hadolint DL3057', 'checkov CKV_DOCKER_2', 'trivy DS-0026'],
  attestable: 'uptime-monitoring',

  applies: (project) => containers(project).length > 0 ? true : 'No web service runs in a container that is built here.',
  project: judge,

  fix: [
    { title: 'Add a HEALTHCHECK', safety: 'review', edit: (gap, { source, project }) => adding(gap, source, project), remains: 'A host list such as ALLOWED_HOSTS must let 127.0.0.1 in.' },
    { title: 'Ask with Python, which is in the image', safety: 'review', edit: (gap, { source, project }) => asking(gap, source, project) },
  ],

  examples: () => ({
    'a service for developers stops at an earlier stage': { good: { Dockerfile: 'FROM node:22-alpine AS packages\nCOPY package.json .\nRUN npm ci\n\nFROM node:22-alpine AS runner\nCOPY --from=packages /app /app\nEXPOSE 3000\nHEALTHCHECK CMD node probe.js\nCMD ["node", "server.js"]\n', 'docker-compose.yml': 'services:\n  web:\n    build: {context: ., target: packages}\n    environment: {NODE_ENV: development}\n    command: sh -c "npx prisma db push && pnpm dev"\n    volumes: [".:/app"]\n' } },
    'the command stands in a layer for production': { bad: { Dockerfile: 'FROM node:22-alpine\nCOPY . .\nEXPOSE 3000\n', 'docker-compose.yml': 'services:\n  web:\n    build: .\n', 'docker-compose.prod.yml': 'services:\n  web:\n    command: yarn start\n' } },
    'CI publishes the image, compose is for developers': {
      bad: {
        Dockerfile: 'FROM python:3.12-slim\nCOPY . .\n',
        'app.py': 'from flask import Flask\napp = Flask(__name__)\n',
        'docker-compose.yml': 'services:\n  web:\n    build: .\n    command: python manage.py runserver 0.0.0.0:8000\n    volumes: [".:/app"]\n    ports: ["8000:8000"]\n',
        '.github/workflows/publish.yml': 'on: {push: {branches: [main]}}\njobs:\n  image:\n    runs-on: ubuntu-latest\n    steps:\n      - run: docker buildx build --tag registry.example.test/shop --push .\n',
      },
    },
    'CI publishes an image that nothing starts as a service': {
      good: {
        Dockerfile: 'FROM python:3.12-slim\nCOPY . .\n',
        'app.py': 'from flask import Flask\napp = Flask(__name__)\n',
        '.github/workflows/publish.yml': 'on: {push: {branches: [main]}}\njobs:\n  image:\n    runs-on: ubuntu-latest\n    steps:\n      - run: docker build --tag registry.example.test/shop .\n      - run: docker push registry.example.test/shop\n',
      },
    },
    'nobody asks': {
      bad: {
        'app.py': 'from flask import Flask\napp = Flask(__name__)\n\n\n@app.get("/healthz")\ndef healthz():\n    return "ok"\n',
        Dockerfile: 'FROM python:3.12-slim\nCOPY . .\nEXPOSE 8000\nCMD ["gunicorn", "--bind", "0.0.0.0:8000", "app:app"]\n',
      },
      good: {
        'app.py': 'from flask import Flask\napp = Flask(__name__)\n\n\n@app.get("/healthz")\ndef healthz():\n    return "ok"\n',
        Dockerfile: `FROM python:3.12-slim
COPY . .
EXPOSE 8000
HEALTHCHECK CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=3)"]
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "app:app"]
`,
      },
    },
    'no route to ask': {
      bad: { Dockerfile: 'FROM python:3.12-slim\nCOPY . .\nEXPOSE 8000\nCMD ["gunicorn", "--bind", "0.0.0.0:8000", "app:app"]\n' },
    },
    'curl is not in the image': {
      severity: 'medium',
      bad: { Dockerfile: 'FROM python:3.12-slim\nCOPY . .\nHEALTHCHECK CMD curl -f http://localhost:8000/healthz\nCMD ["gunicorn", "--bind", "0.0.0.0:8000", "app:app"]\n' },
      good: {
        Dockerfile: `FROM python:3.12-slim
COPY . .
HEALTHCHECK CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://localhost:8000/healthz', timeout=3)"]
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "app:app"]
`,
      },
      fix: 'Ask with Python, which is in the image',
    },
    'compose asks with curl, which is not in the image': {
      severity: 'medium',
      bad: {
        Dockerfile: 'FROM python:3.12-slim\nCOPY . .\nCMD ["uvicorn", "main:app"]\n',
        'compose.yml': 'services:\n  web:\n    build: .\n    healthcheck:\n      test: ["CMD", "curl", "-f", "http://localhost:8000/healthz"]\n',
      },
    },
    'switched off': { bad: { Dockerfile: 'FROM python:3.12\nCOPY . .\nHEALTHCHECK NONE\nCMD ["gunicorn", "app:app"]\n' } },
    'only the database is asked': {
      bad: {
        Dockerfile: 'FROM python:3.12\nCOPY . .\nCMD ["gunicorn", "app:app"]\n',
        'compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: postgres:16\n    healthcheck:\n      test: pg_isready\n',
      },
    },
    'the image asks by itself': {
      good: {
        Dockerfile: `FROM python:3.12-slim
COPY . .
HEALTHCHECK CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=3)"]
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "app:app"]
`,
      },
    },
    'curl is installed, or came with the image': {
      good: {
        'api/Dockerfile': 'FROM python:3.12-slim\nRUN apt-get update && apt-get install -y --no-install-recommends curl\nHEALTHCHECK CMD curl -f http://localhost:8000/healthz\nCMD ["gunicorn", "app:app"]\n',
        'web/Dockerfile': 'FROM python:3.12\nHEALTHCHECK CMD curl -f http://localhost:8000/healthz || exit 1\nCMD ["gunicorn", "app:app"]\n',
        'edge/Dockerfile': 'FROM python:3.12-alpine\nHEALTHCHECK CMD wget -qO- http://localhost:8000/healthz\nCMD ["gunicorn", "app:app"]\n',
      },
    },
    'compose asks': {
      good: {
        Dockerfile: 'FROM python:3.12\nCOPY . .\nCMD ["gunicorn", "app:app"]\n',
        'compose.yml': 'services:\n  web:\n    build: .\n    healthcheck:\n      test: ["CMD", "curl", "-f", "http://localhost:8000/healthz"]\n',
      },
    },
    'the cluster asks': {
      good: {
        Dockerfile: 'FROM python:3.12-slim\nCOPY . .\nCMD ["gunicorn", "app:app"]\n',
        'k8s/web.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          image: shop:1\n          livenessProbe:\n            httpGet:\n              path: /healthz\n              port: 8000\n',
      },
    },
    'a chart asks': {
      good: {
        Dockerfile: 'FROM python:3.12-slim\nCOPY . .\nCMD ["gunicorn", "app:app"]\n',
        'charts/web/templates/deployment.yaml': 'apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n        - name: {{ .Chart.Name }}\n          livenessProbe:\n            httpGet:\n              path: /healthz\n',
      },
    },
    'the platform asks': {
      good: {
        Dockerfile: 'FROM python:3.12-slim\nCOPY . .\nCMD ["gunicorn", "app:app"]\n',
        'render.yaml': 'services:\n  - type: web\n    name: shop\n    runtime: docker\n    healthCheckPath: /healthz\n',
      },
    },
    'a worker answers nobody': { good: { Dockerfile: 'FROM python:3.12-slim\nCOPY . .\nCMD ["celery", "-A", "app", "worker"]\n' } },
    'no container': { good: { Procfile: 'web: gunicorn app:app\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' } },
  }),
});

function containers(project: Project): readonly Container[] {
  return project.production.flatMap((unit): Container[] => {
    if (unit.kind !== 'dockerfile' || unit.role !== 'production' || !unit.whole) return [];
    const services = servicesOf(unit, project);
    const chain = shippedStages(unit, project);
    const published = publishedWithoutStart(unit, project) !== undefined;
    if (!published && starts(chain).length === 0 && services.every((each) => each.commands.length === 0)) return [];
    if (isInfrastructure(baseImage(chain)) || !(servesWeb(chain, services, project) || (published && isTriedAsWeb(unit, project)))) return [];
    return [{ file: unit, chain, services, name: services[0]?.name ?? `the container of ${unit.path}` }];
  });
}

/** Developers start it as a service that is reached by a port, or a Procfile starts the application it holds as one. */
function isTriedAsWeb(file: Dockerfile, project: Project): boolean {
  return project.of('procfile').some((unit) => unit.processes.some((each) => each.name === 'web'))
    || project.of('compose').some((unit) => unit.services.some((each) => each.build?.dockerfile === file.path && each.ports.length > 0));
}

function judge(project: Project): Judgement {
  const all = containers(project);
  const outside = probes(project);
  const checks = all.map((one) => ({ one, own: ownCheck(one, project) }));
  const mute = checks.flatMap(({ own }) => own?.tool ? [own] : []);
  const missing = checks.filter(({ own }) => !own && outside.length === 0).map(({ one }) => one);
  const [first] = missing;
  const gaps: Gap[] = mute.map((each) => ({
    at: each.at, message: `The health check asks with ${each.tool ?? ''}, which is not in the image: the container never gets healthy.`,
    variation: { severity: 'medium', points: 4, because: 'the check is there and always fails' },
  }));
  if (first) gaps.push({ at: placeOf(first), message: `Nothing checks whether ${[...new Set(missing.map((each) => each.name))].slice(0, 4).join(', ')} still answers: no HEALTHCHECK, no probe, no path for the platform.` });
  if (gaps.length > 0) return { open: gaps };
  return { holds: [...checks.flatMap(({ own }) => own ? [{ ...own.at, text: own.text }] : []), ...outside].slice(0, 4) };
}

interface Check { readonly at: Evidence; readonly text: string; readonly tool?: string }

/** The check of the image itself, or of the compose service that runs it. */
function ownCheck({ file, chain, services }: Container, project: Project): Check | undefined {
  const compose = project.production.flatMap((unit) => unit.kind === 'compose' ? unit.services.filter((each) => services.includes(each)).map((service) => ({ unit, service })) : []);
  for (const { unit, service } of compose) {
    if (!service.healthcheck || service.healthcheck.disabled || service.healthcheck.test === '') continue;
    const tool = absent(service.healthcheck.test, chain, project);
    return { at: { path: unit.path, ...service.healthcheck.at, text: '' }, text: `${service.name} is asked by ${service.healthcheck.test.slice(0, 80)}`, ...(tool && { tool }) };
  }
  const own = effective(chain, 'HEALTHCHECK');
  if (!own || /^NONE$/i.test(own.text.trim())) return undefined;
  const tool = absent(own.text, chain, project);
  return { at: { path: file.path, ...own.at, text: '' }, text: `HEALTHCHECK ${own.text.slice(0, 80)}`, ...(tool && { tool }) };
}

/** Probes of clusters, platforms and proxies, which speak for every container. */
function probes(project: Project): readonly Evidence[] {
  const cluster = project.of('kubernetes').flatMap((unit) => unit.objects.flatMap((object) => object.entries.filter((leaf) => /\.(livenessProbe|readinessProbe|startupProbe)\./.test(leaf.key)).map((leaf) => ({ path: unit.path, ...leaf.at, text: `${object.name} is probed` }))));
  const edge = edgeLines(project).filter((line) => !/\s(\[\]|\{\})?$/.test(line.text) && /health[-_]?check|healthCheckPath|(^|\.)(http_|tcp_)?checks\b|liveness|readiness|httpchk/i.test(line.text)).map((line) => ({ path: line.path, start: line.start, end: line.end, text: line.text.slice(0, 80) }));
  const tasks = project.of('plain').filter((unit) => unit.format === 'json' && /task-?def|dockerrun/i.test(unit.path) && /"healthCheck"\s*:/.test(project.text(unit.path) ?? '')).map((unit) => ({ path: unit.path, start: 0, end: 0, text: 'healthCheck of the task' }));
  const chart = chartsSay(project, /(liveness|readiness|startup)Probe:/) ? [{ ...project.anchor, text: 'a chart probes it' }] : [];
  return [...cluster.slice(0, 1), ...edge.slice(0, 2), ...tasks, ...chart];
}

/** `curl` or `wget`, when the check asks with it and the image is known not to have it. */
function absent(test: string, chain: readonly Stage[], project: Project): string | undefined {
  const tool = /(?:^|[\s"';&|])(curl|wget)(?=[\s"']|$)/.exec(test)?.[1];
  if (!tool) return undefined;
  const image = baseImage(chain);
  const alpine = /alpine|busybox/.test(image);
  const bare = /-slim|distroless|^scratch|^(debian|ubuntu)[:@]|^(debian|ubuntu)$/.test(image);
  if (!(bare || (alpine && tool === 'curl'))) return undefined;
  const instructions = chain.flatMap((stage) => stage.instructions).filter((each) => each.keyword !== 'HEALTHCHECK');
  const word = new RegExp(`\\b${tool}\\b`);
  const scripts = project.of('shell').filter((unit) => instructions.some((each) => each.keyword === 'RUN' && each.text.includes(fileName(unit.path))));
  const unseen = instructions.some((each) => each.keyword === 'RUN' && /\.sh\b|xargs|\$\(cat\b|ansible|apt-get install[^&;|]*\$/.test(each.text));
  return instructions.some((each) => word.test(each.text)) || scripts.length > 0 || unseen ? undefined : tool;
}

/** Where the instruction would be added: what starts the container. */
function placeOf({ file, chain }: Container): Gap['at'] {
  const start = starts(chain).find((each) => chain[0]?.instructions.includes(each));
  const at = start ? { start: start.at.start, end: start.at.start + start.keyword.length } : chain[0]?.imageAt ?? { start: 0, end: 0 };
  return { path: file.path, ...at };
}

function adding(gap: Gap, source: Source, project: Project): readonly Edit[] | undefined {
  const container = containers(project).find((each) => each.file.path === gap.at.path);
  if (!container || gap.variation) return undefined;
  const { chain, services } = container;
  const first = chain[0]?.instructions.find((each) => each.keyword === 'ENTRYPOINT' || each.keyword === 'CMD');
  const route = healthRoute(project);
  const port = portOf(container, project);
  const python = /(^|\/)python[:@]|astral-sh\/uv/.test(baseImage(chain)) || programs(startCommands(chain, services, project)).some((name) => /^(gunicorn|uvicorn|fastapi|flask)$/.test(name));
  if (!first || !route || !port || !python) return undefined;
  const off = chain[0]?.instructions.find((each) => each.keyword === 'HEALTHCHECK');
  const line = probe(`http://127.0.0.1:${port}${route}`);
  return [off ? replace(off.at, line) : insert(source.lineStart(first.at.start), `${line}\n`)];
}

function probe(url: string): string {
  return `HEALTHCHECK CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('${url}', timeout=3)"]`;
}

/** A route that says whether the application is well, open to everybody. Django answers only for the hosts it is told. */
function healthRoute(project: Project): string | undefined {
  return project.routes.find(({ route }) => route.methods.includes('GET') && /^(\/(api|v\d+|utils?|system|internal|core|common))*\/(_?health|healthz|health[-_]?check|_?ping|_?status|livez?|alive|ready|readyz|up|heartbeat)\/?$/i.test(route.path)
    && route.traced && route.gates.length === 0 && route.framework !== 'django')?.route.path;
}

/** The port the server listens on, where the command or EXPOSE says so in figures. */
function portOf({ chain, services }: Container, project: Project): string | undefined {
  const words = startCommands(chain, services, project).flatMap((command) => command.words);
  for (const [index, word] of words.entries()) {
    const value = /^(--bind|--port|-b|-p)$/.test(word) ? words[index + 1] : /^(?:--bind|--port|-b)=?(.+)$/.exec(word)?.[1];
    if (value !== undefined) return /(?:^|:)(\d+)$/.exec(value)?.[1];
  }
  const exposed = /^(\d+)/.exec(effective(chain, 'EXPOSE')?.text ?? '')?.[1];
  return exposed ?? (programs(startCommands(chain, services, project)).some((name) => /^(gunicorn|uvicorn|fastapi)$/.test(name)) ? '8000' : undefined);
}

/** The same question, asked with Python instead of curl. */
function asking(gap: Gap, source: Source, project: Project): readonly Edit[] | undefined {
  const container = containers(project).find((each) => each.file.path === gap.at.path);
  if (!container || !gap.variation || !/(^|\/)python[:@]/.test(baseImage(container.chain))) return undefined;
  const own = effective(container.chain, 'HEALTHCHECK');
  const url = own && /https?:\/\/[^\s"'|;&$]+/.exec(own.text)?.[0];
  if (!own || !url || own.at.start !== gap.at.start) return undefined;
  const command = /\bCMD\b/i.exec(source.slice(own.at));
  return command ? [replace({ start: own.at.start + command.index, end: own.at.end }, probe(url).slice('HEALTHCHECK '.length))] : undefined;
}
