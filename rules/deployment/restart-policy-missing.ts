import type { Deployed, Edit, Ini, Project, Selector, Source, Span } from '../kit';
import { addedToService, deployedServices, insert, isInfrastructure, isOneShot, restarts, rule, saidOf } from '../kit';

type Section = Ini['sections'][number];
/** All services of a compose file together, or one systemd unit. */
type Supervised =
  | { readonly kind: 'services'; readonly lasting: readonly Deployed[]; readonly down: readonly Deployed[] }
  | { readonly kind: 'unit'; readonly section: Section; readonly start: Span };

export default rule<Supervised>({
  id: 'restart-policy-missing',
  title: 'Services restart after a crash or reboot',
  severity: 'low', points: 2, confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: 'A single crash or a reboot of the host leaves the site down until somebody looks. It happens at night.',
  how: 'Let the supervisor restart it, with a limit where it matters.',
  links: ['https://docs.docker.com/reference/compose-file/services/#restart', 'https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html#Restart='],
  anchors: [],

  on: supervised(),
  check: (it) => it.kind === 'services' ? it.down.length > 0 : policyOf(it.section) === undefined,
  message: (it) => it.kind === 'unit' ? 'The unit has no Restart=: after a crash it stays down.' : `${named(it.down)} ${it.down.length === 1 ? 'has' : 'have'} no restart policy: after a crash or a reboot ${it.down.length === 1 ? 'it stays' : 'they stay'} down.`,
  underline: (it) => it.kind === 'unit' ? it.section.at : it.down[0]?.service.nameAt ?? { start: 0, end: 0 },
  holds: (it) => it.kind === 'unit' ? `Restart=${policyOf(it.section) ?? ''}` : `${named(it.lasting)} ${it.lasting.length === 1 ? 'comes' : 'come'} back by themselves`.replace(/comes back by themselves/, 'comes back by itself'),
  nothing: 'No compose file and no systemd unit keeps a service running.',

  fix: {
    title: 'Add the policy', safety: 'safe',
    edit: (it, { source }) => it.kind === 'unit' ? [insert(source.lineEnd(it.start.end), '\nRestart=on-failure')] : added(it.down, source),
  },

  examples: () => ({
    'a service': {
      bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    ports: ["127.0.0.1:8000:8000"]\n' },
      good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    ports: ["127.0.0.1:8000:8000"]\n    restart: unless-stopped\n' },
    },
    'several, one of which comes back': {
      bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    restart: "no"\n  worker:\n    build: .\n    restart: always\n  db:\n    image: postgres:16\n\nvolumes:\n  data:\n' },
      good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    restart: unless-stopped\n  worker:\n    build: .\n    restart: always\n  db:\n    image: postgres:16\n    restart: unless-stopped\n\nvolumes:\n  data:\n' },
    },
    'a systemd unit': {
      bad: { 'app.service': '[Unit]\nDescription=shop\n\n[Service]\nUser=app\nExecStart=/srv/app/venv/bin/gunicorn app:app\n\n[Install]\nWantedBy=multi-user.target\n' },
      good: { 'app.service': '[Unit]\nDescription=shop\n\n[Service]\nUser=app\nExecStart=/srv/app/venv/bin/gunicorn app:app\nRestart=on-failure\n\n[Install]\nWantedBy=multi-user.target\n' },
    },
    'a unit that says no': { bad: { 'deploy/shop.service': '[Service]\nExecStart=/srv/app/venv/bin/uvicorn app:app\nRestart=no\n' } },
    'every service has one, and work that ends needs none': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    restart: unless-stopped\n    depends_on:\n      prepare: {condition: service_completed_successfully}\n  migrate:\n    build: .\n    command: flask db upgrade\n  prepare:\n    image: alpine:3.20\n    command: chown -R 1001 /data\n' } },
    'anchors and merge keys': { good: { 'docker-compose.yml': 'x-app: &app\n  build: .\n  restart: always\nservices:\n  web:\n    <<: *app\n    ports: ["80:8000"]\n  worker:\n    <<: *app\n    command: celery -A app worker\n' } },
    'a service that extends another, of another file': { good: { 'docker-compose.yml': 'services:\n  web:\n    extends:\n      file: common.yml\n      service: app\n', 'common.yml': 'services:\n  app:\n    build: .\n    restart: always\n' } },
    'the file that is laid over it has one': { good: { 'compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: postgres:16\n', 'compose.deploy.yml': 'services:\n  web:\n    restart: always\n  db:\n    restart: always\n' } },
    'a swarm restarts by itself': { good: { 'docker-compose.yml': 'services:\n  web:\n    image: shop:1\n    deploy:\n      replicas: 2\n      update_config: {order: start-first}\n' } },
    'files that include themselves': { good: { 'compose.yml': 'include:\n  - compose.yml\n  - db.yml\nservices:\n  web:\n    build: .\n    restart: always\n', 'db.yml': 'include: [compose.yml]\nservices:\n  db:\n    image: postgres:16\n    restart: always\n' } },
    'files for developers and tests': { good: { 'docker-compose.dev.yml': 'services:\n  web:\n    build: .\n', 'docker-compose.test.yml': 'services:\n  web:\n    build: .\n', 'tests/docker-compose.yml': 'services:\n  web:\n    build: .\n' } },
    'a unit that ends, and one that comes back': { good: { 'backup.service': '[Service]\nType=oneshot\nExecStart=/usr/bin/pg_dump shop\n', 'app.service': '[Service]\nExecStart=/srv/app/venv/bin/gunicorn app:app\nRestart=always\n', 'report.service': '[Service]\nExecStart=/srv/app/report.sh\n', 'report.timer': '[Timer]\nOnCalendar=daily\n' } },
    'one service without, beside a file that is not understood': { good: { 'docker-compose.yml': 'services:\n  web:\n    extends:\n      file: ../infra/base.yml\n      service: app\n' } },
  }),
});

function supervised(): Selector<Supervised> {
  return {
    kinds: ['compose', 'ini'], callees: [],
    *select(unit, project) {
      if (unit.kind === 'ini' && unit.format === 'systemd') yield* unitsIn(unit.path, unit.sections, project);
      if (unit.kind !== 'compose') return;
      const lasting = lastingIn(project).filter((each) => each.file === unit);
      const down = lasting.filter((each) => each.whole && !restarts(each) && !isSwarm(each));
      if (lasting.length > 0 && (down.length > 0 || lasting.every((each) => restarts(each)))) yield { kind: 'services', lasting, down };
    },
  };
}

/** Services that are meant to run on, those of production's applications first. */
function lastingIn(project: Project): readonly Deployed[] {
  const all = deployedServices(project);
  return all.filter((each) => !isOneShot(each, all) && !each.layers.some(({ service }) => service.profiles.length > 0))
    .toSorted((a, b) => Number(isInfrastructure(a.service.image ?? '')) - Number(isInfrastructure(b.service.image ?? '')));
}

/** `deploy:` with what only a swarm reads; its services restart unless they are told not to. */
function isSwarm(deployed: Deployed): boolean {
  return deployed.layers.some(({ service }) => service.entries.some((each) => /^deploy\.(replicas|mode|update_config|rollback_config|placement|endpoint_mode)/.test(each.key))) && saidOf(deployed, 'restart') === undefined;
}

function* unitsIn(path: string, sections: readonly Section[], project: Project): Iterable<Supervised> {
  if (!/\.service(\.\w+)?$/.test(path) || !project.production.some((each) => each.path === path)) return;
  const section = sections.find((each) => each.name === 'Service');
  const start = section?.entries.find((each) => each.name === 'ExecStart' && each.value);
  const type = section?.entries.findLast((each) => each.name === 'Type')?.value ?? 'simple';
  const timer = path.replace(/\.service.*$/, '.timer');
  if (!section || !start || !/^(simple|notify|exec|forking|notify-reload)$/.test(type) || project.paths.some((each) => each.startsWith(timer))) return;
  if (section.commands.length > 0 && section.commands.every((command) => command.words.some((word) => /(^|\/)(backup|certbot|pg_dump|restic|borg|logrotate|docker-compose|docker)$/.test(word)))) return;
  yield { kind: 'unit', section, start: start.at };
}

function policyOf(section: Section): string | undefined {
  const value = section.entries.findLast((each) => each.name === 'Restart')?.value;
  return value === undefined || value === 'no' ? undefined : value;
}

function named(services: readonly Deployed[]): string {
  const names = services.map((each) => each.service.name);
  const rest = names.length - 3;
  return rest > 0 ? `${names.slice(0, 3).join(', ')} and ${rest} more` : names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}` : names[0] ?? '';
}

function added(down: readonly Deployed[], source: Source): readonly Edit[] | undefined {
  const edits = down.flatMap((each): readonly Edit[] => {
    const said = each.service.entries.find((leaf) => leaf.key === 'restart');
    return said ? [{ start: said.valueAt.start, end: said.valueAt.end, text: 'unless-stopped' }] : addedToService(each.service, source, ['restart: unless-stopped']) ?? [];
  });
  return edits.length === down.length ? edits : undefined;
}
