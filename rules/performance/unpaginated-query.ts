import type { Context, Edit, Module, Project, Query, Route, Selector, Source } from '../kit';
import { QUERY_CALLS, functionsIn, insert, isFiltered, isLimited, lastName, lookup, onlyInDevelopment, outermostClass, pathOf, queriesIn, routeAround, rule, wordsOf } from '../kit';

interface Listed { readonly query: Query; readonly module: Module; readonly route: Route }

export default rule<Listed>({
  id: 'unpaginated-query',
  title: 'List endpoints return a page',
  severity: 'medium', points: 4, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'The page is fast with 50 rows and takes the worker down with 50 000. Growth alone breaks it.',
  how: 'Answer with a page, by cursor or offset, and a greatest size.',
  links: ['https://www.django-rest-framework.org/api-guide/pagination/', 'https://docs.djangoproject.com/en/stable/topics/pagination/', 'https://owasp.org/API-Security/editions/2023/en/0xa4-unrestricted-resource-consumption/'],
  anchors: ['CWE-770'],

  on: lists(),
  check: (it, context) => isWhole(it) && !isSmall(it.query.model ?? '') && !isExport(it.route) && !isCut(it, context) && grows(it.query, context.project) && !isPaged(it, context),
  message: ({ query, route }) => `${route.methods[0] ?? 'GET'} ${route.path || '/'} reads every row of ${query.model ?? 'the table'}.`,
  underline: ({ query }) => query.call.calleeAt,
  holds: ({ query, route }) => isLimited(query) ? `${route.path || '/'} answers with a page` : undefined,
  nothing: 'No GET route reads a list of rows.',
  summary: (count) => count === 1 ? 'One list is read by the page' : `${count} lists are read by the page`,

  fix: { title: 'Read at most 100 rows', safety: 'review', edit: limited, remains: 'Give visitors a way to the next page.' },

  examples: () => ({
    'all orders': {
      bad: { 'models.py': MODELS(), 'app.py': 'from flask import Flask, jsonify\nfrom models import Order\napp = Flask(__name__)\n@app.get("/orders")\ndef orders():\n    return jsonify([o.to_dict() for o in Order.query.all()])\n' },
      good: { 'models.py': MODELS(), 'app.py': 'from flask import Flask, jsonify\nfrom models import Order\napp = Flask(__name__)\n@app.get("/orders")\ndef orders():\n    return jsonify([o.to_dict() for o in Order.query.limit(100).all()])\n' },
    },
    'all events of MongoDB': { bad: 'from fastapi import FastAPI\napp = FastAPI()\n@app.get("/events")\nasync def events():\n    return await app.db.events.find({}, {"_id": 0}).to_list(None)\n', path: 'main.py' },
    'events of MongoDB, so many': { path: 'main.py', good: 'from fastapi import FastAPI\napp = FastAPI()\n@app.get("/events")\nasync def events():\n    await app.db.events.find({}).limit(5).to_list(None)\n    return await app.db.events.find({}, {"_id": 0}).to_list(100)\n' },
    'by the page': { good: { 'models.py': MODELS(), 'app.py': 'from flask import Flask, jsonify, request\nfrom models import Order\napp = Flask(__name__)\n@app.get("/orders")\ndef orders():\n    page = Order.query.paginate(page=request.args.get("page", 1, type=int), per_page=50)\n    return jsonify([o.to_dict() for o in page.items])\n' } },
    'a table that stays small': { good: { 'models.py': MODELS(), 'app.py': 'from flask import Flask, jsonify\nfrom models import Country, OrderStatus\napp = Flask(__name__)\n@app.get("/countries")\ndef countries():\n    return jsonify([c.name for c in Country.query.all()] + [s.name for s in OrderStatus.query.all()])\n' } },
    'in order, for a template': { bad: { 'models.py': MODELS(), 'app.py': 'from flask import Flask, render_template\nfrom models import Order\napp = Flask(__name__)\n@app.route("/orders")\ndef orders():\n    found = Order.query.order_by(Order.id.desc()).all()\n    return render_template("orders.html", orders=found)\n' } },
    'a session': { bad: 'from fastapi import Depends, FastAPI\nfrom sqlalchemy.orm import Session\nfrom models import Order, get_db\napp = FastAPI()\n@app.get("/orders")\ndef orders(db: Session = Depends(get_db)):\n    return db.query(Order).all()\n@app.post("/orders")\ndef buy(db: Session = Depends(get_db)):\n    db.add(Order())\n', path: 'main.py' },
    'a statement': { bad: 'from fastapi import Depends, FastAPI\nfrom sqlalchemy import select\nfrom sqlalchemy.ext.asyncio import AsyncSession\nfrom models import Order, get_db\napp = FastAPI()\n@app.get("/orders")\nasync def orders(db: AsyncSession = Depends(get_db)):\n    result = await db.execute(select(Order).order_by(Order.id))\n    return result.scalars().all()\ndef buy(db):\n    db.add(Order())\n', path: 'main.py' },
    'a statement with a limit': { path: 'main.py', good: 'from fastapi import Depends, FastAPI\nfrom sqlalchemy import select\nfrom sqlmodel import Session\nfrom models import Order, get_db\napp = FastAPI()\n@app.get("/orders")\ndef orders(skip: int, limit: int = 100, db: Session = Depends(get_db)):\n    statement = select(Order).offset(skip).limit(limit)\n    one = db.execute(select(Order).where(Order.id == skip)).scalars().all()\n    return db.exec(statement).all()\n' },
    'Django': { bad: { 'shop/models.py': 'from django.db import models\nclass Order(models.Model):\n    pass\ndef buy():\n    Order.objects.create()\n', 'shop/views.py': 'from django.shortcuts import render\nfrom shop.models import Order\ndef orders(request):\n    return render(request, "orders.html", {"orders": Order.objects.all()})\n', 'shop/urls.py': 'from django.urls import path\nfrom shop import views\nurlpatterns = [path("orders/", views.orders)]\n' } },
    'Django, by the page or narrowed later': { good: { 'shop/models.py': 'from django.db import models\nclass Order(models.Model):\n    pass\ndef buy():\n    Order.objects.create()\n', 'shop/views.py': 'from django.core.paginator import Paginator\nfrom django.shortcuts import render\nfrom shop.models import Order\ndef orders(request):\n    page = Paginator(Order.objects.all(), 25).get_page(1)\n    found = Order.objects.all()\n    found = found.filter(owner=request.user)\n    some = Order.objects.order_by("-id")[:20]\n    count = Order.objects.all().count()\n    last = Order.objects.order_by("-id").first()\n    return render(request, "orders.html", {"page": page})\n', 'shop/urls.py': 'from django.urls import path\nfrom shop import views\nurlpatterns = [path("orders/", views.orders)]\n' } },
    'rows that only the owner adds': { good: 'from flask import Flask, jsonify\nfrom models import Award\napp = Flask(__name__)\n@app.get("/awards")\ndef awards():\n    return jsonify([each.name for each in Award.query.all()])\n' },
    'a choice on the page of one thing': { good: { 'models.py': MODELS(), 'app.py': 'from flask import Flask, render_template, request\nfrom models import Order\napp = Flask(__name__)\n@app.get("/boxes/<int:box_id>")\ndef box(box_id):\n    return render_template("box.html", orders=Order.query.all())\n@app.route("/close", methods=["GET", "POST"])\ndef close():\n    if request.method == "POST":\n        for each in Order.query.all():\n            each.open = False\n    return ""\n' } },
    'a viewset of Django REST framework': { bad: { 'shop/models.py': 'from django.db import models\nclass Order(models.Model):\n    pass\n', 'shop/views.py': 'from rest_framework import serializers, viewsets\nfrom shop.models import Order\nclass OrderSerializer(serializers.ModelSerializer):\n    class Meta:\n        model = Order\nclass OrderViewSet(viewsets.ModelViewSet):\n    queryset = Order.objects.all()\n    serializer_class = OrderSerializer\n', 'shop/urls.py': 'from django.urls import include, path\nfrom rest_framework.routers import DefaultRouter\nfrom shop.views import OrderViewSet\nrouter = DefaultRouter()\nrouter.register("orders", OrderViewSet)\nurlpatterns = [path("", include(router.urls))]\n' } },
    'a viewset that is cut': { good: { 'shop/settings.py': 'ROOT_URLCONF = "shop.urls"\nREST_FRAMEWORK = {"DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination", "PAGE_SIZE": 50}\n', 'shop/models.py': 'from django.db import models\nclass Order(models.Model):\n    pass\n', 'shop/views.py': 'from rest_framework import serializers, viewsets\nfrom shop.models import Order\nclass OrderSerializer(serializers.ModelSerializer):\n    class Meta:\n        model = Order\nclass OrderViewSet(viewsets.ModelViewSet):\n    queryset = Order.objects.all()\n    serializer_class = OrderSerializer\n', 'shop/urls.py': 'from django.urls import include, path\nfrom rest_framework.routers import DefaultRouter\nfrom shop.views import OrderViewSet\nrouter = DefaultRouter()\nrouter.register("orders", OrderViewSet)\nurlpatterns = [path("", include(router.urls))]\n' } },
    'rows of one parent': { good: { 'models.py': MODELS(), 'app.py': 'from flask import Flask, jsonify\nfrom models import Order\napp = Flask(__name__)\n@app.get("/users/<int:user_id>/orders")\ndef orders(user_id):\n    return jsonify([o.to_dict() for o in Order.query.filter_by(user_id=user_id).all()])\n' } },
    'a file for download': { good: { 'models.py': MODELS(), 'app.py': 'from flask import Flask\nfrom models import Order\napp = Flask(__name__)\n@app.get("/orders/export.csv")\ndef export():\n    return "\\n".join(str(o.id) for o in Order.query.all())\n' } },
    'a route that writes': { good: { 'models.py': MODELS(), 'app.py': 'from flask import Flask\nfrom models import Order\napp = Flask(__name__)\n@app.post("/orders/close")\ndef close():\n    for o in Order.query.all():\n        o.open = False\n    return ""\n' } },
    'a slice of all': { good: { 'models.py': MODELS(), 'app.py': 'from flask import Flask, jsonify\nfrom models import Order\napp = Flask(__name__)\n@app.get("/orders")\ndef orders():\n    return jsonify([o.to_dict() for o in Order.query.order_by(Order.id)[:20]])\n' } },
    'tests': { path: 'tests/test_a.py', good: 'from app import Order, app\n@app.get("/orders")\ndef orders():\n    return Order.query.all()\n' },
  }),
});

/** Models of the examples. */
function MODELS(): string {
  return 'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\nclass Order(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    open = db.Column(db.Boolean)\nclass Country(db.Model):\n    name = db.Column(db.String(9), primary_key=True)\nclass OrderStatus(db.Model):\n    name = db.Column(db.String(9), primary_key=True)\ndef buy():\n    db.session.add(Order(open=True))\n';
}

function lists(): Selector<Listed> {
  return {
    kinds: ['module'], callees: QUERY_CALLS,
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python' || unit.calls.length === 0) return;
      const routes = routesFor(unit, project);
      if (routes.length === 0) return;
      const seen = new Set<string>();
      for (const query of queriesIn(unit, project)) {
        const { call } = query;
        const route = query.single || onlyInDevelopment(call) || isReplaced(query, unit) ? undefined : routeAround(routes, unit, call.at);
        const key = `${route?.path ?? ''} ${query.model ?? ''} ${String(isLimited(query))}`;
        if (route && !seen.has(key)) { seen.add(key); yield { query, module: unit, route }; }
      }
    },
  };
}

/** `queryset = Order.objects.all()` of a view whose `get_queryset` says otherwise. */
function isReplaced({ call }: Query, module: Module): boolean {
  return call.boundTo === 'queryset' && functionsIn(module, call.scope).some((each) => each.name === 'get_queryset');
}

/** Routes of a file that answer GET with a list: what ends in a parameter is about one thing. */
function routesFor(module: Module, project: Project): readonly Route[] {
  return project.routesOf(module).filter((route) => !/[>}]\/?$/.test(route.path) && (route.methods.length === 0 || route.methods.includes('GET')));
}

/** It ends with all rows, and nothing chooses among them. */
function isWhole({ query }: Listed): boolean {
  const last = query.chain.at(-1);
  if (isLimited(query) || isFiltered(query) || (query.model === undefined && query.library !== 'mongo')) return false;
  if (query.library === 'mongo') return last === 'to_list' && query.chain[0] === 'find' && isEndless(query) && !query.chain.includes('aggregate') && findsAll(query);
  if (query.library === 'django') return last === 'all' || last === 'order_by';
  return last === 'all' || last === 'scalars' || last === 'execute' || last === 'exec' || last === 'order_by';
}

/** `to_list(None)`, `to_list(length=None)`, `to_list()`. */
function isEndless({ call }: Query): boolean {
  const given = call.args[0] ?? call.keywords.find((each) => each.name === 'length')?.value;
  return given === undefined ? !call.open : given.kind === 'none';
}

/** `find({})`, `find()`. */
function findsAll({ call }: Query): boolean {
  let at = call.receiver;
  while (at?.kind === 'result' && lastName(at.callee) !== 'find' && at.of) at = at.of;
  if (at?.kind !== 'result' || lastName(at.callee) !== 'find') return false;
  const [filter] = at.args;
  return filter === undefined || (filter.kind === 'dict' && filter.entries.length === 0 && !filter.open);
}

const SMALL: ReadonlySet<string> = new Set(['category', 'categories', 'role', 'roles', 'tag', 'tags', 'setting', 'settings', 'country', 'countries', 'language', 'languages', 'currency', 'currencies', 'status', 'statuses', 'permission', 'permissions', 'group', 'groups', 'department', 'type', 'types', 'config', 'configs', 'configuration', 'plan', 'plans', 'region', 'state', 'province', 'city', 'unit', 'level', 'page', 'pages', 'menu', 'theme', 'template', 'color', 'size', 'brand', 'genre', 'topic', 'section', 'field', 'fields', 'bracket', 'brackets', 'option', 'options', 'feature', 'flag', 'provider', 'plugin', 'workflow', 'environment', 'priority', 'severity', 'choice', 'faq', 'banner', 'slide', 'testimonial', 'award', 'admin', 'timezone', 'locale', 'organization', 'tenant', 'team', 'teams', 'site', 'sites', 'domain', 'award', 'badge', 'sponsor', 'corporatemember', 'year']);

/** Tables that stay small in any life of an application. */
function isSmall(model: string): boolean {
  const last = wordsOf(model).at(-1) ?? '';
  return SMALL.has(last);
}

/** Visitors, or what they do, add rows: somewhere the code makes one. What only the owner's own hands add stays small. */
function grows({ model, library }: Query, project: Project): boolean {
  return library === 'mongo' || model === undefined || madeModels(project).has(model);
}

/** Last names of models that code which is not a migration or a test makes rows of: by their class, their manager, a form or a serializer. */
function madeModels(project: Project): ReadonlySet<string> {
  return project.once('madeModels', () => {
    const made = new Set<string>();
    const add = (callee: string) => {
      const last = lastName(callee);
      if (/^[A-Z]/.test(last)) made.add(last);
      const owner = /(?:^|\.)([A-Z]\w*)\.(?:objects\.(?:\w+\.)*)?(?:create|acreate|get_or_create|update_or_create|bulk_create|insert|model_validate|from_orm|parse_obj|create_user)$/.exec(callee)?.[1];
      if (owner !== undefined) made.add(owner);
    };
    for (const module of project.modules) {
      for (const func of module.functions) func.does.forEach(add);
      for (const one of module.assignments) if (one.target === 'model' && one.scope !== '' && one.value.kind === 'reference') made.add(lastName(one.value.name));
    }
    return made;
  });
}

/** Django REST framework cuts lists by itself, for the whole project or for this view. */
function isPaged({ query, module }: Listed, { project }: Context): boolean {
  const owner = outermostClass(module, query.call);
  if (!owner || query.library !== 'django') return false;
  const path = pathOf(owner);
  if (module.assignments.some((each) => each.scope === path && /^(pagination_class|paginate_by)$/.test(each.target) && each.value.kind !== 'none')) return true;
  return project.settings('REST_FRAMEWORK').some((each) => { const given = lookup(each.value, 'DEFAULT_PAGINATION_CLASS'); return given !== undefined && given.kind !== 'none'; });
}

/** Everything is what was asked for: a file, a feed, a sitemap, a count. */
function isExport(route: Route): boolean {
  return /(^|[/_.-])(export|csv|xlsx?|download|backup|dump|report|sitemap|feed|rss|atom|stream|stats|statistics|metrics|count|health|debug|seed|setup|init)([/_.-]|$)/i.test(`${route.path} ${lastName(route.handler)}`);
}

/** A part is taken of it afterwards, it is only counted, or read before something is changed. */
function isCut({ query, route }: Listed, { source }: Context): boolean {
  const { call } = query;
  if (call.guards.some((each) => /POST|PUT|DELETE|validate_on_submit|is_valid/.test(source.slice(each.at)))) return true;
  const after = source.slice({ start: call.at.end, end: call.at.end + 40 });
  if (/^\s*\[|^\s*\.(paginate|limit|filter|filter_by|where|first|count|exists|get|update|delete|iterator|in_bulk|aggregate)\b/.test(after)) return true;
  if (call.within.some((each) => /[pP]aginat|islice|^len$|(^|\.)(Schema|Form)$/.test(each))) return true;
  const name = call.boundTo;
  if (name === undefined) return false;
  return new RegExp(`\\b${name.replace(/\\W/g, '.')}\\b(\\s*=[^=][^\\n]*)?(\\[[^\\]]*:|\\.(paginate|limit|filter|filter_by|where|offset|slice|exclude)\\()|[pP]aginat\\w*\\([^)]*\\b${name}\\b|\\b${name}\\b[\\w.()]*\\.(first|one|one_or_none|scalar|scalar_one|scalar_one_or_none|fetchone|fetchmany)\\(`).test(code(source, { start: call.at.end, end: route.body.end }));
}

function code(source: Source, at: { readonly start: number; readonly end: number }): string {
  return source.slice(at).replace(/#[^\n]*/g, '');
}

/** `.limit(100)` in front of `.all()`. */
function limited({ query }: Listed, { source }: Context): readonly Edit[] | undefined {
  if (query.library !== 'sqlalchemy' || query.chain.at(-1) !== 'all' || query.chain.some((each) => each === 'scalars' || each === 'execute' || each === 'exec')) return undefined;
  const end = query.call.calleeAt.end;
  return source.slice({ start: end - 4, end }) === '.all' ? [insert(end - 4, '.limit(100)')] : undefined;
}
