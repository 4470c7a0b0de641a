/** What an image is made of and what it starts, through all the stages and entry scripts that have a say. */
import type { Command, Dockerfile, Instruction, Service, Stage } from './files';
import { fileName } from './edge';
import type { Project } from './project';

/** The stage an image is made of (the last, or the one named `target`) and the stages it is built upon, nearest first. */
export function lineage(file: Dockerfile, target?: string): readonly Stage[] {
  const chain: Stage[] = [];
  let at = (target && file.stages.find((each) => each.name === target)) || shipped(file.stages);
  while (at && !chain.includes(at)) {
    chain.push(at);
    at = at.from === undefined ? undefined : file.stages[at.from];
  }
  return chain;
}

/** The last stage, unless it is for development and another is named for production. */
function shipped(stages: readonly Stage[]): Stage | undefined {
  const last = stages.at(-1);
  const isDevelopment = last?.name !== undefined && /^(dev|devel|development|test|tests|testing|ci|debug|local)([_-]|$)/i.test(last.name);
  return (isDevelopment && stages.findLast((each) => each.name !== undefined && /prod|release|runtime|final|deploy/i.test(each.name))) || last;
}

/** What Helm charts and other templates of manifests say, which no reader can take for YAML, and values that fill them in. */
export function chartsSay(project: Project, pattern: RegExp): boolean {
  return project.units.some((unit) => (unit.kind === 'plain' || (unit.kind === 'kubernetes' && !unit.whole) || unit.kind === 'template') && /(^|\/)(charts?|helm|k8s|kubernetes|kube|manifests|deploy\w*)\/.*\.ya?ml$|(^|\/)values[\w.-]*\.ya?ml$/i.test(unit.path)
    && (project.text(unit.path) ?? '').split('\n').some((line) => pattern.test(line.replace(/#.*/, ''))));
}

/** The instruction of a kind that counts: the last of the nearest stage that has one. */
export function effective(chain: readonly Stage[], keyword: string): Instruction | undefined {
  for (const stage of chain) {
    const found = stage.instructions.findLast((each) => each.keyword === keyword);
    if (found) return found;
  }
  return undefined;
}

/** The image everything is built upon, as written: `python:3.12-slim`. */
export function baseImage(chain: readonly Stage[]): string {
  return chain.at(-1)?.image ?? '';
}

/** ENTRYPOINT and CMD, as far as they are given. */
export function starts(chain: readonly Stage[]): readonly Instruction[] {
  return ['ENTRYPOINT', 'CMD'].flatMap((keyword) => effective(chain, keyword) ?? []);
}

/** The commands a container runs when it starts, those of the project's own entry scripts among them. */
export function startCommands(chain: readonly Stage[], services: readonly Service[], project: Project): readonly Command[] {
  const own = ownCommands(chain, services);
  const scripts = scriptNames(own).map((name) => copiedFrom(name, chain));
  return [...own, ...project.of('shell').filter((unit) => scripts.includes(fileName(unit.path))).flatMap((unit) => unit.commands)];
}

/** An entry script that is not in this project: what it starts, and as whom, cannot be told. */
export function hasUnseenScript(chain: readonly Stage[], services: readonly Service[], project: Project): boolean {
  return scriptNames(ownCommands(chain, services)).some((name) => !project.of('shell').some((unit) => fileName(unit.path) === copiedFrom(name, chain)));
}

/** What ENTRYPOINT, CMD and compose start, without what their scripts do. */
export function ownCommands(chain: readonly Stage[], services: readonly Service[]): readonly Command[] {
  return [...starts(chain).flatMap((each) => each.commands), ...services.flatMap((each) => each.commands)];
}

function scriptNames(commands: readonly Command[]): readonly string[] {
  return commands.flatMap((command) => command.words.map((word) => fileName(word)).filter((word) => /\.sh$|^(docker-)?entry-?point$/.test(word)));
}

/** The name a file had before the image was made: `entry.sh` of `COPY docker/entry.sh /run.sh`. */
function copiedFrom(name: string, chain: readonly Stage[]): string {
  for (const copy of chain.flatMap((stage) => stage.instructions).filter((each) => each.keyword === 'COPY' || each.keyword === 'ADD')) {
    const words = copy.exec ?? copy.text.split(/\s+/);
    if (words.length === 2 && fileName(words[1] ?? '') === name) return fileName(words[0] ?? name);
  }
  return name;
}

/** A program's plain name: `gunicorn` of `/srv/app/venv/bin/gunicorn`. */
export function programs(commands: readonly Command[]): readonly string[] {
  return commands.flatMap((command) => command.words.map((word) => fileName(word)));
}

/** Programs that answer HTTP for an application. */
const SERVERS = /^(gunicorn|uvicorn|hypercorn|daphne|waitress-serve|uwsgi|granian|fastapi|flask|streamlit|node|nodejs|npm|yarn|pnpm|bun|next|runserver|serve\.py|unitd)$/;
const JOBS = /^(celery|rq|rqworker|dramatiq|huey_consumer(\.py)?|arq|taskiq|cron|crond|supercronic|certbot|restic|borg|pg_dump|pg_dumpall|mysqldump)$/;

/** Whether a container serves the application over HTTP, as far as what it starts or the port it exposes shows. */
export function servesWeb(chain: readonly Stage[], services: readonly Service[], project: Project): boolean {
  const names = programs(startCommands(chain, services, project));
  if (names.some((name) => JOBS.test(name)) && !names.some((name) => /^(gunicorn|uvicorn|uwsgi)$/.test(name))) return false;
  return names.some((name) => SERVERS.test(name) || project.applications.some((app) => fileName(app.path) === name)) || chain.some((stage) => stage.instructions.some((each) => each.keyword === 'EXPOSE'));
}

/** Servers of files and their like, which come with processes of their own for every need. */
export function isInfrastructure(image: string): boolean {
  return /(^|\/)(nginx|httpd|caddy|traefik|haproxy|envoy|varnish|postgres|postgis|timescaledb|pgvector|mysql|mariadb|percona|mongo|redis|valkey|keydb|memcached|rabbitmq|nats|kafka|zookeeper|elasticsearch|opensearch|kibana|grafana|prometheus|minio|mailhog|mailpit|adminer|pgadmin4?|clickhouse(-server)?|influxdb|vault|consul|etcd|registry|certbot|cloudflared|watchtower)([:@-]|$)/.test(image);
}
