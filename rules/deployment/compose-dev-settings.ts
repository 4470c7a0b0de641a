import type { Deployed, Edit, Mount, NewFile, Project, Selector, Source, Span } from '../kit';
import { fileName, isInfrastructure, isSourceMount, lineOfItem, mountedServices, mountsOf, replace, rule, saidOf } from '../kit';

/** A service with what only a developer has use for. */
interface Set { readonly deployed: Deployed; readonly settings: readonly { readonly what: string; readonly at: Span }[]; readonly mount: Mount | undefined }

export default rule<Set>({
  id: 'compose-dev-settings',
  title: 'The production compose file has no development settings',
  severity: 'low', points: 2, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'The container then runs whatever lies in the folder, not the image that was tested. An edit on the server changes production.',
  how: 'Keep development settings in the override file, which production does not load.',
  links: ['https://docs.docker.com/compose/how-tos/multiple-compose-files/merge/', 'https://12factor.net/dev-prod-parity'],

  on: developers(),
  check: ({ settings }) => settings.length > 0,
  message: ({ deployed, settings }) => `${deployed.service.name} ${settings.map((each) => each.what).join(' and ')}.`,
  underline: ({ settings, deployed }) => settings[0]?.at ?? deployed.service.nameAt,
  holds: ({ deployed }) => deployed.service.build ? `${deployed.service.name} runs what its image holds` : undefined,
  nothing: 'No compose file runs the application.',

  fix: { title: 'Move the mount to the override file', safety: 'review', edit: ({ mount }, { source, project }) => mount && moved(mount, source, project), remains: 'docker compose up still reads the override; production starts with -f and the name of the main file.' },

  examples: () => ({
    'the source over the image': {
      bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    volumes:\n      - .:/app\n      - uploads:/app/uploads\nvolumes:\n  uploads:\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' },
      good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    volumes:\n      - uploads:/app/uploads\nvolumes:\n  uploads:\n', 'docker-compose.override.yml': 'services:\n  web:\n    volumes:\n      - .:/app\n' },
    },
    'the only volume, on one line': {
      bad: { 'compose.yaml': 'services:\n  web:\n    build: .\n    volumes: [".:/app"]\n    restart: always\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' },
      good: { 'compose.yaml': 'services:\n  web:\n    build: .\n    restart: always\n', 'compose.override.yaml': 'services:\n  web:\n    volumes:\n      - .:/app\n' },
    },
    'a part of the source, and a terminal': { bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    stdin_open: true\n    tty: true\n    volumes: ["./src:/app/src"]\n', 'src/app.py': 'from flask import Flask\napp = Flask(__name__)\n' } },
    'a database on the host of the container': { bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    environment:\n      DATABASE_URL: postgresql://shop:${PW}@host.docker.internal:5432/shop\n    extra_hosts: ["host.docker.internal:host-gateway"]\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' } },
    'data, settings and certificates': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    volumes:\n      - uploads:/app/uploads\n      - ./data:/app/data\n      - ./config/app.toml:/app/config.toml:ro\n      - ./certs:/certs:ro\nvolumes: {uploads: {}}\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', 'data/.gitkeep': '' } },
    'a folder of other programs': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  proxy:\n    image: nginx:1.27\n    volumes: ["./:/usr/share/nginx/html:ro"]\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' } },
    'an override and a file for developers': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n', 'docker-compose.override.yml': 'services:\n  web:\n    volumes: [".:/app"]\n', 'docker-compose.dev.yml': 'services:\n  web:\n    volumes: [".:/app"]\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' } },
    'the development server says that all of it is for developers': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    command: flask run --debug\n    volumes: [".:/app"]\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' } },
    'a mount that the file of production takes back': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    volumes: [".:/app"]\n', 'docker-compose.prod.yml': 'services:\n  web:\n    restart: always\n    volumes: !override ["uploads:/app/uploads"]\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' } },
  }),
});

function developers(): Selector<Set> {
  return {
    kinds: ['compose'], callees: [],
    *select(unit, project) {
      for (const deployed of mountedServices(project)) {
        if (deployed.file !== unit || (!deployed.service.build && isInfrastructure(deployed.service.image ?? ''))) continue;
        const mount = mountsOf(deployed).find((each) => each.file === unit && isSourceMount(each, project));
        yield { deployed, mount, settings: [...(mount ? [{ what: `runs the source in ${mount.source ?? ''}, not what its image holds`, at: mount.at }] : []), ...terminal(deployed), ...hostDatabase(deployed)] };
      }
    },
  };
}

/** Both, as people write them for a debugger. */
function terminal(deployed: Deployed): Set['settings'] {
  const open = saidOf(deployed, 'stdin_open');
  return open?.value === 'true' && saidOf(deployed, 'tty')?.value === 'true' && open.file === deployed.file ? [{ what: 'waits for a terminal', at: open.at }] : [];
}

function hostDatabase({ service }: Deployed): Set['settings'] {
  const named = service.environment.find((each) => /(^|_)(DATABASE|DB|SQL|POSTGRES|MYSQL|MONGO)/.test(each.name) && /host\.docker\.internal/.test(each.value ?? ''));
  return named ? [{ what: `keeps its data on the machine it happens to run on (${named.name})`, at: named.at }] : [];
}

/** The item goes from this file into the override beside it, where there is none yet. */
function moved({ file, service, at, text }: Mount, source: Source, project: Project): readonly (Edit | NewFile)[] | undefined {
  const [, base = '', ending = ''] = /^(.*?)(\.ya?ml)$/.exec(file.path) ?? [];
  const path = `${base}.override${ending}`;
  if (!/^(docker-)?compose$/.test(fileName(base)) || project.paths.includes(path)) return undefined;
  const edit = onlyItem(at, source) ?? (service.volumes.length > 1 ? lineOfItem(at, source) : undefined);
  return edit && [replace(edit, ''), { path, create: `services:\n  ${service.name}:\n    volumes:\n      - ${text}\n` }];
}

/** `volumes: [".:/app"]` on a line of its own, or a list of one line under its key. */
function onlyItem(at: Span, source: Source): Edit | undefined {
  const start = source.lineStart(at.start);
  const end = Math.min(source.lineEnd(at.end) + source.newline.length, source.length);
  if (/^[ \t]*volumes:[ \t]*\[[^,\]]*\][ \t]*\r?\n?$/.test(source.slice({ start, end }))) return { start, end, text: '' };
  const above = source.lineStart(Math.max(start - 1, 0));
  const after = source.slice({ start: end, end: source.lineEnd(end) });
  return /^[ \t]*volumes:[ \t]*\r?\n$/.test(source.slice({ start: above, end: start })) && !/^[ \t]*-/.test(after) && lineOfItem(at, source) ? { start: above, end, text: '' } : undefined;
}
