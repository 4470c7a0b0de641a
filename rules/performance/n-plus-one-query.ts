import type { Context, Loop, Module, Project, Query, Selector, Source, Value } from '../kit';
import { functionsAround, lastName, loopsAround, onlyAsProgram, onlyInDevelopment, queriesIn, QUERY_CALLS, rule, runningOf } from '../kit';

interface Repeated { readonly query: Query; readonly module: Module; readonly loop: Loop }

export default rule<Repeated | { readonly query: Query; readonly module: Module; readonly loop?: undefined }>({
  id: 'n-plus-one-query',
  title: 'Loops do not query the database',
  severity: 'medium', points: 4, confidence: 'likely', blocks: 'never', effort: 'M', since: '1',
  why: 'A page with 100 rows sends 101 queries, and the database is the first thing to give in. Test data has three rows.',
  how: 'Load the related rows with the list, or fetch all of them at once by their ids.',
  links: ['https://docs.sqlalchemy.org/en/20/orm/queryguide/relationships.html', 'https://docs.djangoproject.com/en/stable/topics/db/optimization/'],

  on: queries(),
  check: (it, context) => it.loop !== undefined && isAsked(it, context) && together(it, context)[0] === it,
  message: (it, context) => {
    const others = it.loop ? together(it, context).length - 1 : 0;
    const more = others > 0 ? ` and ${String(others)} more ${others > 1 ? 'queries are' : 'query are'}` : ' is';
    return `${shown(it.query, context.source)}${more} sent once for each ${it.loop?.names[0] ?? 'row'} of ${collection(it.loop, context.source)}.`;
  },
  underline: ({ query }) => query.call.calleeAt,
  related: ({ loop }, { unit }) => loop?.overAt ? [{ path: unit.path, ...loop.overAt, text: 'the rows it goes over' }] : [],
  holds: ({ query }, { source }) => /\b(joinedload|selectinload|subqueryload|contains_eager|select_related|prefetch_related)\(/.test(source.slice(query.call.at)) ? 'Related rows are loaded with the list' : undefined,
  nothing: 'No query is sent through an ORM.',
  summary: (count) => count === 1 ? 'One list loads what belongs to it in the same query' : `${count} lists load what belongs to them in the same query`,

  examples: () => ({
    'a row for each row': { bad: { 'models.py': MODELS(), 'app.py': 'from models import Order, User\ndef orders():\n    rows = []\n    for o in Order.query.limit(100):\n        rows.append((o.id, User.query.get(o.user_id).name))\n    return rows\n' } },
    'in a comprehension, over a list that a name holds': { bad: { 'models.py': MODELS(), 'app.py': 'from models import Order, User, db\ndef orders():\n    found = Order.query.filter_by(open=True).all()\n    return [{"id": o.id, "user": db.session.get(User, o.user_id).name} for o in found]\n' } },
    'a statement of SQLAlchemy 2': { bad: 'from fastapi import APIRouter, Depends\nfrom sqlalchemy import select\nfrom sqlalchemy.orm import Session\nfrom models import Order, User, get_db\nrouter = APIRouter()\n@router.get("/orders")\ndef orders(db: Session = Depends(get_db)):\n    rows = []\n    for order in db.execute(select(Order)).scalars().all():\n        user = db.execute(select(User).where(User.id == order.user_id)).scalar_one()\n        rows.append((order.id, user.name))\n    return rows\n' },
    'Django': { bad: { 'shop/models.py': 'from django.db import models\nclass Order(models.Model):\n    user_id = models.IntegerField()\nclass User(models.Model):\n    name = models.CharField(max_length=9)\n', 'shop/views.py': 'from shop.models import Order, User\ndef orders(request):\n    rows = []\n    for order in Order.objects.filter(open=True)[:50]:\n        rows.append((order.pk, User.objects.get(pk=order.user_id)))\n    return render(request, "orders.html", {"rows": rows})\n' } },
    'the related rows of each row': { bad: { 'shop/models.py': 'from django.db import models\nclass Order(models.Model):\n    pass\n', 'shop/views.py': 'from shop.models import Order\ndef orders(request):\n    return [(order.pk, order.items.count()) for order in Order.objects.all()]\n' } },
    'several in one loop are one finding': { bad: { 'models.py': MODELS(), 'app.py': 'from models import Order, User\ndef orders():\n    rows = []\n    for o in Order.query.all():\n        rows.append((User.query.get(o.user_id), Order.query.filter_by(user_id=o.user_id).count()))\n        rows.append(User.query.filter_by(id=o.id).first())\n    return rows\n' } },
    'the related rows, loaded before': { good: { 'shop/models.py': 'from django.db import models\nclass Order(models.Model):\n    pass\n', 'shop/views.py': 'from shop.models import Order\ndef orders(request):\n    return [(order.pk, list(order.items.all())) for order in Order.objects.prefetch_related("items")]\n' } },
    'MongoDB': { bad: 'from fastapi import FastAPI\napp = FastAPI()\n@app.get("/orders")\nasync def orders():\n    found = await app.db.orders.find({"open": True}).to_list(100)\n    for order in found:\n        order["user"] = await app.db.users.find_one({"_id": order["user_id"]})\n    return found\n', path: 'main.py' },
    'loaded with the list': { good: { 'models.py': MODELS(), 'app.py': 'from sqlalchemy.orm import joinedload\nfrom models import Order\ndef orders():\n    return [(o.id, o.user.name) for o in Order.query.options(joinedload(Order.user)).limit(100)]\n' } },
    'one query for all': { good: { 'models.py': MODELS(), 'app.py': 'from models import User\ndef users(ids):\n    return User.query.filter(User.id.in_(ids)).all()\n' } },
    'the query is what the loop goes over': { good: { 'models.py': MODELS(), 'app.py': 'from models import Order\ndef orders():\n    return [o.id for o in Order.query.all()]\n' } },
    'a few constants': { good: { 'models.py': MODELS(), 'app.py': 'from models import Order\ndef counts():\n    return {state: Order.query.filter_by(state=state).count() for state in ("open", "paid", "sent")}\n' } },
    'a list that a caller gives': { good: { 'models.py': MODELS(), 'app.py': 'from models import User\ndef users(names):\n    return [User.query.filter_by(name=name).first() for name in names]\n' } },
    'few rows': { good: { 'models.py': MODELS(), 'app.py': 'from models import Order, User\ndef last():\n    return [User.query.get(o.user_id) for o in Order.query.order_by(Order.id).limit(3)]\n' } },
    'nothing of the row is asked for': { good: { 'models.py': MODELS(), 'app.py': 'from models import Order, User\ndef orders():\n    for o in Order.query.all():\n        send(o, User.query.get(1))\n' } },
    'all were loaded at once before': { good: { 'models.py': MODELS(), 'app.py': 'from models import Order, User\ndef orders():\n    found = Order.query.all()\n    User.query.filter(User.id.in_([o.user_id for o in found])).all()\n    return [User.query.get(o.user_id) for o in found]\n' } },
    'a job': { good: { 'models.py': MODELS(), 'tasks.py': 'from celery import shared_task\nfrom models import Order, User\n@shared_task\ndef remind():\n    for o in Order.query.all():\n        send(User.query.get(o.user_id))\n' } },
    'a command': { good: { 'models.py': MODELS(), 'app.py': 'from flask import Flask\nfrom models import Order, User\napp = Flask(__name__)\n@app.cli.command()\ndef remind():\n    for o in Order.query.all():\n        send(User.query.get(o.user_id))\n' } },
    'a change for each row': { good: { 'models.py': MODELS(), 'app.py': 'from sqlalchemy import update\nfrom models import Order, User, db\ndef close():\n    for o in Order.query.all():\n        db.session.execute(update(User).where(User.id == o.user_id).values(open=False))\n' } },
    'tables of other kinds': { good: 'import requests\ndef rates(settings):\n    session = requests.Session()\n    found = {}\n    for name in settings.query.all():\n        found[name] = session.get(f"https://api.example.com/{name}", timeout=5)\n        found[name] = found.get(name)\n    return found\n' },
    'tests': { path: 'tests/test_a.py', good: 'from models import Order, User\ndef test_a():\n    for o in Order.query.all():\n        assert User.query.get(o.user_id)\n' },
  }),
});

/** Models of the examples. */
function MODELS(): string {
  return 'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\nclass User(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    name = db.Column(db.String(9))\nclass Order(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    user_id = db.Column(db.ForeignKey("user.id"))\n    user = db.relationship("User")\n';
}

function queries(): Selector<Repeated | { readonly query: Query; readonly module: Module; readonly loop?: undefined }> {
  return {
    kinds: ['module'], callees: QUERY_CALLS,
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      const found = repeated(unit, project);
      yield* found;
      const asked = new Set(found.map((each) => each.query));
      for (const query of unit.loops.length > 0 ? queriesIn(unit, project) : []) if (!asked.has(query)) yield { query, module: unit };
    },
  };
}

/** Queries of a file in loops over rows, in order. */
function repeated(module: Module, project: Project): readonly Repeated[] {
  return project.once(`repeated ${module.path}`, () => {
    if (module.loops.length === 0) return [];
    const own = queriesIn(module, project).flatMap((query): Repeated[] => {
      const loop = loopsAround(module, query.call).find((each) => each.over !== undefined && isRows(each.over, module, project));
      return loop ? [{ query, module, loop }] : [];
    });
    return [...own, ...related(module, project)].sort((x, y) => x.query.call.at.start - y.query.call.at.start);
  });
}

/** Those of one loop that ask for something of its rows: together one finding, at the first. */
function together(it: Repeated, context: Context): readonly Repeated[] {
  return repeated(it.module, context.project).filter((each) => each.loop === it.loop && isAsked(each, context));
}

/** `order.items.count()` for each order: a manager or a dynamic relation of the row. */
function* related(module: Module, project: Project): Iterable<Repeated> {
  for (const call of module.calls) {
    const [, row, relation] = /^(\w+)\.(\w+)\.(all|count|first|exists|filter|order_by|values_list|last)$/.exec(call.written) ?? [];
    if (row === undefined || relation === undefined || relation === 'query' || relation === 'objects' || (call.callee.endsWith('.count') && call.args.length > 0)) continue;
    const loop = loopsAround(module, call).find((each) => each.names.includes(row) && each.over !== undefined && isRows(each.over, module, project));
    if (loop) yield { query: { call, module, library: 'django', model: relation, chain: [lastName(call.callee)], single: false }, module, loop };
  }
}

const ROWS = /(^|\.)\w+\.(query|objects)(\.|$)|(^|\.)(\w*[sS]ession|sessionmaker|scoped_session|db)\.(query|scalars|execute|exec)(\.|$)|\.find(\.|$)|\.to_list$/;
const HANDS_ON = /^(builtins\.)?(list|sorted|reversed|enumerate|tuple|set|zip|iter)$/;

/** Rows of a query, as far as they are more than a few. */
function isRows(over: Value, module: Module, project: Project): boolean {
  const value = over.kind === 'reference' ? project.resolve(over, module) : over;
  if (value.kind === 'choice') return value.options.some((each) => isRows(each, module, project));
  if (value.kind === 'reference') return ROWS.test(value.name) && !/^(requests|httpx|re|os)\./.test(value.name);
  if (value.kind !== 'result') return false;
  if (HANDS_ON.test(value.callee)) return value.args.some((each) => isRows(each, module, project));
  if (/\.(get|first|one|count|exists|scalar|find_one|get_or_404|first_or_404|one_or_none|items|keys|values)$/.test(value.callee) && !/objects\.[\w.]*values$/.test(value.callee)) return false;
  return ROWS.test(value.callee) && !isFew(value) && !/^(requests|httpx|re|os|flask\.session)\b/.test(value.callee) && !/^[a-z]\w*\.(query|objects)\.\w+$/.test(value.callee.replace(/^(\w+\.)*(?=[a-z]\w*\.(query|objects)\.)/, ''));
}

/** `limit(5)`. */
function isFew(value: Value): boolean {
  for (let at: Value | undefined = value; at?.kind === 'result'; at = at.of) {
    const [first] = at.args;
    if (/\.(limit|to_list)$/.test(at.callee) && first?.kind === 'number' && first.value <= 5) return true;
  }
  return false;
}

function isAsked({ query, module, loop }: Repeated, { project, source }: Context): boolean {
  if (loop.overAt && /\[:[1-5]\]$/.test(source.slice(loop.overAt))) return false;
  const { call } = query;
  if (onlyInDevelopment(call) || onlyAsProgram(call) || BATCH.test(module.path)) return false;
  const text = source.slice(call.at);
  if (!loop.names.some((name) => new RegExp(`\\b${name}\\b`).test(text))) return false;
  const when = runningOf(project, module, call);
  if (when.size > 0 && !when.has('request')) return false;
  const around = functionsAround(module, call.at);
  if (around.some((func) => BATCHES.test(func.name))) return false;
  const before = source.slice({ start: around.at(-1)?.body.start ?? 0, end: call.at.start });
  return !isLoaded(query, loop, before, source);
}

const BATCH = /(^|\/)(migrations?|management|commands|scripts|seeds?|fixtures|tasks|jobs|cli)(\/|\.py$)/;
const BATCHES = /(^|_)(import|export|sync|seed|migrate|backfill|rebuild|reindex|cleanup|clean|purge|delete|merge|bulk|populate|upgrade|fix|init|setup|reset|recalculate|notify|send)(_|$)/;

/** The rows were fetched before by their ids, or belong to what the list was loaded with. */
function isLoaded(query: Query, loop: Loop, before: string, source: Source): boolean {
  if (query.single && /\.in_\(|__in\s*=|\bin_bulk\(|["']\$in["']/.test(before)) return true;
  const over = loop.overAt ? source.slice(loop.overAt) : '';
  const name = /^\w+$/.test(over) ? over : undefined;
  const made = name === undefined ? over : before;
  return query.chain.length === 1 && query.model !== undefined && /^[a-z]/.test(query.model) && new RegExp(`prefetch_related\\([^)]*["'(]${query.model}\\b|selectinload|subqueryload|joinedload|annotate\\(`).test(made);
}

function shown(query: Query, source: Source): string {
  const text = source.slice(query.call.at).replace(/\s+/g, ' ');
  if (text.length <= 50) return text;
  return query.model !== undefined && /^[A-Z]/.test(query.model) ? `A query of ${query.model}` : `${query.call.written.slice(-48)}()`;
}

function collection(loop: Loop | undefined, source: Source): string {
  const text = loop?.overAt ? source.slice(loop.overAt).replace(/\s+/g, ' ') : 'a list';
  return text.length > 50 ? `${text.slice(0, 47)}…` : text;
}
