import type { Judgement, Module, Project } from '../kit';
import { applicationName, hasOwnHandler, idleModules, lastName, projectRule } from '../kit';

const FEWEST = 15;
const MANY = 25;
const LONG = 1000;
const MOST = 0.6;

export default projectRule({
  id: 'monolithic-app-module',
  title: 'Routes live in modules by area',
  severity: 'low', points: 1, confidence: 'likely', blocks: 'never', effort: 'L', since: '1',
  why: 'One huge file makes every change a merge conflict, and tests need the whole application.',
  how: 'Split by area into blueprints or routers, and build the application in a function.',
  links: ['https://flask.palletsprojects.com/en/stable/patterns/appfactories/', 'https://flask.palletsprojects.com/en/stable/blueprints/', 'https://fastapi.tiangolo.com/tutorial/bigger-applications/'],

  applies: (project) => project.applications.some((each) => /^(flask|quart|fastapi|starlette)$/.test(each.framework)) ? true : 'Only Flask and FastAPI leave the layout open.',
  project: judge,

  examples: () => ({
    'forty routes in one long file': {
      bad: `from flask import Flask
app = Flask(__name__)
${Array.from({ length: 40 }, (_, i) => `@app.get("/r${i}")\ndef r${i}():\n${'    step()\n'.repeat(24)}    return "${i}"\n`).join('')}`,
    },
    'most routes in one file': {
      bad: { 'main.py': `from fastapi import FastAPI
from extra import router
app = FastAPI()
app.include_router(router)
${Array.from({ length: 28 }, (_, i) => `@app.get("/r${i}")\ndef r${i}():\n${'    step()\n'.repeat(36)}    return "${i}"\n`).join('')}`, 'extra.py': 'from fastapi import APIRouter\nrouter = APIRouter()\n@router.get("/x")\ndef x():\n    return 1\n' },
    },
    'many short ones': { good: `from flask import Flask\napp = Flask(__name__)\n${Array.from({ length: 30 }, (_, i) => `@app.get("/r${i}")\ndef r${i}():\n    return "${i}"\n`).join('')}` },
    'by area': {
      good: {
        'app/__init__.py': 'from flask import Flask\ndef create_app():\n    app = Flask(__name__)\n    from .orders import bp as orders\n    from .users import bp as users\n    app.register_blueprint(orders)\n    app.register_blueprint(users)\n    return app\n',
        ...Object.fromEntries(['orders', 'users'].map((name) => [`app/${name}.py`, `from flask import Blueprint\nbp = Blueprint("${name}", __name__)\n${Array.from({ length: 26 }, (_, i) => `@bp.get("/${name}${i}")\ndef ${name}${i}():\n${'    step()\n'.repeat(40)}    return "${i}"\n`).join('')}`])),
      },
    },
    'a small application': { good: `from flask import Flask\napp = Flask(__name__)\n${Array.from({ length: 6 }, (_, i) => `@app.get("/r${i}")\ndef r${i}():\n    return "${i}"\n`).join('')}` },
  }),
});

function judge(project: Project): Judgement {
  const idle = idleModules(project);
  const all = project.routes.filter(({ module, route }) => !idle.has(module.path) && hasOwnHandler(route));
  if (all.length <= FEWEST) return { notApplicable: 'The application has few routes.' };
  const counts = new Map<Module, number>();
  for (const { module } of all) counts.set(module, (counts.get(module) ?? 0) + 1);
  const [largest] = [...counts].sort((a, b) => b[1] - a[1]);
  if (!largest) return { holds: [] };
  const [module, count] = largest;
  // They hang on the application itself, not on a blueprint or a router.
  const applications = new Set(project.applications.map((each) => lastName(each.name)));
  const onApplication = project.routesOf(module).filter(({ router }) => router === '@app' || applications.has(lastName(router))).length > count / 2;
  if (count <= MANY || module.lines <= LONG || count / all.length <= MOST || !onApplication) {
    return { holds: [{ path: module.path, start: 0, end: 0, text: `${all.length} routes in ${counts.size} modules, at most ${count} in one` }] };
  }
  const first = project.routesOf(module)[0];
  return { open: [{ at: { path: module.path, ...(first?.handlerAt ?? { start: 0, end: 0 }) }, message: `${applicationName(project)} is one module: ${lastName(module.name)}.py holds ${count} of ${all.length} routes in ${module.lines} lines.` }] };
}

