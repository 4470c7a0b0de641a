import type { Deploy, Gap, Judgement, Project } from '../kit';
import { RESTARTS, fileName, projectRule, selfHostedDeploys } from '../kit';

/** New files come into the folder that the service runs from. */
const COPIES = /\b(scp|rsync|sftp)\b|\btar\s+-?[a-z]*x|\btar\s.*--extract\b|\bunzip\b/;
const PULLS = /\bgit\b.*\b(pull|reset\s+--hard|checkout|merge)\b/;
/** One link, slot or image is switched. */
const SWITCHES = /\bln\s+-\w*s|\bmv\s+-\w*T|\/releases?\b|\/current\b|\bblue\b|\bgreen\b|\b\w*(RELEASE|TIMESTAMP|SLOT)\w*\b|\$\(date/;
const IMAGES = /\b(docker|podman|docker-compose|nerdctl|kubectl|helm|flyctl|vercel|kamal|nomad|heroku)\b/;
const STEADY = /\bmaintenance\b|\b(systemctl|supervisorctl|service|pm2)\b.*\bstop\b/;

export default projectRule({
  id: 'deploy-not-atomic',
  title: 'Deploys switch versions in one step',
  severity: 'high', points: 12, confidence: 'likely', blocks: 'never', effort: 'M', since: '1',
  why: 'A failed copy leaves half the old and half the new code running, with no way back. Requests during the copy see both.',
  how: 'Unpack beside the live version, test it, then move one symlink or image tag.',
  links: ['https://capistranorb.com/documentation/getting-started/structure/', 'https://sre.google/sre-book/release-engineering/'],

  applies: (project) => selfHostedDeploys(project).length > 0 ? true : 'No script or workflow here deploys to a server.',
  project: judge,

  examples: () => ({
    'unpacked over the live version': { bad: { 'deploy.sh': '#!/bin/bash\nset -euo pipefail\nscp build.tgz host:/tmp/\nssh host \'tar xzf /tmp/build.tgz -C /srv/app && sudo systemctl restart app\'\n' } },
    'mirrored over it by a workflow': { bad: { '.github/workflows/deploy.yml': 'on: {push: {branches: [main]}}\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n      - run: rsync -a --delete ./ host:/srv/app/\n      - run: ssh host sudo systemctl restart app\n' } },
    'pulled in the live folder': { severity: 'medium', bad: { '.github/workflows/deploy.yml': 'on: {push: {branches: [main]}}\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n      - run: ssh host "cd /srv/app && git pull && sudo systemctl restart app"\n' } },
    'an action that pulls': { severity: 'medium', bad: { '.github/workflows/ship.yml': 'on: push\njobs:\n  ship:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: appleboy/ssh-action@v1\n        with:\n          host: example.invalid\n          script: |\n            cd /srv/shop\n            git reset --hard origin/main\n            supervisorctl restart shop\n' } },
    'a target of the Makefile': { bad: { Makefile: 'deploy:\n\trsync -a app/ host:/srv/app/\n\tssh host sudo systemctl restart app\n' } },
    'a folder for each release, and a link': { good: { 'deploy.sh': '#!/bin/bash\nset -euo pipefail\nrel=/srv/app/releases/$(date +%s)\nssh host "mkdir -p $rel" && scp build.tgz host:/tmp/\nssh host "tar xzf /tmp/build.tgz -C $rel && ln -sfn $rel /srv/app/current && sudo systemctl restart app && curl -fsS http://127.0.0.1:8000/healthz"\n' } },
    'images': { good: { 'deploy.sh': '#!/bin/bash\nset -euo pipefail\ndocker compose pull\ndocker compose up -d\n', '.github/workflows/deploy.yml': 'on: push\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n      - run: scp compose.yml host:/srv/app/\n      - run: ssh host "cd /srv/app && docker compose pull && docker compose up -d"\n' } },
    'pulled, and built into an image': { good: { 'deploy.sh': '#!/bin/sh\nset -e\ngit pull\ndocker compose up -d --build\n' } },
    'stopped meanwhile': { good: { 'deploy.sh': '#!/bin/sh\nset -e\nssh host sudo systemctl stop app\nrsync -a app/ host:/srv/app/\nssh host sudo systemctl restart app\n' } },
    'a platform': { good: { '.github/workflows/deploy.yml': 'on: push\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n      - run: flyctl deploy --remote-only\n' } },
    'a restart and nothing else': { good: { 'deploy.sh': '#!/bin/sh\nset -e\nssh host sudo systemctl restart app\n' } },
    'a restart before, for something else': { good: { 'deploy.sh': '#!/bin/sh\nset -e\nsystemctl reload nginx\nrsync -a site/ host:/srv/site/\n' } },
  }),
});

function judge(project: Project): Judgement {
  const all = selfHostedDeploys(project);
  const open = all.flatMap((deploy) => gapOf(deploy)).slice(0, 3);
  if (open.length > 0) return { open };
  const switched = all.filter((each) => SWITCHES.test(each.script) || IMAGES.test(each.script));
  return switched.length > 0 ? { holds: switched.slice(0, 3).map((each) => ({ path: each.unit.path, ...each.restart, text: IMAGES.test(each.script) ? 'an image is switched' : 'a release is switched' })) } : { notApplicable: 'Nothing is copied over a running version.' };
}

function gapOf({ unit, script, restart }: Deploy): readonly Gap[] {
  if (SWITCHES.test(script) || IMAGES.test(script) || STEADY.test(script)) return [];
  const lines = script.split(/\n|&&|;/);
  const restarted = lines.findLastIndex((each) => RESTARTS.test(each));
  const before = lines.slice(0, Math.max(0, restarted));
  const copies = before.some((each) => COPIES.test(each));
  if (!copies && !before.some((each) => PULLS.test(each))) return [];
  const at = { path: unit.path, ...restart };
  if (copies) return [{ at, message: `${fileName(unit.path)} overwrites the folder that runs, then restarts.` }];
  return [{ at, message: `${fileName(unit.path)} pulls into the folder that runs, then restarts.`, variation: { severity: 'medium', points: 6, because: 'git changes the files and can go back' } }];
}
