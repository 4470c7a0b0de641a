import type { Evidence, Judgement, Project } from '../kit';
import { applicationName, fileName, gapPlace, projectRule, webFrameworks } from '../kit';

/** Files of platforms and tools that start an application, and which no reader of ours takes apart. */
const DEFINES = /(^|\/)(serverless\.(ya?ml|json|ts)|zappa_settings\.(json|ya?ml|toml|py)|chalice\.json|\.chalice\/|template\.ya?ml|samconfig\.toml|captain-definition|skaffold\.ya?ml|chart\.ya?ml|kustomization\.ya?ml|helmfile\.ya?ml|dokku\S*|app\.json|nixpacks\.toml|passenger_wsgi\.py|\.ebextensions\/|\.elasticbeanstalk\/|dockerrun\.aws\.json|config\/deploy\.ya?ml|web\.config|uwsgi\.\w+|\.platform(\.app)?\.ya?ml|flake\.nix|default\.nix|shell\.nix|snapcraft\.ya?ml|.*\.tf|.*\.nomad(\.hcl)?|playbooks?\/|ansible\/|.*playbook.*\.ya?ml|vagrantfile|manifest\.yml|space\.ya?ml|pulumi\.ya?ml|fabfile\.py|gunicorn[\w.-]*\.py|runtime\.txt|.*\.wsgi|plesk\S*|toolforge\S*|service\.template|deploy[\w-]*\.(sh|py|ya?ml|bat|ps1)|(start|run|serve)[\w-]*\.(sh|bat|ps1|cmd))$/i;

export default projectRule({
  id: 'deployment-definition-missing',
  title: 'How the app is run is written down as code',
  severity: 'info', points: 0, confidence: 'likely', blocks: 'never', effort: 'M', since: '1',
  why: `The running server is then a hand-made thing nobody can repeat. Most other deployment checks have nothing to look at.`,
  how: `Commit the file that starts it, however small.`,
  links: ['https://12factor.net/build-release-run'],
  attestable: 'environments-defined',

  applies(project) {
    if (webFrameworks(project).size === 0) return 'No web application is made here.';
    return hostedElsewhere(project) ? 'The documentation says that it is deployed from elsewhere.' : true;
  },
  project: judge,

  examples: () => ({
    'only a README': { bad: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', 'README.md': 'Run `python app.py`.\n' } },
    'Django and nothing else': { bad: { 'shop/settings.py': 'INSTALLED_APPS = []\nROOT_URLCONF = "shop.urls"\n', 'manage.py': 'print(1)\n' } },
    'a Procfile': { good: { Procfile: 'web: gunicorn app:app\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' } },
    'a compose file': { good: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', 'docker-compose.yml': 'services:\n  web: {build: ., restart: unless-stopped}\n  db: {image: "postgres:16", volumes: ["pg:/var/lib/postgresql/data"]}\nvolumes: {pg: {}}\n' } },
    'functions': { good: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', 'serverless.yml': 'service: shop\n' } },
    'a workflow that deploys': { good: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', '.github/workflows/ship.yml': 'on: push\njobs:\n  ship:\n    runs-on: ubuntu-latest\n    steps:\n      - run: gcloud run deploy shop --source .\n' } },
    'deployed from elsewhere': { good: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', 'README.md': '# Shop\n\nDeployment lives in the shop-infra repository.\n' } },
    'a library': { good: { 'prices/__init__.py': 'def price():\n    return 1\n', 'pyproject.toml': '[project]\nname = "prices"\n' } },
  }),
});

function judge(project: Project): Judgement {
  const found = definitions(project);
  if (found.length > 0) return { holds: found.slice(0, 3) };
  return { open: [{ at: gapPlace(project, 'WSGI_APPLICATION', 'INSTALLED_APPS'), message: `No file says how ${applicationName(project) === 'The project' ? 'the project' : applicationName(project)} is started: no container, service, platform or deploy file.` }] };
}

function definitions(project: Project): readonly Evidence[] {
  const units = project.units.filter((unit) => unit.kind === 'dockerfile' || unit.kind === 'compose' || unit.kind === 'procfile' || unit.kind === 'platform' || unit.kind === 'kubernetes' || (unit.kind === 'ini' && (unit.format === 'systemd' || unit.sections.some((each) => /^(program:|uwsgi)/.test(each.name)))));
  const backing = project.of('compose').flatMap((unit) => unit.services.flatMap((each) => each.image && !each.build ? [each.image] : []));
  const named = project.paths.filter((path) => DEFINES.test(path) && !/(^|\/)(tests?|node_modules)\//.test(path));
  const workflows = [...project.of('workflow').flatMap((unit) => unit.jobs.flatMap((job) => job.steps.flatMap((step) => [...(step.uses ? [{ unit, at: step.at, text: step.uses }] : []), ...step.commands.map((each) => ({ unit, at: each.at, text: each.words.join(' ') }))])))]
    .filter((each) => /\bdeploy\b|\brsync\b|\bssh\b|\bscp\b|kubectl|helm\b|flyctl|heroku|azure\/webapps|docker (stack|push)|build-push-action/i.test(each.text)).map(({ unit, at, text }) => ({ path: unit.path, start: at.start, end: at.end, text: text.slice(0, 60) }));
  return [...units.map((unit) => ({ path: unit.path, start: 0, end: 0, text: `${fileName(unit.path)}${unit.kind === 'compose' && backing.length > 0 ? `, with ${backing.slice(0, 3).join(', ')}` : ''}` })), ...named.map((path) => ({ path, start: 0, end: 0, text: fileName(path) })), ...workflows];
}

function hostedElsewhere(project: Project): boolean {
  return project.of('markdown').some((unit) => /\b(deploy(ed|ment|s)?|infrastructure|hosting|hosted)\b[^.\n]{0,60}\b(repo(sitory)?|elsewhere|separate(ly)?)\b/i.test(project.text(unit.path) ?? ''));
}
