import type { Evidence, Judgement, Project } from '../kit';
import { deploymentSkeleton, documented, documentNamed, documentPlace, documents, documentsElsewhere, isConcrete, newDocument, projectRule, sectionAbout } from '../kit';

export default projectRule({
  id: 'deployment-guide-missing',
  title: 'Deploying is documented',
  severity: 'low', points: 2, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: `When the one person who knows is away, nobody can ship a fix. Steps done from memory are done differently each time.`,
  how: `Write the exact steps, in order, with the check at the end.`,
  links: ['https://sre.google/sre-book/launch-checklist/'],
  attestable: 'docs-accuracy',

  applies: (project) => project.deployable ? true : 'Nothing is deployed from here.',
  project: judge,

  fix: { title: 'Create a deployment guide to fill in', safety: 'safe', remains: 'Say what only you know.', edit: (_gap, { project }) => {
    const path = newDocument(project, 'DEPLOYMENT');
    return path === undefined ? undefined : [{ path, create: deploymentSkeleton(project) }];
  } },

  examples: () => ({
    'how to run it, and no more': {
      bad: { 'README.md': '# Shop\n## Run\n`flask run`\n', 'app.py': 'import os\nfrom flask import Flask\napp = Flask(__name__)\napp.secret_key = os.environ["SECRET_KEY"]\n@app.get("/healthz")\ndef healthz():\n    return "ok"\n', Procfile: 'web: gunicorn app:app\n' },
      good: { 'docs/DEPLOYMENT.md': '# Deployment\n\n## Before\n\nWhere it runs, who may deploy, and what must be green.\n\n## Variables\n\n| variable | meaning |\n| --- | --- |\n| `SECRET_KEY` | |\n\n## Steps\n\n1. Take the version that was tested.\n2. Start it: `gunicorn app:app`\n\n## Check\n\n`curl -fsS https://HOST/healthz` answers with 200.\n\n## Roll back\n\nThe one command that brings the version before back, and what becomes of the data.\n' },
    },
    'a word without a way': { bad: { 'README.md': '# Shop\nDeployed somewhere.\n', Procfile: 'web: gunicorn app:app\n' } },
    'a badge is no guide': { bad: { 'README.md': '# Shop\n[![Deploy status](https://img.invalid/deploy.svg)](https://ci.invalid)\n', Procfile: 'web: gunicorn app:app\n' } },
    'an empty heading': { bad: { 'README.md': '# Shop\n## Deployment\nTo be written.\n## License\nMIT, see `LICENSE`\n', Procfile: 'web: gunicorn app:app\n' } },
    'what was released, and what an audit found': { bad: { 'CHANGELOG.md': '# Changelog\n## This release mends `login.py`\nSee `app.py`.\n', 'docs/audit/production-readiness.md': '# Production readiness\n1. Set `DEBUG=false`.\n', Procfile: 'web: gunicorn app:app\n' } },
    'a section of the README': { good: { 'README.md': '# Shop\n## Deployment\n`docker compose pull && docker compose up -d` on the server; needs SECRET_KEY and DATABASE_URL.\n', Dockerfile: 'FROM python:3.12-slim\nCMD ["gunicorn", "app:app"]\n' } },
    'a document': { good: { 'docs/deployment.md': '# Deployment\n1. Tag the release.\n2. Run `./deploy.sh v1.2.0`.\n', Procfile: 'web: gunicorn app:app\n' } },
    'a guide to hosting it oneself': { good: { 'docs/self-hosting.rst': 'Self-hosting\n============\n\nRun the image::\n\n    docker run -d -p 8000:8000 shop\n', Procfile: 'web: gunicorn app:app\n' } },
    'a line that leads to the workflow': { good: { 'README.md': '# Shop\nA push to main is deployed by [deploy.yml](.github/workflows/deploy.yml).\n', Procfile: 'web: gunicorn app:app\n' } },
    'the commands of production': { good: { 'README.md': '# Shop\n## Docker\n```\ndocker compose -f compose.prod.yml up -d\n```\n', Dockerfile: 'FROM python:3.12-slim\nCMD ["gunicorn", "app:app"]\n' } },
    'in French': { good: { 'LISEZMOI.md': '# Boutique\n## Mise en production\n`fly deploy`\n', Procfile: 'web: gunicorn app:app\n' } },
    'documentation that is a site of its own': { severity: 'info', bad: { 'README.md': '# Shopfront\n\nSee [the documentation](https://docs.shopfront.example/) for how to run it.\n', 'pyproject.toml': '[project]\nname = "shopfront"\nversion = "1"\n', Procfile: 'web: gunicorn app:app\n' } },
    'documentation of somebody else': { bad: { 'README.md': '# Shop\n\nBuilt with [Flask](https://docs.palletsprojects.example/flask/).\n', Procfile: 'web: gunicorn app:app\n' } },
    'nothing shows that it is deployed': { severity: 'info', bad: { 'README.md': '# Shop\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' } },
    'a library': { good: { 'shapes/square.py': 'def area(side):\n    return side * side\n' } },
  }),
});

const TITLE = /\b(deploy(ing|ment|s)?|productions?|hosting|self[- ]?host(ed|ing)?|go(ing)? live|releas(e|es|ing)|ship(ping)?|hosten|bereitstellung|inbetriebnahme|déploiement|déployer|mise en production|despliegue|desplegar|producción|distribuzione|messa in produzione|implanta[çc][ãa]o|produ[çc][ãa]o)\b/i;
const NAME = /(^|\/)(deploy(ing|ment|ments)?|self[-_]?host(ed|ing)?|hosting|production|release|releasing|going[-_]live)[^/]*\.(md|rst|adoc|txt)$|(^|\/)docs?\/(deploy\w*|ops|operations|hosting)\//i;
/** A sentence of its own, with somewhere to go; images are no sentence. */
const LINE = /\b(deploy(ed|ing|ment|s)?|in production|self-?host\w*)\b/i;
const STARTS = /\b(docker(-| )compose\b[^\n]*\bup\b[^\n]*(-d|--detach)|docker run\b[^\n]*(-d\b|--detach|--restart)|kubectl apply|helm (install|upgrade)|fly(ctl)? deploy|vercel (deploy|--prod)|git push (heroku|dokku)|gcloud (app|run) deploy|eb deploy|ansible-playbook|\.?\/?deploy\.sh)/;

function judge(project: Project): Judgement {
  const aside = documentsElsewhere(project);
  const found = guide(project);
  return found ? { holds: [found] } : { open: [{ at: documentPlace(project), message: 'No document says how a release reaches production.', ...(aside && { variation: aside }) }] };
}

/** What changed, what somebody found, and what became of it, tell nobody how to deploy. */
const REPORTS = /(^|\/)(change-?logs?|changes|history|news|release[-_]?notes?)\b[^/]*$|(^|[/_-])(audits?|reports?|reviews?|readiness|summary|findings|status|improvements?|security|notification|prenotification)([/_.-]|$)/i;

function guide(project: Project): Evidence | undefined {
  const named = documentNamed(project, NAME, REPORTS);
  if (named) return documented(named, 'deploying is written down');
  const section = sectionAbout(project, TITLE, (each) => !REPORTS.test(each.path) && isConcrete(each.body));
  if (section) return documented(section, 'deploying is written down');
  for (const document of documents(project)) {
    if (REPORTS.test(document.path)) continue;
    const line = document.text.split('\n').map((each) => each.replace(/!\[[^\]]*\]\([^)]*\)/g, '').replace(/\[\]\([^)]*\)/g, '')).find((each) => LINE.test(each) && isConcrete(each));
    if (line !== undefined || STARTS.test(document.text)) return documented(document, 'deploying is written down');
  }
  return undefined;
}
