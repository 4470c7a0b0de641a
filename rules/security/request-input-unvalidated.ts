import type { Call, Func, Module, Project, Route, Selector, Span, Variation } from '../kit';
import { callMatch, calls, callsNamed, functionsAround, lastName, readBy, rule, wayTo, within } from '../kit';

/** A handler that takes what is sent as it is: a table without a schema, or a number that may be none. */
interface Raw { readonly module: Module; readonly func: Func; readonly route: Route; readonly what: 'table' | 'number'; readonly count: number; readonly at: Span; readonly name: string }

const NUMBERS = ['int', 'builtins.int', 'float', 'builtins.float', 'decimal.Decimal'] as const;
const NUMBER_NAMES: ReadonlySet<string> = new Set(NUMBERS.map(lastName));

export default rule<Raw>({
  id: 'request-input-unvalidated',
  title: 'Request data is validated before it is used',
  severity: 'medium', points: 6, confidence: 'possible', blocks: 'never', effort: 'M', since: '1',
  why: 'Missing, huge or wrongly typed fields become 500 errors, wrong totals and odd rows in the database. Validation at the edge is cheaper than repair.',
  how: 'Declare a schema per route with types, ranges and lengths.',
  links: ['https://cheatsheetseries.owasp.org/cheatsheets/Input_Validation_Cheat_Sheet.html', 'https://fastapi.tiangolo.com/tutorial/body/'],
  anchors: ['CWE-20', 'ASVS 2.2.1'],
  attestable: 'controls-exercised',

  on: rawHandlers(),
  check: (it) => it.what === 'table' || isWrite(it.route) ? true : READ,
  message: (it) => it.what === 'table'
    ? `${lastName(it.route.handler)}() takes ${it.name} as a table without a schema.`
    : `${lastName(it.route.handler)}() makes ${it.count === 1 ? `a number of ${it.name}` : `numbers of ${it.count} request values`} without a check: anything else answers 500.`,
  underline: (it) => it.at,
  nothing: 'No handler is seen to read raw request data.',

  examples: () => ({
    'a table of FastAPI': { bad: 'from fastapi import FastAPI\napp = FastAPI()\n@app.post("/orders")\nasync def create(body: dict):\n    return {"total": body["price"] * body["qty"]}\n', path: 'main.py' },
    'numbers of a form': { bad: 'from flask import Flask, request\napp = Flask(__name__)\n@app.post("/orders")\ndef create():\n    return {"total": float(request.form["price"]) * int(request.form["qty"])}\n' },
    'the body of a request': { bad: 'from fastapi import FastAPI, Request\n\napp = FastAPI()\n\n@app.post("/orders")\nasync def create(request: Request):\n    data = await request.json()\n    return {"total": data["price"] * data["qty"]}\n' },
    'by way of a name': { bad: 'from flask import Flask, request\n\napp = Flask(__name__)\n\n@app.post("/orders")\ndef create():\n    data = request.get_json()\n    qty = data.get("qty")\n    return {"qty": int(qty)}\n' },
    'a page that is read': { bad: 'from flask import Flask, request\n\napp = Flask(__name__)\n\n@app.get("/orders")\ndef listing():\n    page = int(request.args.get("page", 1))\n    return {"page": page}\n', severity: 'low' },
    'a model': { path: 'main.py', good: 'from fastapi import FastAPI\nfrom pydantic import BaseModel, Field\napp = FastAPI()\nclass Order(BaseModel):\n    price: float = Field(ge=0)\n    qty: int = Field(ge=1, le=100)\n@app.post("/orders")\nasync def create(body: Order):\n    return {"total": body.price * body.qty}\n' },
    'looked up only': { good: 'from flask import Flask, request\napp = Flask(__name__)\n@app.get("/item")\ndef item():\n    return ITEMS.get(request.args.get("slug"), {})\nITEMS = {}\n' },
    'a number of a type': { good: 'from flask import Flask, request\n\napp = Flask(__name__)\n\n@app.post("/orders")\ndef create():\n    return {"qty": int(request.form.get("qty", 1, type=int))}\n' },
    'tried': { good: 'from flask import Flask, abort, request\n\napp = Flask(__name__)\n\n@app.post("/orders")\ndef create():\n    try:\n        qty = int(request.form["qty"])\n    except (KeyError, ValueError):\n        abort(400)\n    return {"qty": qty}\n' },
    'looked at': { good: 'from flask import Flask, abort, request\n\napp = Flask(__name__)\n\n@app.post("/orders")\ndef create():\n    qty = request.form.get("qty", "")\n    if not qty.isdigit():\n        abort(400)\n    return {"qty": int(qty)}\n\n@app.get("/orders/<int:id>")\ndef order(id):\n    return {"id": int(id)}\n' },
    'a part of the address': { good: 'from flask import Flask\nfrom shop.models import Order\n\napp = Flask(__name__)\n\n@app.put("/orders/<id>")\ndef change(id):\n    order = Order.query.filter_by(id=id).first_or_404()\n    return {"same": int(id) == order.id}\n' },
    'an error of values is bad input everywhere': { good: 'from flask import Flask, request\n\napp = Flask(__name__)\n\n@app.errorhandler(ValueError)\ndef bad(error):\n    return "bad input", 400\n\n@app.post("/orders")\ndef create():\n    return {"qty": int(request.form["qty"])}\n' },
    'a schema reads it': { good: 'from fastapi import FastAPI, Request\nfrom schemas import Order, validate_order\n\napp = FastAPI()\n\n@app.post("/orders")\nasync def create(body: dict):\n    order = Order(**body)\n    return {"total": order.total, "note": body["note"]}\n\n@app.post("/more")\nasync def more(body: dict):\n    validate_order(body)\n    return {"total": body["price"]}\n\n@app.post("/other")\nasync def other(request: Request):\n    data = Order.model_validate(await request.json())\n    return {"total": data.total}\n' },
    'a webhook that checks its signature': { good: 'import hmac\nfrom fastapi import FastAPI, HTTPException, Request\n\napp = FastAPI()\n\n@app.post("/hook")\nasync def hook(request: Request):\n    body = await request.body()\n    if not hmac.compare_digest(sign(body), request.headers["x-signature"]):\n        raise HTTPException(403)\n    data = await request.json()\n    return {"id": data["id"]}\n' },
    'a table that is passed on': { good: 'from fastapi import FastAPI\nfrom queue import put\n\napp = FastAPI()\n\n@app.post("/events")\nasync def events(body: dict):\n    await put(body)\n    return {}\n' },
    'tests': { path: 'tests/app.py', good: 'from fastapi import FastAPI\napp = FastAPI()\n@app.post("/orders")\nasync def create(body: dict):\n    return {"total": body["price"] * body["qty"]}\n' },
  }),
});

const READ: Variation = { severity: 'low', because: 'the route only reads' };

function rawHandlers(): Selector<Raw> {
  return {
    kinds: ['module'], callees: NUMBERS,
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      const seen = new Set<Func>();
      const routes = project.routesOf(unit);
      const numbers = routes.length === 0 ? [] : callsNamed(unit, NUMBER_NAMES).filter((one) => NUMBERS.some((each) => calls(one.callee, each)) && !isTried(one, unit));
      for (const route of routes) {
        const func = functionsAround(unit, route.body).find((each) => each.body.start === route.body.start);
        if (!func || seen.has(func)) continue;
        seen.add(func);
        const raw = tableOf(unit, func, route, project) ?? numbersOf(unit, func, route, { numbers, project });
        if (raw) yield raw;
      }
    },
  };
}

function isWrite(route: Route): boolean {
  return route.methods.some((each) => /^(POST|PUT|PATCH|DELETE)$/.test(each));
}

const CHECKS = /compare_digest|construct_event|verify_\w*(signature|webhook)|jsonschema|\.model_validate|\.parse_obj|\.load\(|\.validate\(|TypeAdapter/;

/** A body of FastAPI that is a table, of which single keys are taken. */
function tableOf(module: Module, func: Func, route: Route, project: Project): Raw | undefined {
  if (route.framework !== 'fastapi' || !isWrite(route)) return undefined;
  const text = project.written(module.path, func.body).replace(/(^|\s)#[^\n]*/g, '$1');
  if (CHECKS.test(text)) return undefined;
  const parameter = func.parameters.find((each) => !each.injected && each.annotation !== undefined && /^(dict|Dict|typing\.(Dict|Any)|Any)$/.test(each.annotation));
  const read = /^[ \t]*(\w+)\s*(?::[^=\n]+)?=\s*await\s+\w*request\.json\(\)/m.exec(text)?.[1];
  const name = parameter?.name ?? read;
  if (name === undefined || !new RegExp(`(?<![\\w.])${name}(\\[["']|\\.get\\()`).test(text) || isRead(name, text)) return undefined;
  return { module, func, route, what: 'table', count: 1, at: parameter?.at ?? func.nameAt, name };
}

/** A class or a function of the project for this takes the whole of it. */
function isRead(name: string, text: string): boolean {
  return new RegExp(`[A-Z]\\w*\\(\\s*\\*\\*${name}\\b|(?:validate|parse|check|verify|clean|ensure|load|schema|sanitize)\\w*\\(\\s*[^\\n()]*\\b${name}\\b|isinstance\\(\\s*${name}[\\[.]`, 'i').test(text);
}

function numbersOf(module: Module, func: Func, route: Route, { numbers, project }: { readonly numbers: readonly Call[]; readonly project: Project }): Raw | undefined {
  const source = { slice: (at: Span) => project.written(module.path, at) };
  const found = within(numbers, func.body);
  const raw = found.filter((one) => {
    const value = callMatch(one, module, project).argument('x', 0);
    const way = value && wayTo(value, { module, call: one }, { project, source });
    // A part of the address is looked up before it is counted with.
    return way?.legs.length === 1 && !/^\w+$/.test(way.read);
  });
  const [first] = raw;
  if (!first || project.once('valueErrorsAreAnswered', () => project.modules.some(answersValueErrors), answersValueErrors)) return undefined;
  return { module, func, route, what: 'number', count: raw.length, at: first.at, name: readBy(first.args[0], source) };
}

function answersValueErrors({ functions }: Module): boolean {
  return functions.some((one) => one.decorators.some((decorator) => /(errorhandler|exception_handler)$/.test(decorator.name) && decorator.args.some((arg) => arg.kind === 'reference' && /^(builtins\.)?ValueError$/.test(arg.name))));
}

/** What is no number is caught. */
function isTried(one: Call, module: Module): boolean {
  return module.handlers.some((each) => each.tryBody.start <= one.at.start && one.at.end <= each.tryBody.end && (each.catchesAt === undefined || each.catches.some((name) => /(^|\.)(ValueError|TypeError|Exception|BaseException|ArithmeticError|InvalidOperation|KeyError)$/.test(name))));
}
