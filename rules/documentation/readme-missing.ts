import type { Document, Judgement, Project } from '../kit';
import { documentPlace, documented, documents, fileName, newReadme, projectRule, readme, readmeSkeleton } from '../kit';

/** Fewer words tell nobody what the application is. */
const WORDS = 15;

export default projectRule({
  id: 'readme-missing',
  title: 'The README says what the app is and how to run it',
  severity: 'low', points: 2, confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: `The next person, often you in a year, starts here. Without it every task begins with reading the code.`,
  how: `Purpose, set-up, tests, configuration, deploy: one screen each.`,
  links: ['https://www.makeareadme.com/'],

  project: judge,

  fix: { title: 'Create a README to fill in', safety: 'safe', remains: 'Say what only you know.', edit: (_gap, { project }) => {
    const path = newReadme(project);
    return path === undefined ? undefined : [{ path, create: readmeSkeleton(project) }];
  } },

  examples: () => ({
    'none at all': {
      bad: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', 'requirements.txt': 'flask==3.1.0\n' },
      good: { 'README.md': '# memory\n\nWhat it is, for whom, and what it does not do.\n\n## Run\n\n```sh\npip install -r requirements.txt\nflask run\n```\n\n## Deploy\n\nHow a release reaches production, or the document that says so.\n' },
    },
    'a name alone': { bad: { 'README.md': '# Shop\n', 'app.py': 'print("shop")\n' } },
    'what it is, but not how to run it': { bad: { 'README.md': '# Shop\nAn online shop for spare parts, built with much love for two warehouses in the north and one in the south.\n', 'app.py': 'print("shop")\n' } },
    'the page of a generator': { bad: { 'README.md': '# Getting Started with Create React App\n\nThis project was bootstrapped with [Create React App](https://github.com/facebook/create-react-app).\n\n## Available Scripts\n\nIn the project directory, you can run:\n\n### `npm start`\n\nRuns the app in the development mode.\n', 'app.py': 'print("shop")\n' } },
    'purpose and start': { good: { 'README.md': '# Shop\nAn online shop for spare parts, built with Flask and PostgreSQL for two warehouses.\n## Run\n`flask run`\n' } },
    'reStructuredText': { good: { 'README.rst': 'Shop\n====\nAn online shop for spare parts with a small back office for two warehouses.\n\nInstallation\n------------\n``pip install -r requirements.txt``\n' } },
    'in German': { good: { 'README.md': '# Laden\nEin Laden für Ersatzteile mit einer kleinen Verwaltung für zwei Lager, gebaut mit Django.\n## Einrichtung\nSiehe unten.\n' } },
    'commands without a heading of their own': { good: { 'README.md': '# Shop\nAn online shop for spare parts, built with Django and PostgreSQL for two warehouses.\n\n```\npython manage.py migrate\npython manage.py runserver\n```\n' } },
    'a short page that leads to the documentation': { good: { 'README.md': '# Shop\nAn online shop for spare parts. [Documentation](docs/index.md)\n', 'docs/index.md': '# Shop\n## Installation\nRun `docker compose up`.\n' } },
    'of an application in a folder': { good: { 'backend/app.py': 'from flask import Flask\napp = Flask(__name__)\n', 'README.md': '# Shop\nAn online shop for spare parts, built with Flask and PostgreSQL for two warehouses.\n## Getting started\n`flask run`\n' } },
  }),
});

const SETS_UP = /\b(set-?\s?up|install(ation|ing)?|run(ning)?|start(ed|ing|up)?|usage|use|quick\s?-?start|develop(ment|ing)?|launch|build(ing)?|deploy(ment|ing)?|einrichtung|installieren|starten|benutzung|entwicklung|démarrage|utilisation|lancer|instalaci[oó]n|uso|ejecutar|puesta en marcha|installazione|avvio|instala[cç][aã]o|execu[cç][aã]o|executar)\b/i;
const COMMANDS = /\b(flask (--\S+ )*run|python[\d.]* -?\S*(manage|app|main|run|wsgi|server)\S*|manage\.py|uvicorn|gunicorn|fastapi (dev|run)|npm (start|run|install|ci)|yarn( \w+)?|pnpm|docker(-compose| compose)? (up|run|build)|docker-compose|make \w+|pip3? install|uv (sync|run)|poetry (install|run)|\.\/\w+\.sh)\b/;
const GENERATED = /bootstrapped with \[(Create React App|`create-next-app`)|This template (provides a minimal setup|should help get you started)|React \+ (TypeScript \+ )?Vite|project was generated with \[Angular CLI\]/i;

function judge(project: Project): Judgement {
  const found = readme(project);
  if (!found) return { open: [{ at: documentPlace(project), message: 'There is no README.' }] };
  if (GENERATED.test(found.text) && !GENERATED.test(found.text.slice(1500))) return { open: [{ at: start(found), message: `${fileName(found.path)} is the page that a generator wrote; it says nothing about this application.` }] };
  const section = found.sections.find((each) => SETS_UP.test(each.title));
  if (wordsIn(found.text) < WORDS && !led(found, project)) return { open: [{ at: start(found), message: `${fileName(found.path)} holds hardly more than a name.` }] };
  if (section) return { holds: [documented(section, fileName(found.path))] };
  return COMMANDS.test(found.text) || led(found, project) ? { holds: [documented(found, `${fileName(found.path)} says how to run it`)] } : { open: [{ at: start(found), message: `${fileName(found.path)} does not say how to set the application up or run it.` }] };
}

function start({ path }: Document) {
  return { path, start: 0, end: 0 };
}

function wordsIn(text: string): number {
  return text.replace(/!?\[[^\]]*\]\([^)]*\)|<[^>]*>|https?:\S+/g, ' ').match(/[\p{L}\d][\p{L}\d'’-]*/gu)?.length ?? 0;
}

/** It links to documents of the repository that tell more, or to documentation on the web. */
function led(found: Document, project: Project): boolean {
  const here = documents(project).some((each) => each !== found && found.text.includes(each.path.slice(each.path.lastIndexOf('/') + 1)) && (SETS_UP.test(each.name) || each.sections.some((one) => SETS_UP.test(one.title))));
  return here || /\[[^\]]*(documentation|docs|guide|handbuch|wiki)[^\]]*\]\(https?:/i.test(found.text) || /\bhttps?:\/\/(docs?\.|[\w.-]+\.readthedocs\.)/.test(found.text);
}
