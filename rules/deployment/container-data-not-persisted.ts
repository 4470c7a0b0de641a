import type { Blocks, Datastore, Deployed, Edit, Evidence, Gap, Judgement, Project, Service, Source, Variation } from '../kit';
import { addedToService, composeIsProduction, dataFolder, datastoreOf, deployedServices, forgetful, insert, isThrownAway, keptBy, mountsOf, projectRule, seenInProduction, serviceIndent, wantsKept } from '../kit';

const BLOCKS: Blocks = {
  when: 'the compose file is what production runs, and this is its only database',
  holds: (project) => composeIsProduction(project) && stores(project).filter(({ store }) => isDatabase(store)).length === 1,
};

export default projectRule({
  id: 'container-data-not-persisted',
  title: 'Data outlives the container',
  severity: 'high', confidence: 'likely', blocks: BLOCKS, effort: 'S', since: '1',
  why: '`docker compose down` or a new image leaves the data behind in a volume without a name, or deletes it. Most people notice after the deploy.',
  how: 'Mount a named volume on every data folder, and back it up.',
  links: ['https://docs.docker.com/engine/storage/volumes/', 'https://docs.docker.com/reference/compose-file/services/#volumes'],

  applies: (project) => stores(project).length > 0 || uploads(project) !== undefined ? true : 'No container that is described here keeps data.',
  project: judge,

  fix: { title: 'Add a named volume', safety: 'review', edit: (gap, { source, project }) => mounting(gap, source, project), remains: 'Take a dump of what the container holds before it is made anew, and put it back.' },

  examples: () => ({
    'a playground that fills its database at every start': {
      severity: 'low',
      bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    command: sh -c "node scripts/db-reset.js && npm start"\n    ports: ["4000:4000"]\n  mongo:\n    image: mongo:7\n', Dockerfile: 'FROM node:22-alpine\nCOPY . .\nCMD ["npm", "start"]\n' },
    },
    'a database': {
      bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: postgres:16\n    environment: {POSTGRES_PASSWORD: "${POSTGRES_PASSWORD:?}"}\n' },
      good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: postgres:16\n    environment: {POSTGRES_PASSWORD: "${POSTGRES_PASSWORD:?}"}\n    volumes:\n      - db-data:/var/lib/postgresql/data\n\nvolumes:\n  db-data:\n' },
    },
    'beside other volumes': {
      bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: mariadb:11\n    volumes:\n      - ./init.sql:/docker-entrypoint-initdb.d/init.sql\n    restart: always\n\nvolumes:\n  uploads:\n' },
      good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: mariadb:11\n    volumes:\n      - ./init.sql:/docker-entrypoint-initdb.d/init.sql\n      - db-data:/var/lib/mysql\n    restart: always\n\nvolumes:\n  db-data:\n  uploads:\n' },
    },
    'a volume without a name': { bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: mysql:8.4\n    volumes:\n      - /var/lib/mysql\n' } },
    'the folder above, which stays empty': { bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: postgres:16-alpine\n    volumes: ["pg:/var/lib/postgresql"]\nvolumes: {pg: {}}\n' } },
    'Redis that is told to keep': { severity: 'medium', bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  queue:\n    image: redis:7\n    command: redis-server --appendonly yes\n' } },
    'uploads of an application': { severity: 'medium', bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\napp.config["UPLOAD_FOLDER"] = "/app/uploads"\n' } },
    'named volumes and folders of the host': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: postgres:16\n    volumes: ["pg:/var/lib/postgresql/data"]\n  store:\n    image: mongo:7\n    volumes:\n      - type: bind\n        source: ./mongo\n        target: /data/db\n  newer:\n    image: postgres:18\n    volumes: ["new:/var/lib/postgresql"]\n  moved:\n    image: postgres:15\n    environment: {PGDATA: /data/pg}\n    volumes: ["pg2:/data"]\nvolumes: {pg: {}, new: {}, pg2: {}}\n' } },
    'a cache may be lost': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  cache:\n    image: redis:7\n  other:\n    image: memcached:1.6\n' } },
    'in memory on purpose': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: postgres:16\n    tmpfs: [/var/lib/postgresql/data]\n' } },
    'tests': { good: { 'docker-compose.test.yml': 'services:\n  db:\n    image: postgres:16\n', 'docker-compose.yml': 'services:\n  web:\n    build: .\n' } },
    'the file that is extended mounts it': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    extends: {file: base.yml, service: db}\n', 'base.yml': 'services:\n  db:\n    image: postgres:16\n    volumes: ["pg:/var/lib/postgresql/data"]\n' } },
    'uploads in a volume': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    volumes: ["uploads:/app/uploads"]\nvolumes: {uploads: {}}\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\napp.config["UPLOAD_FOLDER"] = "/app/uploads"\n' } },
    'uploads in a store of objects': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n', 'requirements.txt': 'django==5.1\ndjango-storages==1.14\nboto3==1.35\n', 'shop/settings.py': 'MEDIA_ROOT = "/app/media"\nINSTALLED_APPS = ["storages"]\nROOT_URLCONF = "shop.urls"\n' } },
    'no container': { good: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\napp.config["UPLOAD_FOLDER"] = "/srv/uploads"\n', Procfile: 'web: gunicorn app:app\n' } },
  }),
});

interface Store { readonly deployed: Deployed; readonly store: Datastore; readonly folder: string }

/** Datastores whose data somebody would miss. */
function stores(project: Project): readonly Store[] {
  return deployedServices(project).flatMap((deployed) => {
    const store = datastoreOf(deployed.service);
    const folder = store && dataFolder(deployed, store);
    return store && folder !== undefined && !store.console && wantsKept(deployed, store) && !isThrownAway(deployed) ? [{ deployed, store, folder }] : [];
  });
}

function judge(project: Project): Judgement {
  const all = stores(project);
  const again = emptied(project);
  const gaps = all.flatMap((each): readonly Gap[] => !keptBy(each.deployed, each.store) && each.deployed.whole ? [gapOf(each, again)] : []);
  const own = uploads(project);
  if (own) gaps.push(own);
  if (gaps.length > 0) return { open: gaps };
  const holds = all.flatMap(({ deployed, store }): readonly Evidence[] => {
    const mount = keptBy(deployed, store);
    return mount ? [{ path: mount.file.path, ...mount.at, text: `${deployed.service.name} keeps its data in ${mount.source ?? ''}` }] : [];
  });
  return holds.length > 0 ? { holds: holds.slice(0, 4) } : { notChecked: 'What the services are made of is not in the project.' };
}

function isDatabase(store: Datastore): boolean {
  return /SQL|MariaDB|Mongo|CouchDB|InfluxDB|ClickHouse|Neo4j|MinIO/.test(store.name);
}

/** Whoever starts the services empties or drops the database first. */
const EMPTIES = /\b(db|database|data|schema)[-_:.]?reset\b|\breset[-_:.]?(db|database)\b|\bmigrate reset\b|\bdrop[-_:.]?(db|database|all|schema)\b|\bmanage\.py (flush|reset_db)\b/i;

function emptied(project: Project): Variation | undefined {
  const found = deployedServices(project).some((each) => each.layers.some(({ service }) => service.commands.some((command) => EMPTIES.test(command.words.join(' ')))));
  return found ? { severity: 'low', points: 2, because: 'the data is made anew at every start' } : undefined;
}

function gapOf({ deployed, store, folder }: Store, again: Variation | undefined): Gap {
  const { service, file } = deployed;
  const above = mountsOf(deployed).find((each) => each.source !== undefined && folder.startsWith(`${each.target}/`));
  const at = above ? { path: above.file.path, start: above.at.start, end: above.at.end } : { path: file.path, ...(service.imageAt ?? service.nameAt) };
  const message = above ? `${service.name} mounts ${above.target}, but its image keeps the data in a volume of its own at ${folder}.` : `${service.name} keeps the data of ${store.name} (${folder}) inside its container.`;
  const variation: Variation | undefined = isDatabase(store) ? again : { severity: 'medium', points: 6, because: 'it holds queues and indexes, which can be filled again' };
  return { at, message, ...(variation && { variation }) };
}

const FOLDERS = ['UPLOAD_FOLDER', 'UPLOAD_DIR', 'UPLOADS_DIR', 'UPLOAD_PATH', 'UPLOADS_FOLDER', 'UPLOADED_FILES_DEST', 'MEDIA_ROOT'] as const;
const OBJECT_STORES = ['boto3', 'django-storages', 'google-cloud-storage', 'azure-storage-blob', 'cloudinary', 'minio', 's3fs', 'aioboto3', 'supabase', 'pyuploadcare', 'b2sdk', 'fsspec'] as const;

/** Files of visitors, written where no service of the application has a place that lasts. */
function uploads(project: Project): Gap | undefined {
  const service = forgetful(project);
  if (!service || OBJECT_STORES.some((each) => project.declares(each))) return undefined;
  const setting = project.settings(...FOLDERS).find((each) => seenInProduction(each, project) && !each.development);
  if (!setting) return undefined;
  return {
    at: { path: service.file.path, ...service.service.nameAt }, message: `${service.service.name} stores files of visitors (${setting.name}) inside its container: it has no volume.`,
    variation: { severity: 'medium', points: 6, because: 'only uploaded and generated files are lost' }, related: [{ path: setting.path, start: setting.start, end: setting.end, text: `${setting.name} is a folder of the container` }],
  };
}

/** A volume with a name on the data folder, and its entry at the end of the file. */
function mounting(gap: Gap, source: Source, project: Project): readonly Edit[] | undefined {
  const found = stores(project).find(({ deployed }) => deployed.file.path === gap.at.path && deployed.service.imageAt?.start === gap.at.start);
  if (!found || gap.variation) return undefined;
  const { service, file } = found.deployed;
  const name = `${service.name}-data`;
  const item = added(service, source, `${name}:${found.folder}`);
  const declared = file.entries.find((each) => each.key.startsWith('volumes.'));
  const head = /^volumes:[ \t]*(?:#[^\n]*)?\r?$/m.exec(source.text);
  if (!item || (declared && !head)) return undefined;
  if (declared && head) return [...item, insert(source.lineEnd(head.index), `\n${source.indentation(declared.at.start)}${name}:`)];
  return [...item, insert(source.length, `${/\n$/.test(source.text) ? '' : '\n'}\nvolumes:\n  ${name}:\n`)];
}

function added(service: Service, source: Source, text: string): readonly Edit[] | undefined {
  const last = service.volumes.at(-1);
  if (!last) return addedToService(service, source, ['volumes:', `  - ${text}`]);
  const start = source.lineStart(last.at.start);
  const dash = /^[ \t]*-[ \t]+/.exec(source.slice({ start, end: last.at.start }))?.[0];
  return serviceIndent(service, source) === undefined || dash === undefined || source.line(last.at.start) !== source.line(last.at.end) ? undefined : [insert(source.lineEnd(last.at.end), `\n${dash}${text}`)];
}
