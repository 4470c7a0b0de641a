import type { Func, Module, Route, Selector, Value } from '../kit';
import { functionNamedAt, hasOwnHandler, idleModules, options, rule } from '../kit';

interface Operation { readonly module: Module; readonly route: Route; readonly func: Func; readonly what: string | undefined }

/** Objects of a mapper, and documents of a store with all their fields. */
const MAPPED = /(^|\.)(query|exec|scalars|execute|select|objects)(\.\w+)*\.(first|one|one_or_none|all|get|scalar_one|scalar_one_or_none|get_or_404|first_or_404)$/;
const DOCUMENT = /\.(find_one|find_one_and_update|find_one_and_replace)$/;
const BY_KEY = /(^|[._])(session|sess|db|database|Session|AsyncSession)\.(get|get_one|merge|refresh)$/;

export default rule<Operation>({
  id: 'response-schema-missing',
  title: 'API responses declare what they return',
  severity: 'low', points: 1, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'A new column, such as a hash, is returned to every client the day it is added. The documentation also stays empty.',
  how: 'Declare an output model with the fields that clients need.',
  links: ['https://fastapi.tiangolo.com/tutorial/response-model/'],
  anchors: ['CWE-200'],

  applies: (project) => project.frameworks.has('fastapi') ? true : 'FastAPI is not used.',
  on: operations(),
  nothing: 'No operation of FastAPI stands here.',
  check: ({ what }) => what !== undefined,
  message: ({ func, what }) => `${func.name} returns ${what ?? 'an object'} without a response model.`,
  underline: ({ route }) => route.handlerAt,
  holds: ({ route, func }) => route.answer ? `${func.name} answers ${route.answer.slice(route.answer.lastIndexOf('.') + 1)}` : undefined,
  summary: (count) => count === 1 ? 'The only operation has a model or a body of its own' : `${count} operations, each with a model or a body of its own`,

  examples: () => ({
    'a document of a store': { path: 'main.py', bad: 'from fastapi import APIRouter\nrouter = APIRouter()\n@router.get("/users/{i}")\nasync def user(i: str, db=None):\n    return await db.users.find_one({"_id": i})\n' },
    'an object by its key': { path: 'main.py', bad: 'from fastapi import APIRouter, Depends\nfrom models import User, get_db\nfrom sqlalchemy.orm import Session\nrouter = APIRouter()\n@router.get("/me")\ndef me(session: Session = Depends(get_db)):\n    return session.get(User, 1)\n' },
    'what a query found, through a name': { path: 'main.py', bad: 'from fastapi import Depends, FastAPI\nfrom sqlalchemy.orm import Session\nfrom models import User\napp = FastAPI()\n@app.get("/users")\ndef users(db: Session = Depends(get_db)):\n    found = db.query(User).filter(User.active).all()\n    return found\n' },
    'all attributes of an object': { path: 'main.py', bad: 'from fastapi import FastAPI\napp = FastAPI()\n@app.get("/me")\ndef me(user=None):\n    return user.__dict__\n' },
    'a response model': { path: 'main.py', good: 'from fastapi import APIRouter\nfrom pydantic import BaseModel\nclass UserOut(BaseModel):\n    id: str\n    name: str\nrouter = APIRouter()\n@router.get("/users/{i}", response_model=UserOut)\nasync def user(i: str, db=None):\n    return await db.users.find_one({"_id": i})\n' },
    'a return annotation': { path: 'main.py', good: 'from fastapi import APIRouter\nfrom models import UserOut\nrouter = APIRouter()\n@router.get("/users/{i}")\nasync def user(i: str, db=None) -> UserOut:\n    return await db.users.find_one({"_id": i})\n' },
    'named keys': { path: 'main.py', good: 'from fastapi import APIRouter\nrouter = APIRouter()\n@router.get("/me")\ndef me(user=None):\n    return {"id": user.id, "name": user.name}\n' },
    'a number, a file, a redirect': { path: 'main.py', good: 'from fastapi import FastAPI\nfrom fastapi.responses import FileResponse, RedirectResponse\napp = FastAPI()\n@app.get("/count")\ndef count(db=None):\n    return db.query(1).count()\n@app.get("/file", response_class=FileResponse)\ndef file(db=None):\n    return db.query(1).first()\n@app.get("/go")\ndef go():\n    return RedirectResponse("/")\n@app.get("/cached")\ndef cached(cache=None):\n    return cache.get("x")\n' },
    'a Flask route': { good: 'from flask import Flask\napp = Flask(__name__)\n@app.get("/me")\ndef me():\n    return db.session.get(User, 1)\n' },
  }),
});

function operations(): Selector<Operation> {
  return {
    kinds: ['module'], callees: [],
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.routes.length === 0 || idleModules(project).has(unit.path)) return;
      const seen = new Set<number>();
      for (const route of project.routesOf(unit)) {
        if (seen.has(route.handlerAt.start)) continue;
        seen.add(route.handlerAt.start);
        if (route.framework !== 'fastapi' || !hasOwnHandler(route) || route.methods.length === 0) continue;
        const func = functionNamedAt(unit, route.handlerAt.start);
        if (func) yield { module: unit, route, func, what: declares(route) ? undefined : func.returns.flatMap(options).map(whole).find((each) => each !== undefined) };
      }
    },
  };
}

function declares(route: Route): boolean {
  return route.answer !== undefined || route.decorators.some((each) => each.keywords.some((one) => /^(response_class|response_model|\*\*)$/.test(one.name) || (one.name === 'status_code' && one.value.kind === 'number' && one.value.value === 204) || (one.name === 'include_in_schema' && one.value.kind === 'bool' && !one.value.value)));
}

/** What is returned with all that it has. */
function whole(value: Value): string | undefined {
  if (value.kind === 'reference' || value.kind === 'parameter') return value.name.endsWith('.__dict__') ? 'all attributes of an object' : undefined;
  if (value.kind === 'tainted') return value.source.endsWith('.__dict__') ? 'all attributes of an object' : undefined;
  if (value.kind !== 'result') return undefined;
  if (/^(dict|vars|list)$/.test(value.callee) && value.args[0]) return value.callee === 'vars' ? 'all attributes of an object' : whole(value.args[0]);
  if (DOCUMENT.test(value.callee)) return 'a document of the store';
  if (MAPPED.test(value.callee)) return 'what a query found';
  const [first] = value.args;
  const named = first?.kind === 'reference' || first?.kind === 'parameter' ? first.name : first?.kind === 'tainted' ? first.source : '';
  const model = named.slice(named.lastIndexOf('.') + 1);
  return BY_KEY.test(value.callee) && /^[A-Z]/.test(model) ? `a ${model} of the database` : undefined;
}
