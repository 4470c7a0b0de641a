import type { Judgement, Project, Section } from '../kit';
import { documented, documentNamed, documentPlace, documentsElsewhere, incidentsSkeleton, newDocument, projectRule, sectionAbout } from '../kit';

export default projectRule({
  id: 'incident-response-undocumented',
  title: 'There is a procedure for incidents',
  severity: 'low', points: 1, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: `The first minutes decide the damage, and a leak of data has deadlines by law. Nobody should look for phone numbers then.`,
  how: `One page: who, how to reach them, first steps, how to tell users.`,
  links: ['https://sre.google/sre-book/managing-incidents/'],
  attestable: 'incident-procedure',

  applies: (project) => project.deployable ? true : 'Nothing is deployed from here.',
  project: judge,

  fix: { title: 'Create a page for incidents to fill in', safety: 'safe', remains: 'Say who decides, and how to reach them.', edit: (_gap, { project }) => {
    const path = newDocument(project, 'INCIDENTS');
    return path === undefined ? undefined : [{ path, create: incidentsSkeleton() }];
  } },

  examples: () => ({
    'nothing': { bad: { 'README.md': '# Shop\n', Procfile: 'web: gunicorn app:app\n' } },
    'a runbook that names nobody': {
      bad: { 'docs/RUNBOOK.md': '# Runbook\n## Start and stop\n', Procfile: 'web: gunicorn app:app\n' },
      good: { 'docs/INCIDENTS.md': '# Incidents\n\n## Who decides\n\nThe person on call, who stands in, and how to reach them.\n\n## First steps\n\n1. Tell the person on call.\n2. Write down what you see, and when.\n3. Limit the damage before looking for the cause.\n\n## Telling users\n\nWho writes, where, and how soon. A leak of personal data has a deadline by law.\n\n## Review\n\nWhat happened, what helped, and what will be changed by whom until when.\n' },
    },
    'a heading without a word': { bad: { 'docs/RUNBOOK.md': '# Runbook\n## Incidents\n## Restart\n`systemctl restart shop`\n', Procfile: 'web: gunicorn app:app\n' } },
    'a part of a product about incidents': { bad: { 'docs/settings.md': '# Settings\n## Incident cost calculation\nThe cost of an incident is the hours of all who took part in it.\n', Procfile: 'web: gunicorn app:app\n' } },
    'a page of its own': { good: { 'docs/INCIDENTS.md': '# Incidents\n1. Tell the on-call person (rota in the wiki).\n2. Write down what you see and when.\n', Procfile: 'web: gunicorn app:app\n' } },
    'a section of the runbook': { good: { 'docs/RUNBOOK.md': '# Runbook\n## Escalation\nFirst the on-call developer, then the owner.\n', Procfile: 'web: gunicorn app:app\n' } },
    'what is done after a breach': { good: { 'SECURITY.md': '# Security\n## Data breach\nThe data officer decides within a day whom to tell; mail privacy@example.com first.\n', Procfile: 'web: gunicorn app:app\n' } },
    'documentation that is a site of its own': { severity: 'info', bad: { 'README.md': '# Shopfront\n\nSee [the documentation](https://docs.shopfront.example/) for how to run it.\n', 'pyproject.toml': '[project]\nname = "shopfront"\nversion = "1"\n', Procfile: 'web: gunicorn app:app\n' } },
    'a project to start from': { severity: 'info', bad: { 'README.md': '# Shopfront\n\nA boilerplate for shops, ready to be filled.\n', Procfile: 'web: gunicorn app:app\n' } },
    'documentation of somebody else': { bad: { 'README.md': '# Shop\n\nBuilt with [Flask](https://docs.palletsprojects.example/flask/).\n', Procfile: 'web: gunicorn app:app\n' } },
    'nothing shows that it is deployed': { severity: 'info', bad: { 'README.md': '# Shop\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' } },
    'a library': { good: { 'shapes/square.py': 'def area(side):\n    return side * side\n' } },
  }),
});

const NAME = /(^|\/)(incidents?|incident[-_]response|on[-_]?call|escalation|emergency|post-?mortems?)[^/]*\.(md|rst|adoc|txt)$|(^|\/)(incidents?|post-?mortems?)\/[^/]+\.(md|rst)$/i;
const TITLE = /\b(incidents?|escalations?|on-?call|breach(es)?|outages?|emergenc(y|ies)|post-?mortems?|störungen|notfall\w*|vorfälle|urgences?|incidentes?|emergencias?)\b/i;

/** Parts of a product that is about incidents. */
const FEATURE = /\b(costs?|types?|models?|settings?|priorit(y|ies)|tables?|apis?|fields?|columns?|dashboards?|pages?|forms?|plugins?|feedback|surveys?|calculation|configuration|templates?)\b/i;

function judge(project: Project): Judgement {
  const aside = documentsElsewhere(project);
  const found = documentNamed(project, NAME) ?? sectionAbout(project, TITLE, (each) => !FEATURE.test(each.title) && saysSomething(each));
  return found ? { holds: [documented(found, 'incidents')] } : { open: [{ at: documentPlace(project), message: 'No document says who does what in an incident.', ...(aside && { variation: aside }) }] };
}

function saysSomething({ body }: Section): boolean {
  return (body.replace(/^#+ .*$/gm, '').match(/\p{L}+/gu)?.length ?? 0) >= 6;
}
