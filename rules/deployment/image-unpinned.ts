import type { Project, Selector, Span, Unit, Variation } from '../kit';
import { besideTheApplication, datastoreOf, deployedServices, fileName, isInfrastructure, rule, shippedStages } from '../kit';

/** An image that production is made of or runs. */
interface Named { readonly image: string; readonly at: Span; readonly part: 'final' | 'build' | 'service'; readonly own: boolean }

export default rule<Named>({
  id: 'image-unpinned',
  title: 'Images are pinned to a version',
  severity: 'medium', points: 4, confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: 'The same commit builds a different image next month, and a major upgrade of the database arrives by itself. Rollbacks then do not roll back.',
  how: 'Name at least major and minor, and update on purpose.',
  links: ['https://docs.docker.com/build/building/best-practices/#pin-base-image-versions', 'https://github.com/hadolint/hadolint/wiki/DL3006'],
  anchors: ['hadolint DL3006', 'hadolint DL3007', 'trivy DS-0001', 'checkov CKV_DOCKER_7', 'semgrep avoid-latest-version', 'CWE-1357'],

  on: images(),
  check(named, { project, unit }) {
    const floats = floating(named.image);
    if (floats === undefined) return false;
    return (unit.kind === 'compose' && besideTheApplication(unit, project)) || gradeOf(named, floats);
  },
  message: ({ image }) => floating(image) === 'major' ? `${image} moves to the next minor version by itself.` : `${image} ${tagOf(image) === undefined ? 'names no version' : 'floats'}: the next build or pull may bring another.`,
  underline: ({ at }) => at,
  holds: ({ image, part }) => part !== 'build' && tagOf(image) !== undefined ? image : undefined,
  nothing: 'No image is named.',

  examples: () => ({
    'no version': { bad: { Dockerfile: 'FROM python\nCMD ["gunicorn", "app:app"]\n' } },
    'the latest': { bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  cache:\n    image: redis:latest\n' } },
    'a kind, and no version': { bad: { Dockerfile: 'FROM python:slim\nCMD ["gunicorn", "app:app"]\n' } },
    'an argument that is the latest': { bad: { Dockerfile: 'ARG TAG=latest\nFROM python:${TAG}\nCMD ["gunicorn", "app:app"]\n' } },
    'a tool for developers, beside the application': { severity: 'low', bad: { 'docker-compose.yml': 'services:\n  db:\n    image: postgres:16\n    restart: unless-stopped\n  admin:\n    image: dpage/pgadmin4\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', Procfile: 'web: gunicorn app:app\n' } },
    'a channel': { severity: 'low', bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  proxy:\n    image: nginx:stable-alpine\n' } },
    'a port of a registry is no version': { bad: { 'docker-compose.yml': 'services:\n  web:\n    image: registry.example.com:5000/shop\n' } },
    'a cluster': { bad: { 'k8s/web.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          image: ghcr.io/acme/shop:latest\n' } },
    'only the major version of Python': { severity: 'low', bad: { Dockerfile: 'FROM python:3-slim\nCMD ["gunicorn", "app:app"]\n' } },
    'a stage that only builds': { severity: 'low', bad: { Dockerfile: 'FROM node AS assets\nRUN npm ci && npm run build\nFROM python:3.12-slim\nCOPY --from=assets /dist /dist\nCMD ["gunicorn", "app:app"]\n' } },
    'a tool from another image': { severity: 'low', bad: { Dockerfile: 'FROM python:3.12-slim\nCOPY --from=ghcr.io/astral-sh/uv:latest /uv /bin/uv\nCMD ["gunicorn", "app:app"]\n' } },
    'versions': { good: { Dockerfile: 'FROM node:22 AS assets\nRUN npm run build\nFROM python:3.12-slim\nCOPY --from=assets /dist /dist\nCOPY --from=0 /x /x\nCOPY --from=ghcr.io/astral-sh/uv:0.9 /uv /bin/\nCMD ["gunicorn", "app:app"]\n', 'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: postgres:16\n  search:\n    image: debian:bookworm-slim\n' } },
    'a digest': { good: { Dockerfile: 'FROM python@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\nCMD ["gunicorn", "app:app"]\n' } },
    'a stage, and nothing': { good: { Dockerfile: 'FROM python:3.12 AS base\nFROM base AS final\nCMD ["gunicorn", "app:app"]\n', 'tool/Dockerfile': 'FROM scratch\nCMD ["/tool"]\n' } },
    'the version is given when it is built or started': { good: { Dockerfile: 'ARG TAG\nFROM python:${TAG}\nCMD ["gunicorn", "app:app"]\n', 'docker-compose.yml': 'services:\n  web:\n    image: registry.example.com/shop:${IMAGE_TAG:?set IMAGE_TAG}\n  other:\n    image: registry.example.com/shop:${TAG:-latest}\n' } },
    'built here, with a name': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    image: shop:latest\n' } },
    'for developers': { good: { 'Dockerfile.dev': 'FROM python\nCMD ["flask", "run"]\n', 'docker-compose.override.yml': 'services:\n  mail:\n    image: mailpit\n' } },
    'a template of Ruby that fills it in': { good: { 'docker-compose.yml.erb': 'services:\n  web:\n    image: <%= image %>\n<% if restart %>\n    restart: always\n<% end %>\n' } },
    'a chart that fills it in': { good: { 'chart/templates/web.yaml': 'apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          image: {{ .Values.image }}:{{ .Values.tag }}\n' } },
  }),
});

function images(): Selector<Named> {
  return {
    kinds: ['dockerfile', 'compose', 'kubernetes'], callees: [],
    *select(unit, project) {
      if (unit.role !== 'production') return;
      if (unit.kind === 'compose') {
        // An image that a service of the project builds is not pulled.
        const built = new Set(deployedServices(project).flatMap((each) => each.service.build && each.service.image !== undefined ? [each.service.image] : []));
        yield* deployedServices(project).filter((each) => each.file === unit && !each.service.build && each.service.image !== undefined && !built.has(each.service.image))
          .map(({ service }) => ({ image: service.image ?? '', at: service.imageAt ?? service.nameAt, part: 'service' as const, own: isOwn(service.image ?? '', project) }));
      }
      if (!project.production.some((each) => each.path === unit.path)) return;
      if (unit.kind === 'dockerfile') yield* inDockerfile(unit, project);
      if (unit.kind === 'kubernetes' && unit.whole) yield* unit.objects.flatMap((object) => object.entries.filter((each) => /(^|\.)containers\.\d+\.image$/.test(each.key)).map((each) => ({ image: each.value, at: each.valueAt, part: 'service' as const, own: false })));
    },
  };
}

function* inDockerfile(file: Extract<Unit, { kind: 'dockerfile' }>, project: Project): Iterable<Named> {
  const chain = shippedStages(file, project);
  const names = new Set(file.stages.flatMap((each) => each.name === undefined ? [] : [each.name.toLowerCase()]));
  for (const stage of file.stages) {
    if (stage.from === undefined && !(stage.name !== undefined && project.developmentName(stage.name))) yield { image: stage.image, at: stage.imageAt, part: chain.includes(stage) ? 'final' : 'build', own: false };
    for (const each of stage.instructions) {
      const from = each.keyword === 'COPY' ? each.flags.from : undefined;
      if (from !== undefined && !/^\d+$/.test(from) && !names.has(from.toLowerCase()) && from.includes('/')) yield { image: from, at: each.at, part: 'build', own: false };
    }
  }
}

/** The image of the project itself, which whoever runs it pulls. */
function isOwn(image: string, project: Project): boolean {
  return project.name !== '' && fileName(image.replace(/[:@].*$/, '')).toLowerCase() === project.name.toLowerCase();
}

function tagOf(image: string): string | undefined {
  return /:([^/:@]+)$/.exec(image.replace(/@.*/, ''))?.[1];
}

/** Names of releases of Debian, Ubuntu and Alpine's kin stand for a version. */
const RELEASES = /buster|bullseye|bookworm|trixie|forky|focal|jammy|noble|oracular|plucky/;
const LANGUAGES = /^(docker\.io\/)?(library\/)?(python|pypy|ruby|php|golang|rust)$/;

function floating(image: string): 'all' | 'major' | undefined {
  const name = image.replace(/[@].*$/, '').replace(/:[^/:]*$/, '');
  if (image.includes('$') || image.includes('{{') || image.includes('<%') || image.includes('@') || image === '' || image === 'scratch' || /distroless|chainguard|cgr\.dev/.test(image)) return undefined;
  const tag = tagOf(image);
  if (tag === undefined) return 'all';
  if (!/\d/.test(tag)) return (RELEASES.test(tag) && /(^|\/)(debian|ubuntu|buildpack-deps)$/.test(name)) || /^(sha|rev|git|release|prod|v)[-_]/.test(tag) ? undefined : 'all';
  return LANGUAGES.test(name) && /^\d+(-|$)/.test(tag) ? 'major' : undefined;
}

function gradeOf({ image, part, own }: Named, floats: 'all' | 'major'): true | Variation {
  if (part === 'build') return { severity: 'low', points: 1, because: 'it only helps to build the image' };
  if (floats === 'major') return { severity: 'low', points: 1, because: 'its major version is given' };
  if (own) return { severity: 'low', points: 1, because: 'it is the image of this project' };
  // Its configuration has meant the same for ten years, whatever the version.
  if (/^(docker\.io\/)?(library\/|nginxinc\/)?(nginx|nginx-unprivileged|httpd)$/.test(image.replace(/:[^/:]*$/, '')) && /^(alpine|alpine-slim|alpine-perl|mainline|mainline-alpine|perl|otel|trixie|bookworm)$/.test(tagOf(image) ?? '')) return { severity: 'low', points: 1, because: 'versions of this server understand the configuration of earlier ones' };
  return isInfrastructure(image) && !datastoreOf({ image }) && /stable/.test(tagOf(image) ?? '') ? { severity: 'low', points: 1, because: 'its channel only brings what is stable' } : true;
}
