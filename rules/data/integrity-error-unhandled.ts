import type { Func, MappedModel, Module, Project, Selector, Span } from '../kit';
import { catchesAll, insertIn, isUnique, onlyInDevelopment, routesServedBy, rule } from '../kit';

interface Match { readonly module: Module; readonly func: Func; readonly table: MappedModel; readonly column: string; readonly at: Span }

const VIOLATION = /IntegrityError|UniqueViolation|DuplicateKeyError|NotUniqueError|SQLAlchemyError|DBAPIError|DatabaseError/;
/** Something looks before it leaps; whether that is enough is another rule's question. */
const LOOKS = /(^|[._])(get|find|first|exists|one_or_none|scalar\w*|filter_by|check|validate|is_valid|lookup|fetch|by)(_|$)|get_or_|upsert|on_conflict|merge|validate_on_submit|\.query\b|select$|_by_/i;

export default rule<Match>({
  id: 'integrity-error-unhandled',
  title: 'Unique violations become a proper answer',
  severity: 'low', points: 2, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'Two people pressing at once get an error page and an alarm, although the database did the right thing. It is a normal case, not a fault.',
  how: 'Catch the violation and answer 409 or show the form again.',
  links: ['https://docs.sqlalchemy.org/en/20/orm/session_basics.html', 'https://docs.sqlalchemy.org/en/20/core/constraints.html'],
  anchors: ['CWE-755'],

  on: inserts(),
  check: ({ module, func }, { project }) => !isHandled(module, func, project),
  message: ({ func, table, column }) => `${func.name}() inserts into ${table.model.name} with the unique column ${column} and does not handle the violation.`,
  underline: ({ at }) => at,
  holds: ({ table }) => `a violation of ${table.model.name}'s constraint is handled`,
  nothing: 'No handler inserts a row with a unique column that a visitor fills.',

  examples: () => ({
    'an address that is taken': { bad: { 'models.py': 'class User(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    email = db.Column(db.String(120), unique=True)\ndb = None\n', 'app.py': 'from flask import request\nfrom models import User\ndef register(db):\n    db.session.add(User(email=request.form["email"]))\n    db.session.commit()\n    return "ok"\n' } },
    'in FastAPI': { bad: { 'models.py': 'from sqlalchemy import Column, Integer, String\nfrom db import Base\nclass Item(Base):\n    __tablename__ = "items"\n    id = Column(Integer, primary_key=True)\n    name = Column(String, unique=True)\n', 'main.py': 'from fastapi import Depends, FastAPI\nfrom db import session\nfrom models import Item\nfrom schemas import ItemIn\napp = FastAPI()\n@app.post("/items")\ndef create(item: ItemIn, db=Depends(session)):\n    row = Item(name=item.name)\n    db.add(row)\n    db.commit()\n    return row\n' } },
    'read with get': { bad: { 'models.py': 'class User(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    email = db.Column(db.String(120), unique=True)\ndb = None\n', 'app.py': 'from flask import request\nfrom models import User\ndef register(db):\n    data = request.get_json()\n    db.session.add(User(email=data.get("email")))\n    db.session.commit()\n    return "ok"\n' } },
    'handled': { good: { 'models.py': 'class User(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    email = db.Column(db.String(120), unique=True)\ndb = None\n', 'app.py': 'from flask import request\nfrom models import User\nfrom sqlalchemy.exc import IntegrityError\ndef register(db):\n    db.session.add(User(email=request.form["email"]))\n    try:\n        db.session.commit()\n    except IntegrityError:\n        db.session.rollback()\n        return "address already used", 409\n    return "ok"\n' } },
    'handled for all routes': { good: { 'models.py': 'class User(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    email = db.Column(db.String(120), unique=True)\ndb = None\n', 'app.py': 'from flask import request\nfrom models import User\nfrom sqlalchemy.exc import IntegrityError\ndef init(app, db):\n    @app.errorhandler(IntegrityError)\n    def conflict(e):\n        db.session.rollback()\n        return "conflict", 409\ndef register(db):\n    db.session.add(User(email=request.form["email"]))\n    db.session.commit()\n' } },
    'checked before': { good: { 'models.py': 'class User(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    email = db.Column(db.String(120), unique=True)\ndb = None\n', 'app.py': 'from flask import request\nfrom models import User\ndef register(db):\n    if User.query.filter_by(email=request.form["email"]).first():\n        return "taken", 409\n    db.session.add(User(email=request.form["email"]))\n    db.session.commit()\n' } },
    'a value that is made': { good: { 'models.py': 'class Link(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    slug = db.Column(db.String(20), unique=True)\n    url = db.Column(db.Text)\ndb = None\n', 'app.py': 'import secrets\nfrom flask import request\nfrom models import Link\ndef shorten(db):\n    db.session.add(Link(slug=secrets.token_hex(8), url=request.form["url"]))\n    db.session.commit()\n' } },
    'no request': { good: { 'models.py': 'class User(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    email = db.Column(db.String(120), unique=True)\ndb = None\n', 'seed.py': 'from models import User\ndef seed(db):\n    db.session.add(User(email="a@example.org"))\n    db.session.commit()\n' } },
  }),
});

/** Handlers that make a row with a unique column out of what a visitor sent and write it, without having looked. */
function inserts(): Selector<Match> {
  return {
    kinds: ['module'], callees: ['*.register_error_handler', '*.add_exception_handler'],
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python' || unit.functions.length === 0) return;
      const unique = uniqueTables(project);
      if (unique.size === 0) return;
      for (const func of unit.functions) {
        const table = func.does.map((each) => unique.get(each)).find((each) => each !== undefined);
        if (!table || onlyInDevelopment(func) || !func.does.some((each) => /\.(commit|flush)$/.test(each)) || !serves(func, unit)) continue;
        const found = insertIn(project.written(unit.path, func.body), table.mapped.model.name);
        const column = found && table.columns.find((each) => fromVisitor(each, found.given));
        if (found && column) yield { module: unit, func, table: table.mapped, column, at: { start: found.at.start + func.body.start, end: found.at.end + func.body.start } };
      }
    },
  };
}

function uniqueTables(project: Project): ReadonlyMap<string, { readonly mapped: MappedModel; readonly columns: readonly string[] }> {
  return project.once('tables with unique columns', () => new Map(project.models.filter((each) => each.model.orm === 'sqlalchemy' || each.model.orm === 'sqlmodel').flatMap((mapped) => {
    const columns = mapped.model.columns.filter((each) => !each.primaryKey && !each.foreignKey && !each.default && isUnique(mapped.model, each.name, project)).map((each) => each.name);
    return columns.length > 0 ? [[mapped.name, { mapped, columns }] as const] : [];
  })), (module) => module.models.length > 0 || module.migration !== undefined);
}

function serves(func: Func, module: Module): boolean {
  return func.reads.some((each) => /request\.(form|json|args|values|get_json|POST|data)/.test(each)) || routesServedBy(func, module).some((route) => route.methods.some((each) => each !== 'GET'));
}

/** `email=request.form["email"]`, `name=item.name`, `email=email`. */
function fromVisitor(column: string, given: string): boolean {
  const value = new RegExp(`\\b${column}\\s*=\\s*([^,]+)`).exec(given)?.[1]?.trim() ?? '';
  return /^(request\.|form\.|data[.[]|json[.[]|body[.[]|payload[.[]|\w+\.\w+$)/.test(value) && !/token|uuid|secrets|generate|random|hash|slugify|current_user|\.id$/i.test(value);
}

function isHandled(module: Module, func: Func, project: Project): boolean {
  const inside = module.handlers.filter((each) => each.at.start >= func.at.start && each.at.end <= func.at.end);
  if (inside.some((each) => catchesAll(each) || each.catches.some((name) => VIOLATION.test(name)))) return true;
  if (func.does.some((each) => LOOKS.test(each) && !/(^|\.)request(\.|$)|^(os|json|datetime)\./.test(each)) || func.decorators.some((each) => /handle|catch|transaction|atomic|errors/i.test(each.name))) return true;
  return project.once('violations handled for all', () => project.modules.some((each) => each.functions.some((one) => one.decorators.some((decorator) => /errorhandler$|exception_handler$/.test(decorator.name) && [...decorator.args].some((arg) => arg.kind === 'reference' && (VIOLATION.test(arg.name) || /(^|\.)Exception$/.test(arg.name))))))
    || project.calls('*.register_error_handler', '*.add_exception_handler').some(({ call }) => call.args.some((arg) => arg.kind === 'reference' && (VIOLATION.test(arg.name) || /(^|\.)Exception$/.test(arg.name)))));
}
