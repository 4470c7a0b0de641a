import type { Dotenv, Judgement, NewFile, Edit, Project, Variable } from '../kit';
import { declarationsOf, fileName, insert, listed, projectRule, readVariables, variablesWithoutDefault } from '../kit';

/** Fewer variables are found by reading the code. */
const FEW = 3;

export default projectRule({
  id: 'env-example-incomplete',
  title: 'The example env file lists every variable the code reads',
  severity: 'low', points: 2, confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: `A new server is set up from this file, and a name it lacks is found out in production. It is also the list a release is checked against.`,
  how: `Name every variable that has no default in .env.example, without its value, and keep the file in step with the code.`,
  links: ['https://12factor.net/config'],
  anchors: ['CWE-1188'],

  applies: (project) => readVariables(project).length >= FEW || 'The code reads fewer than three variables of the environment.',
  project: judge,

  fix: { title: 'Write the missing names', safety: 'safe', edit: (_gap, { project }) => writing(project) },

  examples: () => ({
    'nothing lists them': {
      bad: 'import os\nA = os.environ["DATABASE_URL"]\nB = os.environ["SECRET_KEY"]\nC = os.environ["MAIL_URL"]\n',
      good: { 'app.py': 'import os\nA = os.environ["DATABASE_URL"]\nB = os.environ["SECRET_KEY"]\nC = os.environ["MAIL_URL"]\n', '.env.example': 'DATABASE_URL=\nSECRET_KEY=\nMAIL_URL=\n' },
    },
    'an example that lacks some': {
      bad: { '.env.example': 'DATABASE_URL=\n', 'app.py': 'import os\nA = os.environ["DATABASE_URL"]\nB = os.environ["SECRET_KEY"]\nC = os.environ["MAIL_URL"]\n' },
      good: { '.env.example': 'DATABASE_URL=\nSECRET_KEY=\nMAIL_URL=\n' },
    },
    'an example of the back end, through a helper and a settings class': {
      bad: {
        'backend/.env.example': '# the database\nDB_URL=postgres://localhost/shop',
        'backend/app/env.py': 'import os\n\n\ndef need(name):\n    return os.environ[name]\n',
        'backend/app/settings.py': 'from pydantic_settings import BaseSettings\nfrom app.env import need\n\n\nclass Settings(BaseSettings):\n    db_url: str\n    stripe_key: str\n    page_size: int = 20\n\n\nBUCKET = need("UPLOAD_BUCKET")\nBROKER = need("DB_URL")\n',
      },
      good: { 'backend/.env.example': '# the database\nDB_URL=postgres://localhost/shop\nSTRIPE_KEY=\nUPLOAD_BUCKET=\n' },
    },
    'all of them are listed': { good: { '.env.example': 'DATABASE_URL=\nSECRET_KEY=\nMAIL_URL=\n', 'app.py': 'import os\nA = os.environ["DATABASE_URL"]\nB = os.environ["SECRET_KEY"]\nC = os.environ["MAIL_URL"]\n' } },
    'commented out is listed too': { good: { '.env.sample': 'DATABASE_URL=\nSECRET_KEY=\n# MAIL_URL=smtp://mail\n', 'app.py': 'import os\nA = os.environ["DATABASE_URL"]\nB = os.environ["SECRET_KEY"]\nC = os.environ.get("MAIL_URL")\n' } },
    'a table in the README instead': {
      good: { 'README.md': '| variable | meaning |\n| --- | --- |\n| DATABASE_URL | database |\n| SECRET_KEY | signing key |\n| MAIL_URL | mail service |\n', 'app.py': 'import os\nA = os.environ["DATABASE_URL"]\nB = os.environ["SECRET_KEY"]\nC = os.environ["MAIL_URL"]\n' },
    },
    'compose names what it passes on': {
      good: { 'compose.yml': 'services:\n  web:\n    build: .\n    environment:\n      - DATABASE_URL\n      - SECRET_KEY=${SECRET_KEY}\n      - MAIL_URL\n', 'app.py': 'import os\nA = os.environ["DATABASE_URL"]\nB = os.environ["SECRET_KEY"]\nC = os.environ["MAIL_URL"]\n' },
    },
    'a settings class is the list': { good: { 'settings.py': 'from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n    database_url: str\n    secret_key: str\n    mail_url: str\n' } },
    'they have defaults': { good: { '.env.example': 'DATABASE_URL=\n', 'app.py': 'import os\nA = os.environ["DATABASE_URL"]\nB = os.getenv("PAGE_SIZE", "20")\nC = os.getenv("THEME") or "light"\nD = os.environ.get("LANG_DEFAULT", "en")\n' } },
    'what systems and hosts set': { good: { '.env.example': 'DATABASE_URL=\n', 'app.py': 'import os\nA = os.environ["DATABASE_URL"]\nB = os.environ["PORT"]\nC = os.environ.get("HOME")\nD = os.environ.get("DYNO")\nE = os.environ.get("KUBERNETES_SERVICE_HOST")\n' } },
    'only tests and scripts read them': { good: { '.env.example': 'DATABASE_URL=\n', 'tests/test_pay.py': 'import os\nA = os.environ["PAY_KEY"]\n', 'scripts/load.py': 'import os\nB = os.environ["DUMP_URL"]\n', 'app.py': 'import os\nA = os.environ["DATABASE_URL"]\nB = os.getenv("X_SIZE", "1")\nC = os.getenv("Y_SIZE", "1")\n' } },
    'names in another case': { good: { '.env.example': 'database_url=\nsecret_key=\nmail_url=\n', 'settings.py': 'from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n    database_url: str\n    secret_key: str\n    mail_url: str\n' } },
    'a chart gives them': { good: { 'deploy/chart/values.yaml': 'env:\n  DATABASE_URL: ""\n  SECRET_KEY: ""\n  MAIL_URL: ""\n', 'app.py': 'import os\nA = os.environ["DATABASE_URL"]\nB = os.environ["SECRET_KEY"]\nC = os.environ["MAIL_URL"]\n' } },
  }),
});

function judge(project: Project): Judgement {
  const example = exampleFile(project);
  const missing = missingFrom(example, project).map((each) => each.name);
  if (!example && missing.length < FEW) return readVariables(project).length - missing.length > 0 && missing.length === 0 ? { holds: [evidence(project)] } : { notApplicable: 'There are too few variables without a default to need a list.' };
  if (missing.length === 0) return { holds: [evidence(project)] };
  const first = missingFrom(example, project)[0]?.reads[0];
  const at = example ? { path: example.path, start: 0, end: 0 } : first ? { path: first.path, start: first.start, end: first.end } : project.anchor;
  const message = example ? `${fileName(example.path)} does not list ${listed(missing)}, which the code reads without a default.` : `No example env file, and no document, lists ${listed(missing)}.`;
  return { open: [{ at, message, related: missingFrom(example, project).slice(0, 10).flatMap(({ name, reads }) => reads.slice(0, 1).map((each) => ({ path: each.path, start: each.start, end: each.end, text: `reads ${name}` }))) }] };
}

function evidence(project: Project): { path: string; start: number; end: number; text: string } {
  const example = exampleFile(project);
  const count = variablesWithoutDefault(project).length;
  return { path: example?.path ?? project.anchor.path, start: 0, end: 0, text: example ? count === 1 ? 'the only variable without a default is listed' : `${count} of ${count} variables without a default are listed` : 'variables without a default are documented' };
}

/** The example that names most of what the code reads; none that names nothing of it. */
function exampleFile(project: Project): Dotenv | undefined {
  const read = new Set(readVariables(project).map((each) => each.name.toUpperCase()));
  const shared = (unit: Dotenv) => unit.variables.filter((each) => read.has(each.name.toUpperCase())).length;
  return project.of('dotenv').filter((each) => each.example && shared(each) > 0).sort((a, b) => shared(b) - shared(a) || a.path.length - b.path.length)[0];
}

function missingFrom(example: Dotenv | undefined, project: Project): readonly Variable[] {
  return variablesWithoutDefault(project).filter((variable) => {
    if (!example && variable.reads.some(({ read }) => read.how === 'field')) return false;
    return !declarationsOf(variable, project).some((each) => each.kind !== 'ci' && each.kind !== 'build');
  });
}

function writing(project: Project): readonly (Edit | NewFile)[] | undefined {
  const example = exampleFile(project);
  const lines = missingFrom(example, project).map((each) => `${each.name}=\n`).join('');
  if (lines === '') return undefined;
  if (!example) return [{ path: '.env.example', create: lines }];
  const text = project.text(example.path);
  return text === undefined ? undefined : [{ ...insert(text.length, `${text === '' || text.endsWith('\n') ? '' : '\n'}${lines}`), path: example.path }];
}
