/** Scripts, targets, services and jobs that copy data, and what they do with the copy. */
import { BACKUP } from './backups';
import { COMMAND_KINDS, commandLists, isForDevelopers, programOf } from './command-lists';
import type { CommandList } from './command-lists';
import { documents } from './documents';
import { fileName } from './edge';
import type { Command, Service } from './files';
import type { Evidence, Project } from './project';

/** What writes a database into a file or a stream, by its command line. */
const DUMPS = /\b(pg_dump(all)?|pg_basebackup|mysqldump|mysqlpump|mydumper|mariadb-dump|mariadb-backup|mariabackup|xtrabackup|mongodump|manage\.py\s+(dbbackup|dumpdata)|influxd?\s+backup|redis-cli\b.*--rdb)\b|\bsqlite3\b.*\.(backup|dump)\b|\bVACUUM INTO\b/i;
/** Tools that keep copies with their versions and checks. */
const KEEPERS = /\b(restic|borg(matic|backup)?|kopia|duplicity|duplicacy|litestream|wal-g|wal-e|pgbackrest|barman|tarsnap|velero|rustic)\b/i;
const COPIES = /^(cp|tar|zip|rsync|scp|gzip|7z)$/;
const NAME = /(^|[\s_./-])(back-?ups?|dump(s|er)?|snapshots?)([\s_./-]|$)/i;

export interface BackupScript {
  readonly list: CommandList;
  readonly path: string;
  /** The first command that copies. */
  readonly command: Command;
  /** All that it says: words, assignments and targets of redirects. */
  readonly text: string;
}

/** Whether a list of commands is there to copy data: by its name, or because something starts it by the clock. */
export function isForBackups({ unit, name }: CommandList, project: Project): boolean {
  if (unit.role !== 'production' || isForDevelopers(unit.path, project) || /(^|[/_.-])restor(e|ing)([/_.-]|$)/i.test(`${unit.path} ${name}`)) return false;
  return NAME.test(fileName(unit.path)) || NAME.test(name) || unit.kind === 'crontab' || (unit.kind === 'shell' && startedByTheClock(project).has(fileName(unit.path))) || /(^|\/)back-?ups?\//i.test(unit.path);
}

function startedByTheClock(project: Project): ReadonlySet<string> {
  return project.once('scripts started by the clock', () => new Set([...project.of('crontab'), ...project.of('ini').filter((unit) => unit.format === 'systemd')]
    .flatMap((unit) => commandLists(unit).flatMap((list) => list.commands.flatMap((each) => each.words.filter((word) => /\.(sh|bash)$/.test(word)).map(fileName))))));
}

/** Everything here that copies data by commands. Jobs of CI run on machines of their own and are left out. */
export function backupScripts(project: Project): readonly BackupScript[] {
  return project.once('backupScripts', () => project.units.filter((unit) => COMMAND_KINDS.includes(unit.kind) && unit.kind !== 'workflow' && unit.kind !== 'pipeline' && unit.kind !== 'manifest').flatMap((unit) => commandLists(unit)
    .filter((list) => isForBackups(list, project)).flatMap((list): readonly BackupScript[] => {
      const text = said(list.commands);
      const command = list.commands.find((each) => isDump(each)) ?? (NAME.test(`${fileName(unit.path)} ${list.name}`) ? list.commands.find((each) => COPIES.test(programOf(each))) : undefined);
      return command ? [{ list, path: unit.path, command, text }] : [];
    })));
}

function isDump(command: Command): boolean {
  const text = command.words.join(' ');
  return !/^(echo|printf|log|which|command|type)$/.test(programOf(command)) && (DUMPS.test(text) || (KEEPERS.test(text) && /\b(backup|create|replicate|wal-push|backup-push)\b/.test(text)));
}

/** Words, assignments and targets of commands, one command a line. */
export function said(commands: readonly Command[]): string {
  return commands.map((each) => [...each.assignments.map((one) => `${one.name}=${one.value ?? ''}`), ...each.words, ...each.redirects.map((one) => `${one.op} ${one.target}`)].join(' ')).join('\n');
}

const OFFSITE: readonly (readonly [RegExp, string])[] = [
  [/\baws\b.*\bs3(api)?\b|\bs3cmd\b|\bs5cmd\b|\bs3:\/\/|\bmc\s+(cp|mirror|pipe)\b/, 'S3'], [/\bgsutil\b|\bgcloud\s+(alpha\s+)?storage\b|\bgs:\/\//, 'Google Cloud Storage'], [/\baz\s+storage\b|\bazcopy\b|\bwasbs?:\/\//, 'Azure Storage'], [/\brclone\s+(copy|sync|move|rcat|copyto|moveto)\b/, 'rclone'],
  [/\bb2\s+(upload|sync|file)|\bbackblaze/, 'Backblaze B2'], [/\b(rsync|scp)\b.*[\w}"'-]+:[\w/~$.]|\brsync:\/\/|\bsftp\b|\blftp\b|\bssh\b|\bncftpput\b/, 'another host'], [/\b(kopia|duplicity|duplicacy|wal-g|wal-e|pgbackrest|barman|tarsnap|velero)\b/, 'a backup tool'],
  [/\bcurl\b.*(\s-\w*T\b|--upload-file|\s-F\b|--form|--data-binary)/, 'an upload'], [/\bdropbox|\bgdrive\b|\bmega-put\b/i, 'a cloud drive'],
];
const REMOTE_KEEPER = /\b(restic|rustic|borg(matic|backup)?|litestream)\b/;
const LOCAL_REPOSITORY = /(RESTIC_REPOSITORY|BORG_REPO)=["']?\/|\b(restic|rustic)\b.*(-r|--repo)[= ]["']?\/|\bborg\s+create\b.*\s["']?\/[^:\s]*::/;
/** A file system that may be another machine's. */
const MOUNTED = /(^|[\s="'>])\/(mnt|net|nfs|media|Volumes|efs|nas)\//;

/** Where copies go that leave the machine: what a list of commands does with them. */
export function leavesBy(text: string): string | undefined {
  if (REMOTE_KEEPER.test(text) && !LOCAL_REPOSITORY.test(text)) return 'a backup repository';
  return OFFSITE.find(([pattern]) => pattern.test(text))?.[1] ?? (MOUNTED.test(text) ? 'a mounted file system' : undefined);
}

/** Copies of the data that leave the machine, by whatever does it. */
export function offsite(project: Project): readonly Evidence[] {
  return project.once('offsite backups', () => [...byCommands(project), ...byServices(project), ...byFiles(project), ...byCode(project)]);
}

/** A list that copies data itself, or takes the folder of copies further. */
function byCommands(project: Project): readonly Evidence[] {
  return project.units.filter((unit) => COMMAND_KINDS.includes(unit.kind)).flatMap((unit) => commandLists(unit).flatMap((list): readonly Evidence[] => {
    const text = said(list.commands);
    const concerned = isForBackups(list, project) || /back-?ups?\b|\bdumps?\b|pg_dump|mysqldump|mongodump/i.test(text);
    const by = concerned && !/restore/i.test(list.name) ? leavesBy(text) : undefined;
    // What a job of CI dumps is on a machine of somebody else's.
    const job = concerned && (unit.kind === 'workflow' || unit.kind === 'pipeline') && DUMPS.test(text) && !/localhost|127\.0\.0\.1/.test(text) ? 'a job elsewhere' : undefined;
    const where = by ?? job;
    return where === undefined ? [] : [{ path: unit.path, ...(list.commands.find((each) => leavesBy(said([each])) !== undefined) ?? list.commands[0])?.at ?? { start: 0, end: 0 }, text: `copies go to ${where}` }];
  }));
}

const TARGETS = /(^|_)(S3|AWS|AZURE|GCS|GOOGLE|B2|BACKBLAZE|WEBDAV|SSH|SFTP|DROPBOX|RCLONE|RESTIC_REPOSITORY|BUCKET|REMOTE)(_|$)/;

function byServices(project: Project): readonly Evidence[] {
  const mounts = project.of('compose').flatMap((unit) => unit.entries.filter((each) => /^volumes\..*driver_opts\.(type|o|device)$/.test(each.key) && /nfs|cifs|s3fs|glusterfs|sshfs/.test(each.value)).map((each) => ({ path: unit.path, ...each.at, text: 'copies go to a mounted file system' })));
  return [...mounts, ...project.of('compose').flatMap((unit) => unit.services.filter((each) => isBackupService(each) && (each.environment.some((one) => TARGETS.test(one.name)) || each.envFiles.length > 0 || leavesBy(each.image ?? '') !== undefined)).map((each) => ({ path: unit.path, ...each.nameAt, text: `${each.name} copies elsewhere` })))];
}

/** A service that is there to copy data. */
export function isBackupService({ name, image = '' }: Service): boolean {
  return BACKUP.test(name) || BACKUP.test(image) || /backup-local|docker-volume-backup|postgres-backup|mysql-backup|db-backup/.test(image) || KEEPERS.test(`${name} ${image}`);
}

function byFiles(project: Project): readonly Evidence[] {
  return project.paths.filter((path) => /(^|\/)(litestream|pgbackrest|borgmatic|barman|wal-g)[\w.-]*\.(ya?ml|conf|toml)$/.test(path)).filter((path) => {
    const text = project.text(path);
    return text === undefined || /\b(s3|gs|abs|sftp|ssh|https?):\/\/|type:\s*(s3|gcs|abs|sftp)|repo\d*-(host|s3|gcs|azure)|\w@[\w.-]+:/.test(text);
  }).map((path) => ({ path, start: 0, end: 0, text: `${fileName(path)} names another place` }));
}

function byCode(project: Project): readonly Evidence[] {
  return project.modules.filter((module) => BACKUP.test(module.path) || module.functions.some((func) => BACKUP.test(func.name))).flatMap((module) => {
    const found = module.imports.find((each) => /^(boto3|aioboto3|google\.cloud(\.storage)?|azure\.storage|b2sdk|dropbox|paramiko|minio|ftplib|pysftp|webdav\w*)(\.|$)/.test(each.target));
    return found ? [{ path: module.path, ...found.at, text: 'the program uploads copies' }] : [];
  });
}

/** What documents say about copies that leave the machine. */
export function documentedOffsite(project: Project): readonly Evidence[] {
  return documents(project).flatMap((document) => document.sections.filter((each) => /back-?up/i.test(each.title) && /\boff-?site|\bS3\b|\bbucket|another (host|machine|server|provider|region)|\brclone\b|\brestic\b|\bpull(s|ed)?\b.*(from|by)|\breplicat|\bsnapshots?\b|\bscp\b|\brsync\b/i.test(each.body)))
    .slice(0, 1).map((each) => ({ path: each.path, start: each.start, end: each.end, text: `the documentation: ${each.title}` }));
}
