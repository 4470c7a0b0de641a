import type { Judgement, Place, Project, Value } from '../kit';
import { idleModules, projectRule } from '../kit';

interface Answer extends Place { readonly key: string }

/** Keys by which an error says what is wrong, the first that is there being the shape. */
const KEYS = ['error', 'errors', 'detail', 'message', 'msg', 'reason', 'err'] as const;
const FEWEST = 5;
/** A share of other shapes below this is an exception, not a habit. */
const SHARE = 0.2;

export default projectRule({
  id: 'api-error-shape-inconsistent',
  title: 'API errors have one shape',
  severity: 'low', points: 1, confidence: 'likely', blocks: 'never', effort: 'M', since: '1',
  why: 'Every client needs a special case for each endpoint, and shows raw text for the rest. Changing it later breaks them.',
  how: 'Produce errors in one function, for example as problem+json.',
  links: ['https://www.rfc-editor.org/rfc/rfc9457', 'https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html'],

  applies: (project) => project.routes.length > 0 ? true : 'The project serves no routes.',
  project: judge,

  examples: () => ({
    'four keys': { bad: `from flask import Flask, jsonify
app = Flask(__name__)
@app.get("/a")
def a():
    return jsonify(error="no"), 400
@app.get("/b")
def b():
    return jsonify(message="no"), 404
@app.get("/c")
def c():
    return jsonify(msg="no"), 409
@app.get("/d")
def d():
    return jsonify({"error": "no"}), 403
@app.get("/e")
def e():
    return {"detail": "no"}, 422
` },
    'two habits in FastAPI': { path: 'main.py', bad: `from fastapi import FastAPI
from fastapi.responses import JSONResponse
app = FastAPI()
${['a', 'b', 'c'].map((name) => `@app.get("/${name}")\ndef ${name}():\n    return JSONResponse({"error": "no"}, status_code=400)\n`).join('')}${['d', 'e'].map((name) => `@app.get("/${name}")\ndef ${name}():\n    return JSONResponse(status_code=404, content={"message": "no"})\n`).join('')}` },
    'one function': { good: `from flask import Flask, jsonify
app = Flask(__name__)
def problem(status, code):
    return jsonify(error={"code": code}), status
${['a', 'b', 'c', 'd', 'e'].map((name) => `@app.get("/${name}")\ndef ${name}():\n    return problem(400, "bad_input")\n`).join('')}` },
    'one key': { good: `from flask import Flask, jsonify
app = Flask(__name__)
${['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `@app.get("/${name}")\ndef ${name}():\n    return jsonify(error="no", message="${name}"), 400\n`).join('')}` },
    'one exception for a webhook': { good: `from flask import Flask, jsonify
app = Flask(__name__)
${['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `@app.get("/${name}")\ndef ${name}():\n    return jsonify(error="no"), 400\n`).join('')}@app.post("/hook")
def hook():
    return jsonify(message="no"), 400
` },
    'answers that are no errors': { good: `from flask import Flask, jsonify
app = Flask(__name__)
${['a', 'b', 'c'].map((name) => `@app.get("/${name}")\ndef ${name}():\n    return jsonify(error="no"), 400\n`).join('')}${['d', 'e', 'f'].map((name) => `@app.get("/${name}")\ndef ${name}():\n    return jsonify(message="made"), 201\n`).join('')}` },
    'the framework\'s own': { path: 'main.py', good: 'from fastapi import FastAPI, HTTPException\napp = FastAPI()\n@app.get("/a")\ndef a():\n    raise HTTPException(404, detail="not found")\n' },
  }),
});

function judge(project: Project): Judgement {
  const all = answers(project);
  if (all.length < FEWEST) return { notApplicable: 'Fewer than five error answers are written out.' };
  const counts = new Map<string, number>();
  for (const each of all) counts.set(each.key, (counts.get(each.key) ?? 0) + 1);
  const shapes = [...counts].sort((a, b) => b[1] - a[1]);
  const [usual] = shapes;
  const others = all.filter((each) => each.key !== usual?.[0]);
  const [first] = others;
  if (!first || others.length < 2 || others.length / all.length < SHARE) return { holds: all.slice(0, 1).map(({ path, start, end }) => ({ path, start, end, text: `${all.length - others.length} of ${all.length} error answers say ${usual?.[0] ?? ''}` })) };
  return { open: [{
    at: { path: first.path, start: first.start, end: first.end }, message: `Error answers use ${shapes.map(([key, count]) => `${key} (${count})`).join(', ')} in different places.`,
    related: shapes.slice(0, 4).flatMap(([key]) => { const one = all.find((each) => each.key === key); return one ? [{ path: one.path, start: one.start, end: one.end, text: key }] : []; }),
  }] };
}

function answers(project: Project): readonly Answer[] {
  const idle = idleModules(project);
  return project.modules.filter((module) => module.language === 'python' && !idle.has(module.path)).flatMap((module) => module.functions.flatMap((func) => func.returns.flatMap((value): Answer[] => {
    const key = shapeOf(value);
    return key === undefined ? [] : [{ path: module.path, ...value.at, key }];
  })));
}

/** `jsonify(error=…), 400`, `{"error": …}, 400`, `JSONResponse({"error": …}, status_code=400)`. */
function shapeOf(value: Value): string | undefined {
  if (value.kind === 'list' && value.items.length >= 2) {
    const [body, status] = value.items;
    return body && status?.kind === 'number' && status.value >= 400 && status.value < 600 ? keyOf(body) : undefined;
  }
  if (value.kind !== 'result' || !/(^|\.)(\w*JSONResponse|JsonResponse)$/.test(value.callee)) return undefined;
  const status = value.keywords.find((each) => each.name === 'status_code' || each.name === 'status')?.value ?? value.args[1];
  const content = value.keywords.find((each) => each.name === 'content' || each.name === 'data')?.value ?? value.args[0];
  return status?.kind === 'number' && status.value >= 400 && content ? keyOf(content) : undefined;
}

function keyOf(body: Value): string | undefined {
  if (body.kind === 'dict' && !body.open) { const keys = body.entries.flatMap((each) => each.key.kind === 'text' ? [each.key.value] : []); return KEYS.find((each) => keys.includes(each)); }
  if (body.kind !== 'result' || !/(^|\.)jsonify$/.test(body.callee)) return undefined;
  const [first] = body.args;
  return first ? keyOf(first) : KEYS.find((each) => body.keywords.some((one) => one.name === each));
}
