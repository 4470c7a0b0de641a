import type { Gap, Judgement, Project } from '../kit';
import { backupScripts, documentedOffsite, isBackupService, offsite, productionCompose, projectRule } from '../kit';

export default projectRule({
  id: 'backup-local-only',
  title: 'Backups leave the machine',
  severity: 'high', points: 12, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'The disk, host or account that loses the database loses the backups with it. Ransomware takes both.',
  how: 'Copy each backup to another provider or account, write-only.',
  links: ['https://restic.readthedocs.io/en/stable/', 'https://www.postgresql.org/docs/current/backup.html', 'https://sre.google/sre-book/data-integrity/'],
  ladder: { name: 'backups', rung: 2 },
  attestable: 'offsite-backup',

  applies: (project) => backupScripts(project).length > 0 || services(project).length > 0 || offsite(project).length > 0 ? true : 'Nothing here makes copies of the data.',
  project: judge,

  examples: () => ({
    'a dump beside the database': { bad: { 'backup.sh': '#!/bin/bash\nset -euo pipefail\npg_dump shop | gzip > /var/backups/shop-$(date +%F).sql.gz\n' } },
    'a service that dumps into a folder': { bad: { 'docker-compose.yml': 'services:\n  backup:\n    image: postgres:16\n    command: sh -c "pg_dump -h db shop > /backups/shop.sql"\n    volumes: ["./backups:/backups"]\n' } },
    'an image that keeps copies here': { bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: postgres:16\n    volumes: ["pg:/var/lib/postgresql/data"]\n  backup:\n    image: prodrigestivill/postgres-backup-local:16\n    volumes: ["./backups:/backups"]\nvolumes: {pg: {}}\n' } },
    'a script of another name, by cron': { bad: { 'ops/nightly.sh': '#!/bin/sh\nset -e\nmysqldump shop > /srv/copies/shop.sql\n', 'ops/crontab': '0 3 * * * root /srv/app/ops/nightly.sh\n' } },
    'a repository on the same disk': { bad: { 'backup.sh': '#!/bin/bash\nset -euo pipefail\nexport RESTIC_REPOSITORY=/srv/restic\npg_dump -Fc shop | restic backup --stdin\n' } },
    'a target of the Makefile': { bad: { Makefile: 'backup:\n\tdocker compose exec -T db pg_dump -U shop shop > backups/shop.sql\n' } },
    'copied by rclone': { good: { 'backup.sh': '#!/bin/bash\nset -euo pipefail\npg_dump shop | gzip > /var/backups/shop-$(date +%F).sql.gz\nrclone copy /var/backups remote:shop\n' } },
    'another script takes the folder': { good: { 'backup.sh': '#!/bin/bash\nset -e\npg_dump shop > /srv/backups/shop.sql\n', 'ops/ship.sh': '#!/bin/bash\nset -e\nrsync -a /srv/backups/ vault@store.example.com:shop/\n' } },
    'litestream': { good: { 'litestream.yml': 'dbs:\n  - path: /srv/app/app.db\n    replicas:\n      - url: s3://bucket/app\n' } },
    'a repository elsewhere': { good: { 'backup.sh': '#!/bin/bash\nset -euo pipefail\npg_dump -Fc shop | restic -r s3:s3.example.com/shop backup --stdin\n' } },
    'a service with a bucket': { good: { 'docker-compose.yml': 'services:\n  backup:\n    image: offen/docker-volume-backup:v2\n    environment:\n      AWS_S3_BUCKET_NAME: shop\n    volumes: ["pg:/backup/pg:ro"]\nvolumes: {pg: {}}\n' } },
    'a mounted file system': { good: { 'backup.sh': '#!/bin/bash\nset -e\npg_dump shop > /mnt/nas/shop.sql\n' } },
    'through a connection to another host': { good: { 'backup.sh': '#!/bin/bash\nset -e\npg_dump shop | gzip | ssh vault@store.example.com "cat > shop.sql.gz"\n' } },
    'the documentation says who pulls': { good: { 'backup.sh': '#!/bin/bash\nset -e\npg_dump shop > /srv/backups/shop.sql\n', 'docs/OPERATIONS.md': '# Operations\n\n## Backups\n\nThe folder is pulled every night from the storage host.\n' } },
    'a developer\'s dump': { good: { 'scripts/dump-dev-db.sh': '#!/bin/bash\nset -e\npg_dump shop_dev > dev.sql\n', 'scripts/restore.sh': '#!/bin/bash\npg_restore -d shop "$1"\n' } },
    'documentation alone': { good: { 'docs/OPS.md': '# Operations\n\n## Backups\n\nUse snapshots.\n', 'docker-compose.yml': 'services:\n  db:\n    image: postgres:16\n    volumes: ["pg:/var/lib/postgresql/data"]\nvolumes: {pg: {}}\n' } },
    'no copies at all': { good: { 'docker-compose.yml': 'services:\n  db:\n    image: postgres:16\n    volumes: ["pg:/var/lib/postgresql/data"]\nvolumes: {pg: {}}\n' } },
  }),
});

function services(project: Project) {
  return productionCompose(project).flatMap((unit) => unit.services.filter((each) => isBackupService(each)).map((service) => ({ unit, service })));
}

function judge(project: Project): Judgement {
  const made = backupScripts(project).length > 0 || services(project).length > 0;
  const leaves = [...offsite(project), ...(made ? documentedOffsite(project) : [])];
  if (leaves.length > 0) return { holds: leaves.slice(0, 3) };
  const [script] = backupScripts(project);
  if (script) return { open: [{ at: { path: script.path, ...script.command.at }, message: `${script.list.name} writes copies only to the machine that holds the data.` }] };
  const open = services(project).slice(0, 1).map(({ unit, service }): Gap => ({ at: { path: unit.path, ...service.nameAt }, message: `${service.name} writes copies only to the machine that holds the data.` }));
  return open.length > 0 ? { open } : { notApplicable: 'Nothing here makes copies of the data.' };
}
