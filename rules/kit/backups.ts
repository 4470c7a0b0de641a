/** Where an application keeps data on machines of its owner's, and what makes copies of it. */
import { databases } from './database';
import { ownServices } from './compose-purpose';
import { fileName } from './edge';
import type { Compose, Service, Step, Unit } from './files';
import type { Span } from './place';
import { isActive } from './ci';
import { deployedServices } from './services';
import type { Evidence, Project } from './project';
import { isDevelopmentService } from './environment';
import { textsIn } from './telemetry';

/** What makes copies of data, by program or service. */
export const BACKUP_TOOLS = /\b(pg_dump(all)?|pg_basebackup|mysqldump|mysqlpump|mydumper|mariadb-dump|mariadb-backup|mariabackup|xtrabackup|mongodump|sqlite3\b.*\.(backup|dump)\b|VACUUM INTO|litestream|wal-g|wal-e|barman|restic|borg(matic|backup)?|kopia|duplicity|duplicacy|pgbackrest|dbbackup|rdiff-backup|rsnapshot|tarsnap|velero|backup-local|docker-volume-backup|autopostgresqlbackup|postgres-backup\S*|mysql-backup\S*|pghoard|tiredofit\/db-backup)\b/i;
/** A name that says that something is a backup, or makes one. */
export const BACKUP = /(^|[\s_./-])back-?ups?([\s_./-]|$)/i;
const STORES = /(^|\/)(postgres|postgis|timescaledb(-ha)?|pgvector|mysql|mariadb|percona(-server)?|mongo|mongodb|influxdb|couchdb|clickhouse-server|neo4j|surrealdb|supabase\/postgres|arangodb|cassandra|rethinkdb)([:@-]|$)/;

/** Where data is kept by a machine of the owner's. */
export function selfHostedStores(project: Project): readonly Evidence[] {
  return project.once('selfHostedStores', () => {
    const hosted = project.production.some((unit) => unit.kind === 'platform');
    // A plain file is production's where a layer for production lies over it.
    const files = new Set([...project.production.filter((unit): unit is Compose => unit.kind === 'compose'), ...deployedServices(project).flatMap((each) => each.layers.map(({ file }) => file))]);
    const compose = [...files].flatMap((unit) => unit.role === 'production' && !(hosted && !/prod|deploy/i.test(fileName(unit.path))) && runsApplication(unit, project) ? unit.services.filter(keepsData).map((each) => ({ path: unit.path, ...each.nameAt, text: `${each.name} (${each.image ?? ''}) keeps its data here` })) : []);
    const cluster = project.production.flatMap((unit) => unit.kind === 'kubernetes' ? unit.objects.filter((object) => /^(StatefulSet|Deployment)$/.test(object.type) && object.entries.some((each) => /containers\.\d+\.image$/.test(each.key) && STORES.test(each.value))).map((object) => ({ path: unit.path, ...object.at, end: object.at.start, text: `${object.name} keeps its data in the cluster` })) : []);
    const databaseFiles = project.deployable && !hosted ? databases(project).filter((each) => each.engine === 'sqlite' && !each.replaceable).map((each) => ({ path: each.path, start: each.start, end: each.end, text: 'The data is in a file of SQLite' })) : [];
    return [...compose, ...cluster, ...databaseFiles];
  });
}

function keepsData(service: Service): boolean {
  return service.image !== undefined && STORES.test(service.image) && service.volumes.length > 0 && !service.profiles.some((each) => /dev|test|debug|local/i.test(each));
}

/** The file is made to run the application for its users: named so, or one laid over it is, or with a service of the project's that no developer sits before. */
function runsApplication(unit: Compose, project: Project): boolean {
  const own = ownServices(unit);
  const layers = deployedServices(project).map((each) => each.layers.map(({ file }) => file)).filter((files) => files.includes(unit));
  if ([unit, ...layers.flat()].some((file) => /prod|deploy/i.test(fileName(file.path)))) return true;
  return own.some((each) => each.build !== undefined || each.ports.length > 0) && !own.some(isForDeveloper);
}

function isForDeveloper(service: Service): boolean {
  const command = `${service.entrypoint ?? ''} ${service.command ?? ''}`;
  const mounted = service.volumes.some((each) => /^\.{1,2}\/?(\w+\/?)?:\/(app|code|src|usr\/src|workspace|srv|home)(\/\w*)*(:|$)/.test(each.text) && !/(data|upload|media|static|log|report|backup|config|ssl|cert|storage|instance)s?[/:]/i.test(each.text));
  const restarts = service.entries.some((each) => each.key === 'restart' && /always|unless-stopped/.test(each.value));
  return isDevelopmentService(service) || /\brunserver\b|--reload\b|\bflask\b.*\brun\b|\brun dev\b|[._-]dev\b|(?<![/\w])dev\b(?!\/)/.test(command) || (mounted && !restarts) || /dev/i.test(service.build?.target ?? '') || service.environment.some((each) => /^(FLASK_DEBUG|DEBUG|DJANGO_DEBUG)$/.test(each.name) && /^["']?(1|true|on|yes)/i.test(each.value ?? ''));
}

/** Whatever makes copies without a person. */
export function automaticBackups(project: Project): readonly Evidence[] {
  const apps = project.settings('INSTALLED_APPS').flatMap((each) => textsIn(each.value).filter((one) => one.value.startsWith('dbbackup')).map((one) => ({ path: each.path, start: one.at.start, end: one.at.end, text: 'django-dbbackup' })));
  const calls = project.calls('*.backup').filter(({ call }) => call.args.length > 0 && /conn|db|sqlite|source|database/i.test(call.callee)).map(({ module, call }) => ({ path: module.path, ...call.at, text: call.written }));
  const run = project.calls('subprocess.run', 'subprocess.check_call', 'subprocess.check_output', 'subprocess.Popen', 'os.system').filter(({ module, call }) => call.args.some((arg) => textsIn(project.resolve(arg, module)).some((one) => BACKUP_TOOLS.test(one.value)))).map(({ module, call }) => ({ path: module.path, ...call.at, text: 'the program dumps the data' }));
  const named = project.paths.filter((path) => BACKUP.test(path) && /(\.(sh|bash|service|timer|ya?ml|toml|cron)|(^|\/)management\/commands\/[^/]+\.py|(^|\/)(tasks?|jobs?|scripts?|ops|bin|cron\w*)\/[^/]+|crontab)$/.test(path) && !/(^|\/)(tests?|templates?|migrations|docs?)\//.test(path)).map((path) => ({ path, start: 0, end: 0, text: fileName(path) }));
  const litestream = project.paths.filter((path) => /(^|\/)(litestream|litefs|pgbackrest|borgmatic)(\.\w+)*$/.test(path)).map((path) => ({ path, start: 0, end: 0, text: fileName(path) }));
  return [...apps, ...calls, ...run, ...project.units.flatMap((unit) => inUnit(unit, project)), ...named, ...litestream];
}

function inUnit(unit: Unit, project: Project): readonly Evidence[] {
  const at = (span: { readonly start: number; readonly end: number }, text: string): Evidence => ({ path: unit.path, start: span.start, end: span.end, text: text.slice(0, 80) });
  const words = (all: readonly { readonly words: readonly string[]; readonly at: { readonly start: number; readonly end: number } }[]) => all.filter((each) => BACKUP_TOOLS.test(each.words.join(' '))).slice(0, 1).map((each) => at(each.at, each.words.join(' ')));
  switch (unit.kind) {
    case 'shell': return words(unit.commands);
    case 'crontab': return unit.jobs.filter((each) => BACKUP_TOOLS.test(each.command) || BACKUP.test(each.command)).map((each) => at(each.at, each.command));
    case 'workflow': return unit.jobs.flatMap((job) => [...words(job.steps.flatMap((step) => step.commands)), ...(isActive(unit, project) && unit.triggers.includes('schedule') ? job.steps.flatMap((step) => bySchedule(step)).slice(0, 1).map((each) => at(each.at, each.text)) : [])]);
    case 'pipeline': return unit.commands.flatMap((each) => words(each.commands));
    case 'ini': return unit.sections.flatMap((section) => words(section.commands));
    case 'dockerfile': return unit.stages.flatMap((stage) => stage.instructions.filter((each) => /^(CMD|ENTRYPOINT)$/.test(each.keyword)).flatMap((each) => words(each.commands)));
    case 'compose': return unit.services.filter((each) => BACKUP.test(each.name) || BACKUP_TOOLS.test(`${each.image ?? ''} ${each.command ?? ''}`) || BACKUP.test(each.image ?? '')).map((each) => at(each.nameAt, `${each.name} backs up`));
    case 'kubernetes': return unit.objects.filter((object) => /Backup/.test(object.type) || (object.type === 'CronJob' && object.entries.some((each) => BACKUP_TOOLS.test(each.value))) || object.entries.some((each) => /(^|\.)backup\./.test(each.key))).map((object) => at(object.at, `${object.name} backs up`));
    case 'platform': return unit.commands.flatMap((each) => words(each.commands));
    case 'plain': return unit.format === 'makefile' && BACKUP_TOOLS.test(project.text(unit.path) ?? '') ? [at({ start: 0, end: 0 }, 'a target of the Makefile')] : [];
    default: return [];
  }
}

/** What a job of a schedule runs on another machine, and a script whose name says what it makes. */
function bySchedule(step: Step): readonly { readonly at: Span; readonly text: string }[] {
  const handed = step.with.filter((each) => /^(script|command|run|args)$/.test(each.name)).flatMap((each) => (each.value ?? '').split('\n').map((line) => ({ at: each.valueAt ?? each.at, text: line.trim() })));
  const own = step.commands.map((each) => ({ at: each.at, text: each.words.join(' ') }));
  return [...handed, ...own].filter((each) => !/^(#|echo\b)/.test(each.text) && (BACKUP_TOOLS.test(each.text) || /(^|[\s/])[\w-]*back-?up[\w-]*\.(sh|py|js|ts)\b|\bmanage\.py \w*backup/i.test(each.text)));
}

/** A document that tells how data is copied; `managed` where it says that somebody else does it. */
export function copiedByHand(project: Project): (Evidence & { readonly managed: boolean }) | undefined {
  for (const unit of project.of('markdown')) {
    const heading = unit.headings.find((each) => /\bback-?ups?\b|snapshots?/i.test(each.text));
    const code = unit.code.find((each) => BACKUP_TOOLS.test(each.text));
    const place = code ?? heading;
    if (!place) continue;
    const managed = heading !== undefined && /\b(automatic|automated|managed|provider|nightly|daily|scheduled)\b/i.test(`${heading.text} ${(project.text(unit.path) ?? '').slice(heading.at.end, heading.at.end + 600)}`);
    return { path: unit.path, start: place.at.start, end: place.at.end, text: 'the documentation says how to copy it', managed };
  }
  const own = project.paths.find((path) => BACKUP.test(path) && /\.(py|html|jinja2?)$/.test(path) && !/(^|\/)(tests?|migrations|docs?)\//.test(path) && !/(^|\/)[^/]*backup\.py$/.test(path));
  return own === undefined ? undefined : { path: own, start: 0, end: 0, text: 'the application offers a copy to download', managed: false };
}
