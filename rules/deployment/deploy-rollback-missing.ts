import type { Evidence, Judgement, Project } from '../kit';
import { fileName, projectRule, selfHostedDeploys } from '../kit';

/** An earlier version stays within reach. */
const KEEPS = /\breadlink\b|\breleases?\/|\bcurrent\b|previous|\.bak\b|\bcp\s+-\w+\s+\S+\s+\S*(backup|old|prev)|docker\s+tag\b|IMAGE_TAG|\bTAG[=:]|\b\w*_TAG\b|github\.sha|GITHUB_SHA|CI_COMMIT|git\s+(rev-parse|describe|tag)|\$\{?\w*(SHA|VERSION|RELEASE)\b|--prune=false|blue|green|canary/i;
const ROLLBACK = /roll[- ]?back|\brevert(s|ed|ing)?\b.{0,40}(release|version|deploy|image)|previous (release|version|image|tag)/i;
const ASKS = /\b(curl|wget|httpie|http)\b.*(health|ready|live|ping|status|localhost|127\.0\.0\.1|https?:)|healthcheck|health-check|smoke|--wait\b|wait-for|wait_for/i;
const COPIES = /\b(pg_dump(all)?|mysqldump|mariadb-dump|mongodump|sqlite3\b.*\.backup|restic|borg|dbbackup|pg_basebackup)\b|backup/i;
const WAYS: readonly { readonly pattern: RegExp; readonly says: string }[] = [
  { pattern: KEEPS, says: 'an earlier version is kept' }, { pattern: ROLLBACK, says: 'a way back is written' }, { pattern: COPIES, says: 'the data is copied first' }, { pattern: ASKS, says: 'the new version is asked' },
];
const MIGRATES = /\b(alembic\s+upgrade|db\s+upgrade|manage\.py\s+migrate|migrate\b|prestart)/;

export default projectRule({
  id: 'deploy-rollback-missing',
  title: 'A deploy can be undone in minutes',
  severity: 'medium', points: 6, confidence: 'likely', blocks: 'never', effort: 'M', since: '1',
  why: `The first bad release then becomes an outage as long as the repair. Under pressure people make it worse.`,
  how: `Keep the previous release, write the one command that returns to it, and try it.`,
  links: ['https://sre.google/sre-book/release-engineering/', 'https://sre.google/sre-book/launch-checklist/'],
  attestable: 'rollback-rehearsed',

  applies: (project) => selfHostedDeploys(project).length > 0 ? true : 'No script or workflow here deploys to a server.',
  project: judge,

  examples: () => ({
    'pull and restart': { bad: { 'deploy.sh': '#!/bin/bash\nset -euo pipefail\nssh host \'cd /srv/app && git pull && flask db upgrade && sudo systemctl restart app\'\n' } },
    'a workflow that copies': { bad: { '.github/workflows/deploy.yml': 'on: {push: {branches: [main]}}\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n      - run: rsync -a --delete ./ host:/srv/app/\n      - run: ssh host sudo systemctl restart app\n' } },
    'an action that logs in': { bad: { '.github/workflows/ship.yml': 'on: push\njobs:\n  ship:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: appleboy/ssh-action@v1\n        with:\n          host: example.invalid\n          script: |\n            cd /srv/shop\n            git pull\n            docker compose up -d --build\n' } },
    'a link to the release before': { good: { 'deploy.sh': '#!/bin/bash\nset -euo pipefail\nold=$(ssh host readlink /srv/app/current)\nssh host "ln -sfn $1 /srv/app/current && sudo systemctl restart app"\nssh host "curl -fsS http://127.0.0.1:8000/healthz" || ssh host "ln -sfn $old /srv/app/current && sudo systemctl restart app"\n' } },
    'the documentation tells how': { good: { 'docs/DEPLOY.md': '## Rollback\nRun `IMAGE_TAG=<previous> docker compose up -d`.\n', 'deploy.sh': '#!/bin/sh\nset -e\ndocker compose up -d\n' } },
    'images by commit': { good: { '.github/workflows/deploy.yml': 'on: push\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n      - run: docker build -t registry.invalid/shop:${{ github.sha }} . && docker push registry.invalid/shop:${{ github.sha }}\n      - run: ssh host "IMAGE_TAG=${{ github.sha }} docker compose up -d"\n' } },
    'asked after the restart': { good: { 'deploy.sh': '#!/bin/sh\nset -e\ngit pull\nsystemctl restart shop\ncurl --fail --retry 5 http://127.0.0.1:8000/healthz\n' } },
    'copied before the migration': { good: { 'deploy.sh': '#!/bin/sh\nset -e\npg_dump shop > /srv/copies/before.sql\ngit pull && alembic upgrade head && systemctl restart shop\n' } },
    'a platform that keeps its releases': { good: { '.github/workflows/deploy.yml': 'on: push\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n      - run: flyctl deploy --remote-only\n' } },
    'containers for the tests': { good: { '.github/workflows/test.yml': 'on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: docker compose up -d db\n      - run: pytest\n' } },
    'a script that only starts': { good: { 'start.sh': '#!/bin/sh\ndocker compose up -d\n' } },
  }),
});

function judge(project: Project): Judgement {
  const all = selfHostedDeploys(project);
  const told = documented(project);
  const [first] = all;
  if (!first) return { notApplicable: 'No script or workflow here deploys to a server.' };
  const text = all.map((each) => each.text).join('\n');
  const found = [...(told ? [told] : []), ...WAYS.flatMap(({ pattern, says }): readonly Evidence[] => {
    const deploy = all.find((each) => pattern.test(each.text));
    return deploy ? [{ path: deploy.unit.path, start: deploy.restart.start, end: deploy.restart.end, text: says }] : [];
  })];
  if (found.length > 0) return { holds: found.slice(0, 3) };
  const list = ['keeps no earlier version', ...(MIGRATES.test(text) ? ['copies nothing before it migrates'] : []), 'does not ask whether the new one answers'];
  return { open: [{ at: { path: first.unit.path, start: first.restart.start, end: first.restart.end }, message: `${fileName(first.unit.path)} ${list.slice(0, -1).join(', ')} and ${list.at(-1) ?? ''}, and nothing tells how to go back.` }] };
}

/** A script, a target or a document that tells the way back. */
function documented(project: Project): Evidence | undefined {
  const path = project.paths.find((each) => /roll-?back|revert/i.test(fileName(each)) && !/(^|\/)(tests?|migrations|node_modules)\//.test(each));
  if (path !== undefined) return { path, start: 0, end: 0, text: fileName(path) };
  for (const unit of project.units) {
    if (unit.kind !== 'markdown' && !(unit.kind === 'plain' && unit.format === 'makefile')) continue;
    const at = ROLLBACK.exec(project.text(unit.path) ?? '');
    if (at) return { path: unit.path, start: at.index, end: at.index + at[0].length, text: 'the way back is described' };
  }
  return undefined;
}
