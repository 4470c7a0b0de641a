import type { Edit, Evidence, Gap, Judgement, Project, Source } from '../kit';
import { applicationName, constructionAt, definitionAfter, gapPlace, idleModules, projectRule } from '../kit';

const FEWEST = 5;
const HANDLER = /(^|\.)(errorhandler|app_errorhandler|error_handler|exception_handler)$/;
/** Extensions that answer errors of their routes by themselves. */
const ANSWERS = /^(flask_smorest|flask_restx|flask_restplus|apiflask|flask_openapi3|connexion|flask_appbuilder|flask_rebar|flask_rest_jsonapi|flask_rest_api|flask_jsonapi|flasgger_errors|flask_error_templating)(\.|$)/;

export default projectRule({
  id: 'error-handler-missing',
  title: 'Errors have a defined answer',
  severity: 'low', points: 3, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'Visitors meet a bare page of the framework, and clients of an API get HTML where they expect JSON.',
  how: 'Register handlers for 404 and 500 once.',
  links: ['https://flask.palletsprojects.com/en/stable/errorhandling/'],
  anchors: ['CWE-755'],

  applies: (project) => project.applications.some((each) => each.framework === 'flask' || each.framework === 'quart') ? true : 'Only Flask answers with a bare page.',
  reads: ['*.register_error_handler', '*.errorhandler', '*.app_errorhandler'],
  project: judge,
  fix: { title: 'Add handlers', safety: 'review', edit: (gap, { source, project }) => handling(gap, source, project) },

  examples: () => ({
    'five routes and no handler': {
      bad: `from flask import Flask

app = Flask(__name__)

${['a', 'b', 'c', 'd', 'e'].map((name) => `\n@app.get("/${name}")\ndef ${name}():\n    return {"name": "${name}"}\n`).join('\n')}`,
      good: `from flask import Flask

app = Flask(__name__)


@app.errorhandler(404)
def not_found(error):
    return {"error": "not found"}, 404


@app.errorhandler(500)
def internal_error(error):
    return {"error": "internal error"}, 500

${['a', 'b', 'c', 'd', 'e'].map((name) => `\n@app.get("/${name}")\ndef ${name}():\n    return {"name": "${name}"}\n`).join('\n')}`,
    },
    'a handler for 404 alone': {
      bad: { 'app.py': `from flask import Flask, render_template
app = Flask(__name__)
@app.errorhandler(404)
def missing(error):
    return render_template("404.html"), 404
${['a', 'b', 'c', 'd', 'e'].map((name) => `@app.get("/${name}")\ndef ${name}():\n    return "${name}"\n`).join('')}` },
    },
    'handlers with templates': {
      good: `from flask import Flask, render_template
app = Flask(__name__)
@app.errorhandler(404)
def missing(error):
    return render_template("404.html"), 404
@app.errorhandler(500)
def broken(error):
    return render_template("500.html"), 500
${['a', 'b', 'c', 'd', 'e'].map((name) => `@app.get("/${name}")\ndef ${name}():\n    return "${name}"\n`).join('')}`,
    },
    'in a blueprint, for the application': {
      good: { 'app.py': `from flask import Flask
from errors import bp
app = Flask(__name__)
app.register_blueprint(bp)
${['a', 'b', 'c', 'd', 'e'].map((name) => `@app.get("/${name}")\ndef ${name}():\n    return "${name}"\n`).join('')}`, 'errors.py': 'from flask import Blueprint\nbp = Blueprint("errors", __name__)\n@bp.app_errorhandler(Exception)\ndef broken(error):\n    return "sorry", 500\n' },
    },
    'registered by a call': {
      good: { 'app.py': `from flask import Flask
from errors import broken
def create_app():
    app = Flask(__name__)
    app.register_error_handler(500, broken)
    return app
`, 'errors.py': 'def broken(error):\n    return "sorry", 500\n' },
    },
    'registered in a loop': {
      good: `from flask import Flask
app = Flask(__name__)
def answer(error):
    return "sorry", getattr(error, "code", 500)
for code in (404, 500):
    app.register_error_handler(code, answer)
${['a', 'b', 'c', 'd', 'e'].map((name) => `@app.get("/${name}")\ndef ${name}():\n    return "${name}"\n`).join('')}`,
    },
    'all exceptions of HTTP': {
      good: `from flask import Flask
from werkzeug.exceptions import HTTPException
app = Flask(__name__)
@app.errorhandler(HTTPException)
def answer(error):
    return {"error": error.name}, error.code
${['a', 'b', 'c', 'd', 'e'].map((name) => `@app.get("/${name}")\ndef ${name}():\n    return "${name}"\n`).join('')}`,
    },
    'few routes': { good: 'from flask import Flask\napp = Flask(__name__)\n@app.get("/a")\ndef a():\n    return "a"\n' },
    'an extension answers': {
      good: `from flask import Flask
from flask_smorest import Api
app = Flask(__name__)
Api(app)
${['a', 'b', 'c', 'd', 'e'].map((name) => `@app.get("/${name}")\ndef ${name}():\n    return "${name}"\n`).join('')}`,
    },
    'FastAPI answers with JSON': { path: 'main.py', good: `from fastapi import FastAPI
app = FastAPI()
${['a', 'b', 'c', 'd', 'e'].map((name) => `@app.get("/${name}")\ndef ${name}():\n    return "${name}"\n`).join('')}` },
  }),
});

function judge(project: Project): Judgement {
  const idle = idleModules(project);
  const routes = project.routes.filter(({ module, route }) => !idle.has(module.path) && /^(flask|quart|unknown)$/.test(route.framework));
  if (routes.length < FEWEST) return { notApplicable: 'The application has fewer than five routes.' };
  if (project.modules.some((module) => module.imports.some((each) => ANSWERS.test(each.target)))) return { notApplicable: 'An extension answers errors.' };
  const handlers = handlersOf(project);
  if (handlers.some((each) => each.what === 'any')) return { holds: handlers.slice(0, 3).map(({ path, start, end, text }) => ({ path, start, end, text })) };
  const missing = [...(handlers.some((each) => each.what === '404') ? [] : ['404']), '500'];
  return { open: [{ at: gapPlace(project), message: `${applicationName(project)} has no handler for ${missing.join(' and ')}.` }] };
}

interface ErrorHandler extends Evidence { readonly what: 'any' | '404' | 'other' }

function handlersOf(project: Project): readonly ErrorHandler[] {
  const decorated = project.modules.flatMap((module) => module.functions.flatMap((func) => func.decorators.filter((each) => HANDLER.test(each.name)).map((each): ErrorHandler =>
    ({ path: module.path, ...func.nameAt, text: `${func.name} answers errors`, what: kindOf(each.args[0]) }))));
  const called = project.calls('*.register_error_handler', '*.errorhandler', '*.app_errorhandler').map(({ module, call }): ErrorHandler => ({ path: module.path, ...call.at, text: 'an error handler is registered', what: kindOf(call.args[0] && project.resolve(call.args[0], module)) }));
  return [...decorated, ...called];
}

/** What it is for; what cannot be told may be for all. */
function kindOf(value: Parameters<Project['resolve']>[0] | undefined): ErrorHandler['what'] {
  if (value?.kind === 'number') return value.value >= 500 ? 'any' : value.value === 404 ? '404' : 'other';
  if (value?.kind === 'reference') return /(^|\.)(Exception|BaseException|InternalServerError|HTTPException)$/.test(value.name) ? 'any' : /NotFound$/.test(value.name) ? '404' : 'other';
  return 'any';
}

function handling(gap: Gap, source: Source, project: Project): readonly Edit[] | undefined {
  const app = project.applications.find((each) => each.path === source.path && each.start === gap.at.start);
  const made = app && constructionAt(gap.at, source);
  if (!made) return undefined;
  const one = (code: number, name: string, text: string) => [`@${made.name}.errorhandler(${code})`, `def ${name}(error):`, project.html ? `    return "${text[0]?.toUpperCase() ?? ''}${text.slice(1)}", ${code}` : `    return {"error": "${text}"}, ${code}`];
  const wanted = [...(gap.message.includes('404') ? [one(404, 'not_found', 'not found')] : []), one(500, 'internal_error', 'internal error')];
  const gapLines = made.indentation === '' ? ['', ''] : [''];
  return [definitionAfter(made, wanted.flatMap((lines, index) => index === 0 ? lines : [...gapLines, ...lines]), source)];
}
