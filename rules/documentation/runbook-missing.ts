import type { Document, Judgement, Project, Section } from '../kit';
import { documented, documentPlace, documents, documentsElsewhere, newDocument, projectRule, runbookSkeleton } from '../kit';

/** What somebody needs who is called at night. */
const TOPICS: readonly (readonly [string, RegExp])[] = [
  ['start and stop', /\b(start(ing|up)?|stop(ping)?|restart(ing)?|shut ?down|run(ning)? in production|service management|neustart|redémarr\w*|reiniciar|iniciar)\b/i],
  ['monitoring and alerts', /\b(monitor(ing)?|alert(s|ing)?|metrics|dashboards?|logs?|logging|health ?checks?|observability|überwachung|surveillance|monitoreo|monitoraggio)\b/i],
  ['troubleshooting', /\b(troubleshoot(ing)?|failure modes?|known (problems|issues)|debugging|common (problems|issues|errors)|faq|fehlersuche|störung\w*|dépannage|solución de problemas|problemas)\b/i],
  ['recovery', /\b(recover(y|ing)?|restor(e|ing|ation)|disaster|roll ?-?back|back-?ups?|failover|wiederherstell\w*|restauration|recuperaci[oó]n|ripristino)\b/i],
  ['routine tasks', /\b(routine|maintenance|housekeeping|scheduled (jobs|tasks)|cron( jobs)?|rotat(e|ion|ing)|clean-?up|upgrad(e|ing)|scal(e|ing)|wartung|entretien|mantenimiento|manutenzione|administration)\b/i],
];
/** With so many of them a runbook is one. */
const ENOUGH = 3;

export default projectRule({
  id: 'runbook-missing',
  title: 'Operations have a runbook',
  severity: 'low', points: 3, confidence: 'likely', blocks: 'never', effort: 'M', since: '1',
  why: `At three in the morning people follow steps, they do not think. Without them the outage lasts until the author wakes up.`,
  how: `Write down what you do when it breaks, after each time it breaks.`,
  links: ['https://sre.google/sre-book/managing-incidents/', 'https://sre.google/sre-book/being-on-call/'],
  attestable: 'docs-accuracy',

  applies: (project) => project.deployable ? true : 'Nothing is deployed from here.',
  project: judge,

  fix: { title: 'Create a runbook to fill in', safety: 'safe', remains: 'Say what only you know.', edit: (gap, { project }) => {
    const path = gap.variation ? undefined : newDocument(project, 'RUNBOOK');
    return path === undefined ? undefined : [{ path, create: runbookSkeleton(project) }];
  } },

  examples: () => ({
    'how to run it, and no more': {
      bad: { 'README.md': '# Shop\n## Run\n`flask run`\n', Procfile: 'web: gunicorn app:app\n' },
      good: { 'docs/RUNBOOK.md': '# Runbook\n\n## Start and stop\n\n```sh\ngunicorn app:app\n```\n\n## Monitoring and alerts\n\nWhat is watched, where the logs are, and who is told.\n\n## Troubleshooting\n\nWhat has gone wrong before, how it showed, and what helped.\n\n## Recovery\n\nHow the data is restored, and where that was last tried.\n\n## Routine tasks\n\nWhat has to be done every week, month and year.\n' },
    },
    'notes for developers': { bad: { 'docs/dev.md': '# Development\nUse a virtualenv.\n', Dockerfile: 'FROM python:3.12-slim\nCMD ["gunicorn", "app:app"]\n' } },
    'a runbook of one page half empty': { bad: { 'docs/RUNBOOK.md': '# Runbook\n## Start and stop\n`systemctl restart shop`\n', Procfile: 'web: gunicorn app:app\n' }, severity: 'info' },
    'a heading of the README': { bad: { 'README.md': '# Shop\n## Troubleshooting\nClear the cache.\n', Procfile: 'web: gunicorn app:app\n' }, severity: 'info' },
    'a runbook': { good: { 'docs/RUNBOOK.md': '# Runbook\n## Start and stop\n## Monitoring and alerts\n## Troubleshooting\n## Recovery\n', Procfile: 'web: gunicorn app:app\n' } },
    'operations': { good: { 'OPERATIONS.md': '# Operations\n## Restart\n`systemctl restart shop`\n## Alerts\n## Known problems\n', Procfile: 'web: gunicorn app:app\n' } },
    'spread over several documents': { good: { 'docs/ops/monitoring.md': '# Monitoring\nGrafana.\n', 'docs/ops/restore.md': '# Restore\n`pg_restore`\n', 'docs/ops/troubleshooting.md': '# Troubleshooting\nSee the logs.\n', Procfile: 'web: gunicorn app:app\n' } },
    'documentation that is a site of its own': { severity: 'info', bad: { 'README.md': '# Shopfront\n\nSee [the documentation](https://docs.shopfront.example/) for how to run it.\n', 'pyproject.toml': '[project]\nname = "shopfront"\nversion = "1"\n', Procfile: 'web: gunicorn app:app\n' } },
    'names to fill in are no site': { bad: { 'README.md': '# Shopfront\n\nSee https://github.com/your-username/shopfront/wiki, then open http://docs.shopfront.localhost:8000/.\n', Procfile: 'web: gunicorn app:app\n' } },
    'one page deep in a site': { bad: { 'README.md': '# Shopfront\n\nTranslations: https://docs.shopfront.example/en/dev/internals/contributing/localizing/.\n', Procfile: 'web: gunicorn app:app\n' } },
    'a project to start from': { severity: 'info', bad: { 'README.md': '# Shopfront\n\nA boilerplate for shops, ready to be filled.\n', Procfile: 'web: gunicorn app:app\n' } },
    'documentation of somebody else': { bad: { 'README.md': '# Shop\n\nBuilt with [Flask](https://docs.palletsprojects.example/flask/).\n', Procfile: 'web: gunicorn app:app\n' } },
    'nothing shows that it is deployed': { severity: 'info', bad: { 'README.md': '# Shop\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' } },
    'a library': { good: { 'shapes/square.py': 'def area(side):\n    return side * side\n' } },
  }),
});

const NAME = /(^|\/)(runbooks?|operations?|ops|playbooks?|operating|admin(istration)?([-_]guide)?|maintenance|troubleshooting)[^/]*\.(md|rst|adoc|txt)$|(^|\/)(runbooks?|ops|operations|playbooks)\/[^/]+\.(md|rst|adoc|txt)$/i;
const TITLE = /\b(run ?-?books?|operations?|operating|maintenance|troubleshooting|on-?call|betrieb|exploitation|operaciones|operação)\b/i;

function judge(project: Project): Judgement {
  const aside = documentsElsewhere(project);
  const own = documents(project).filter((each) => NAME.test(each.path));
  const sections = documents(project).flatMap((each) => each.sections.filter((one) => TITLE.test(one.title)));
  if (own.length === 0 && sections.length === 0) return { open: [{ at: documentPlace(project), message: 'No document tells those who run the application what to do when it breaks.', ...(aside && { variation: aside }) }] };
  const covered = TOPICS.filter(([, pattern]) => own.some((each) => isAbout(each, pattern)) || sections.some((each) => pattern.test(`${each.title}\n${titlesIn(each)}`)));
  const found = own[0] ?? sections[0];
  if (covered.length >= ENOUGH || !found) return { holds: found ? [documented(found, covered.map(([name]) => name).join(', '))] : [] };
  const lacking = TOPICS.filter((each) => !covered.includes(each)).map(([name]) => name);
  return { open: [{ at: { path: found.path, start: 'title' in found ? found.start : 0, end: 'title' in found ? found.end : 0 }, message: `What there is for operations says nothing of ${lacking.slice(0, -1).join(', ')} and ${lacking.at(-1) ?? ''}.`, variation: { severity: 'info', because: 'something is written down' } }] };
}

function isAbout(document: Document, pattern: RegExp): boolean {
  return pattern.test(document.name.replace(/[-_]/g, ' ')) || document.sections.some((each) => pattern.test(each.title));
}

/** Headings below a section. */
function titlesIn({ body }: Section): string {
  return body.match(/^#{2,6} .*$/gm)?.join('\n') ?? '';
}
