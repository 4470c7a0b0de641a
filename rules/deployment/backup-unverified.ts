import type { BackupScript, Gap, Judgement, Project } from '../kit';
import { backupScripts, documentedOffsite, documents, offsite, programOf, projectRule, said } from '../kit';

export default projectRule({
  id: 'backup-unverified',
  title: 'Backups are checked, pruned and encrypted',
  severity: 'low', points: 3, confidence: 'likely', blocks: 'never', effort: 'M', since: '1',
  why: 'An empty or broken dump looks like a backup for months. The disk also fills until the next dump fails.',
  how: 'Check each dump, prune old ones, encrypt what leaves the machine.',
  links: ['https://www.postgresql.org/docs/current/backup.html', 'https://restic.readthedocs.io/en/stable/'],
  ladder: { name: 'backups', rung: 5 },
  attestable: 'restore-drill',

  applies: (project) => backupScripts(project).length > 0 ? true : 'No script here makes copies of the data.',
  project: judge,

  examples: () => ({
    'nothing but a dump': { bad: { 'backup.sh': '#!/bin/bash\npg_dump shop > /backup/shop.sql\naws s3 cp /backup/shop.sql s3://bucket/shop-$(date +%F).sql\n' } },
    'stopped at errors, and no more': { bad: { 'backup.sh': '#!/bin/bash\nset -e\nmongodump --archive=/backup/db.archive\nrclone copy /backup remote:db\n' } },
    'pruned, and not looked at': { bad: { 'backup.sh': '#!/bin/bash\nset -euo pipefail\nmysqldump shop | gzip > /srv/backups/shop-$(date +%F).sql.gz\nrclone copy /srv/backups remote:shop\nfind /srv/backups -mtime +14 -delete\n' } },
    'a service': { bad: { 'docker-compose.yml': 'services:\n  backup:\n    image: postgres:16\n    command: sh -c "pg_dump -h db shop > /backups/shop.sql"\n    volumes: ["./backups:/backups"]\n' } },
    'all of it': { good: { 'backup.sh': '#!/bin/bash\nset -euo pipefail\nf=/backup/shop-$(date +%F).dump\npg_dump -Fc shop > "$f"\npg_restore --list "$f" > /dev/null\ngpg --batch -r ops@example.com -e "$f"\naws s3 cp "$f.gpg" s3://bucket/\nfind /backup -mtime +14 -delete\n' } },
    'built into the tool': { good: { 'backup.sh': '#!/bin/bash\nset -euo pipefail\npg_dump -Fc shop | restic backup --stdin\nrestic forget --keep-daily 14 --prune\nrestic check\n' } },
    'the size is looked at': { good: { 'backup.sh': '#!/bin/bash\nset -e\nf=/backup/shop.sql\npg_dump shop > "$f"\n[ -s "$f" ] || exit 1\naws s3 cp "$f" s3://bucket/\n' } },
    'checked by another script': { good: { 'backup.sh': '#!/bin/bash\nset -e\npg_dump -Fc shop > /backup/shop.dump\n', 'ops/verify-backup.sh': '#!/bin/bash\nset -e\npg_restore --list /backup/shop.dump > /dev/null\n' } },
    'restored as an exercise': { good: { 'backup.sh': '#!/bin/bash\nset -e\npg_dump -Fc shop > /backup/shop.dump\n', 'docs/DRILLS.md': '# Restore drills\n\n2026-03-01: restored into staging in 12 minutes, row counts were equal.\n' } },
    'SQLite, checked': { good: { 'backup.sh': '#!/bin/sh\nset -e\nsqlite3 app.db ".backup \'/backup/app.db\'"\nsqlite3 /backup/app.db "PRAGMA integrity_check"\n' } },
    'no script': { good: { 'app.py': 'print(1)\n' } },
  }),
});

const BUILT_IN = /\b(restic|rustic|borg(matic|backup)?|litestream|wal-g|wal-e|pgbackrest|barman|kopia|duplicity|duplicacy|tarsnap)\b/;
const CHECKS = /\bpg_restore\b.*(\s-l\b|--list)|\bintegrity_check\b|\bquick_check\b|\b(gzip|gunzip|bzip2|xz|zstd|pigz|lz4)\b.*\s(-\w*t\w*|--test)\b|\b(sha\d+|md5|b2)sum\b|\bshasum\b|\[\[?\s+(!\s+)?-s\b|\btest\s+(!\s+)?-s\b|\bstat\s+(-c|-f|--)|\bwc\s+-c|\bdu\s+-|\btar\b.*\s(-\w*t\w*|tf|tzf|--list|--compare)\b|\bunzip\s+-t|--dryRun\b|\b(verify|check|validate)[-_]?(backup|dump)|\bpg_verifybackup\b|\bgrep\b.*(dump complete|completed on)|\bmysqlcheck\b/i;
const PRUNES = /-mtime\b|-ctime\b|--keep-|--min-age|\bprune\b|\bforget\b|\blogrotate\b|\bsavelog\b|\blifecycle\b|KEEP_DAYS|RETENTION|\btail\s+-n\s*\+|\bhead\s+-n\s*-|\brm\b/i;
const ENCRYPTS = /\b(gpg2?|age|openssl\s+(enc|smime|cms)|ccrypt|sse|--sse\S*|crypt:|gocryptfs|mcrypt)\b/i;

function judge(project: Project): Judgement {
  const scripts = backupScripts(project);
  const everywhere = scripts.map((each) => each.text).join('\n') + checkers(project);
  if (BUILT_IN.test(everywhere) || CHECKS.test(everywhere) || isRehearsed(project)) {
    const checked = scripts.find((each) => BUILT_IN.test(each.text) || CHECKS.test(each.text)) ?? scripts[0];
    return checked ? { holds: [{ path: checked.path, ...checked.command.at, text: `${checked.list.name}: copies are checked` }] } : { notApplicable: 'No script here makes copies of the data.' };
  }
  return { open: scripts.slice(0, 3).map((script): Gap => ({ at: { path: script.path, ...script.command.at }, message: `${script.list.name} has no ${lacking(script, everywhere, project).join(', no ')}.` })) };
}

/** Scripts beside those that copy: what checks copies may run on its own. */
function checkers(project: Project): string {
  return project.of('shell').filter((unit) => /back-?up|dump|restore/i.test(unit.path)).map((unit) => said(unit.commands)).join('\n');
}

/** A document tells of a restore that was tried. */
function isRehearsed(project: Project): boolean {
  return documents(project).some((each) => /restore[ -](drill|test|exercise|rehearsal)|(tested|tried|rehearsed|practised|practiced|verified)\b.{0,40}\brestor|\brestored into (staging|a)/i.test(each.text));
}

function lacking(script: BackupScript, everywhere: string, project: Project): readonly string[] {
  const { unit } = script.list;
  const stops = unit.kind !== 'shell' || /\s-[a-z]*e/.test(unit.interpreter ?? '') || /^set\s.*(-[a-z]*e|errexit)/m.test(script.text) || script.command.condition || /^(\|\||&&)$/.test(script.command.then) || programOf(script.command) === '';
  const leaves = offsite(project).length + documentedOffsite(project).length > 0;
  return ['check of the copy', ...(stops ? [] : ['stop when the dump fails']), ...(PRUNES.test(everywhere) ? [] : ['end for old copies']), ...(ENCRYPTS.test(everywhere) || !leaves ? [] : ['encryption'])];
}
