import type { Assignment, Context, Keyword, Module, Project, Selector, Span, Value, Variation, Way } from '../kit';
import { alongWay, call, classByPath, forAdministrators, functionAt, lastName, placesOf, routeAround, rule, wayTo, withoutComments } from '../kit';

/** Something a whole body is put into: a record, a document; or a form that names no fields. */
interface Filled { readonly module: Module; readonly scope: string; readonly at: Span; readonly name: string; readonly body: Value; readonly key?: Value }
interface Open { readonly module: Module; readonly fields: Assignment }
/** A right of an account that is given a value: `User(role=…)`, `user.is_admin = …`. */
interface Granted { readonly module: Module; readonly scope: string; readonly at: Span; readonly right: string; readonly value: Value }

/** Documents of a database without a schema. */
const DOCUMENTS = ['*.insert_one', '*.update_one', '*.update_many', '*.find_one_and_update', '*.replace_one'] as const;

export default rule<Filled | Open | Granted>({
  id: 'mass-assignment',
  title: 'Models are filled from an explicit list of fields',
  severity: 'high', points: 12, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'A client adds is_admin or owner_id to the body and the ORM stores it. Nothing in the page shows that the field was writable.',
  how: 'Copy named fields or validate with a schema that lists them.',
  links: ['https://cheatsheetseries.owasp.org/cheatsheets/Mass_Assignment_Cheat_Sheet.html', 'https://cwe.mitre.org/data/definitions/915.html'],
  anchors: ['semgrep mass-assignment', 'ruff DJ006', 'ruff DJ007', 'CWE-915'],

  on: fillings(),
  check: (it, context) => {
    if ('fields' in it) return gradeOfForm(it, context.project);
    if ('right' in it) return gradeOfRight(it, context);
    const way = wholeBody(it, context);
    return way && !way.legs.some((leg) => forAdministrators(leg.module, leg.at, context.project)) ? alongWay(way) : false;
  },
  message: (it, context) => 'right' in it ? `${it.right} is whatever a visitor sends: nothing on the way says who may have which.` : 'fields' in it ? `${ownerOf(it)} takes every field of its model.` : `${it.name} is filled from the whole of ${wholeBody(it, context)?.read ?? 'the body'}.`,
  underline: (it) => 'fields' in it ? it.fields.value.at : it.at,
  related: (it, context) => 'fields' in it ? [] : 'right' in it ? placesOf(claimed(it, context), { path: context.unit.path, start: it.at.start, end: it.at.end, text: `becomes ${it.right}` }) : placesOf(wholeBody(it, context), { path: context.unit.path, start: it.at.start, end: it.at.end, text: `put into ${it.name}` }),
  nothing: 'No record is filled from a table of fields.',

  examples: () => ({
    'a model and the whole body': { bad: 'from flask import request\ndef create(User, session):\n    session.add(User(**request.json))\n' },
    'a model of the project, by way of a name': { bad: { 'models.py': 'from flask_sqlalchemy import SQLAlchemy\n\ndb = SQLAlchemy()\n\nclass User(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    is_admin = db.Column(db.Boolean)\n', 'app.py': 'from flask import Flask, request\nfrom models import User, db\n\napp = Flask(__name__)\n\n@app.post("/users")\ndef create():\n    data = request.get_json()\n    user = User(**data)\n    db.session.add(user)\n    return "", 201\n' } },
    'every key is set': { bad: 'from flask import Flask, request\nfrom models import User\n\napp = Flask(__name__)\n\n@app.put("/users/<int:id>")\ndef change(id):\n    user = User.query.get(id)\n    for key, value in request.json.items():\n        setattr(user, key, value)\n    return ""\n' },
    'a table of FastAPI': { bad: 'from fastapi import FastAPI\nfrom models import User\n\napp = FastAPI()\n\n@app.patch("/users/{id}")\ndef change(id: int, body: dict, db):\n    user = db.get(User, id)\n    for key, value in body.items():\n        setattr(user, key, value)\n' },
    'a document': { bad: 'from flask import request\nfrom flask_pymongo import PyMongo\n\nmongo = PyMongo()\n\ndef change(id):\n    mongo.db.users.update_one({"_id": id}, {"$set": request.json})\n' },
    'Django\'s manager': { bad: { 'shop/models.py': 'from django.db import models\n\nclass Order(models.Model):\n    price = models.DecimalField()\n', 'shop/views.py': 'from rest_framework.decorators import api_view\nfrom shop.models import Order\n\n@api_view(["POST"])\ndef create(request):\n    Order.objects.create(**request.data)\n' } },
    'a form of all fields': { bad: { 'shop/models.py': 'from django.db import models\n\nclass Order(models.Model):\n    price = models.DecimalField()\n    status = models.CharField(max_length=9)\n', 'shop/forms.py': 'from django.forms import ModelForm\nfrom shop.models import Order\n\nclass OrderForm(ModelForm):\n    class Meta:\n        model = Order\n        fields = "__all__"\n' }, severity: 'medium' },
    'a form of all fields, none of them dangerous': { bad: { 'shop/models.py': 'from django.db import models\n\nclass Note(models.Model):\n    text = models.TextField()\n', 'shop/forms.py': 'from django.forms import ModelForm\nfrom shop.models import Note\n\nclass NoteForm(ModelForm):\n    class Meta:\n        model = Note\n        fields = "__all__"\n' }, severity: 'low' },
    'a role by the visitor\'s word, at the registration': { severity: 'critical', bad: { 'models.py': 'from flask_sqlalchemy import SQLAlchemy\n\ndb = SQLAlchemy()\n\nclass User(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    role = db.Column(db.String(9))\n', 'app.py': 'from flask import Flask, request\nfrom models import User, db\n\napp = Flask(__name__)\n\n@app.post("/register")\ndef register():\n    data = request.get_json()\n    role = data.get("role", "student")\n    db.session.add(User(email=data["email"], role=role))\n    db.session.commit()\n    return "", 201\n' } },
    'a role that a member gives himself': { bad: 'from flask import Flask, request\nfrom flask_login import current_user, login_required\n\napp = Flask(__name__)\n\n@app.put("/profile")\n@login_required\ndef change():\n    user = current_user\n    user.is_admin = request.json["is_admin"]\n    return ""\n' },
    'a role of Django\'s user, in a view that no route names': { severity: 'medium', path: 'shop/views_old.py', bad: 'from django.contrib.auth.models import User\n\ndef register(request):\n    return User.objects.create_user(email=request.POST["email"], role=request.POST["role"])\n' },
    'a role out of a list, and by those who may': { good: 'from flask import Flask, abort, request\nfrom flask_login import current_user, login_required\nfrom models import User\n\napp = Flask(__name__)\n\n@app.post("/register")\ndef register():\n    role = request.json.get("role", "student")\n    if role not in ("student", "guest"):\n        abort(400)\n    return User(role=role).save()\n\n@app.post("/users")\n@login_required\ndef create():\n    if current_user.role != "admin":\n        abort(403)\n    return User(role=request.json["role"]).save()\n\n@app.post("/users/<int:id>/role")\n@login_required\ndef promote(id):\n    require_role("owner")\n    user = User.query.get(id)\n    user.role = request.json["role"]\n    return ""\n' },
    'a role of something that is no account, and one that is fixed': { good: 'from flask import Flask, request\nfrom models import Message, User\n\napp = Flask(__name__)\n\n@app.post("/chat")\ndef say():\n    return Message(role=request.json["role"]).save()\n\n@app.post("/register")\ndef register():\n    return User(email=request.json["email"], role="student").save()\n' },
    'fields by name': { good: 'from flask import request\ndef create(User, session):\n    data = request.json\n    session.add(User(name=data["name"], email=data["email"]))\n' },
    'a schema of pydantic': { path: 'main.py', good: 'from pydantic import BaseModel\nclass NewUser(BaseModel):\n    name: str\n    email: str\ndef create(body: NewUser, User, session):\n    session.add(User(**body.model_dump()))\n' },
    'what pydantic has read, set one by one': { good: 'from fastapi import FastAPI\nfrom pydantic import BaseModel\nfrom models import User\n\napp = FastAPI()\n\nclass Change(BaseModel):\n    name: str\n\n@app.patch("/users/{id}")\ndef change(id: int, body: Change, db):\n    user = db.get(User, id)\n    for key, value in body.model_dump(exclude_unset=True).items():\n        setattr(user, key, value)\n    data = body.dict()\n    db.add(User(**data))\n' },
    'the body is read by a schema': { good: { 'schemas.py': 'from pydantic import BaseModel\n\nclass NewUser(BaseModel):\n    name: str\n', 'app.py': 'from flask import request\nfrom schemas import NewUser\n\ndef create(session, UserSchema):\n    new = NewUser(**request.json)\n    data = UserSchema().load(request.json)\n    session.add(User(name=new.name, **data))\n' } },
    'keys of a list': { good: 'from flask import request\n\nALLOWED = {"name", "email"}\n\ndef change(user):\n    for key, value in request.json.items():\n        if key in ALLOWED:\n            setattr(user, key, value)\n    for field in ("name", "email"):\n        setattr(user, field, request.json[field])\n' },
    'what takes keywords and stores nothing': { good: 'import requests\nfrom flask import render_template, request, url_for\n\ndef show():\n    return render_template("a.html", **request.args)\n\ndef again():\n    return url_for("show", **request.args)\n\ndef copy():\n    return dict(**request.form)\n' },
    'an administrator': { good: 'from flask import Flask, request\nfrom auth import admin_required\nfrom models import User\n\napp = Flask(__name__)\n\n@app.put("/admin/users/<int:id>")\n@admin_required\ndef change(id):\n    user = User.query.get(id)\n    for key, value in request.json.items():\n        setattr(user, key, value)\n' },
    'fields of a form by name, and the administration': { good: { 'shop/models.py': 'from django.db import models\n\nclass Order(models.Model):\n    status = models.CharField(max_length=9)\n', 'shop/forms.py': 'from django.forms import ModelForm\nfrom shop.models import Order\n\nclass OrderForm(ModelForm):\n    class Meta:\n        model = Order\n        fields = ["status"]\n', 'shop/admin.py': 'from django.forms import ModelForm\nfrom shop.models import Order\n\nclass OrderForm(ModelForm):\n    class Meta:\n        model = Order\n        fields = "__all__"\n' } },
    'read only': { good: { 'shop/models.py': 'from django.db import models\n\nclass Order(models.Model):\n    status = models.CharField(max_length=9)\n', 'shop/serializers.py': 'from rest_framework import serializers\nfrom shop.models import Order\n\nclass OrderSerializer(serializers.ModelSerializer):\n    class Meta:\n        model = Order\n        fields = "__all__"\n        read_only_fields = ["status"]\n' } },
    'tests': { path: 'tests/test_user.py', good: 'from flask import request\ndef create(User):\n    return User(**request.json)\n' },
  }),
});

const PRIVILEGED: Variation = { severity: 'medium', points: 6, because: 'the model has columns that decide about rights, owners or money' };
const PLAIN: Variation = { severity: 'low', points: 2, because: 'no column of the model decides about rights, owners or money' };

function fillings(): Selector<Filled | Open | Granted> {
  const documents = call(...DOCUMENTS, 'setattr', 'builtins.setattr');
  return {
    kinds: ['module'], callees: documents.callees,
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      for (const one of [...unit.calls, ...unit.passes]) {
        const body = one.keywords.find((each: Keyword) => each.name === '**')?.value;
        if (body && isRecord(one.callee, unit, project)) yield { module: unit, scope: one.scope, at: one.at, name: recordName(one.written), body };
      }
      for (const { call: one } of documents.select(unit, project)) {
        const [first, second, third] = one.args;
        if (lastName(one.callee) === 'setattr') { if (second && third) yield { module: unit, scope: one.scope, at: one.at, name: 'The object', body: third, key: second }; continue; }
        const given = lastName(one.callee) === 'insert_one' ? first : second;
        const body = given?.kind === 'dict' ? given.entries.find((each) => each.key.kind === 'text' && each.key.value === '$set')?.value : given;
        if (body && body.kind !== 'dict') yield { module: unit, scope: one.scope, at: one.at, name: one.written.split('.').at(-2) ?? 'A document', body };
      }
      yield* granted(unit, project);
      for (const fields of unit.assignments) if (fields.target === 'fields' && /(^|\.)Meta$/.test(fields.scope) && fields.value.kind === 'text' && fields.value.value === '__all__') yield { module: unit, fields };
    },
  };
}

/** It makes or changes a record: a model of the project, or a class that is only given as a value. */
function isRecord(callee: string, module: Module, project: Project): boolean {
  const found = project.model(callee, module);
  if (found) return /^$|^(objects|query)?\.?(create|update_or_create|get_or_create|insert|update)$/.test(found.rest);
  return /^[A-Z][A-Za-z0-9]*$/.test(callee) && !module.imports.some((each) => each.name === callee) && !module.classes.some((each) => each.name === callee);
}

function recordName(written: string): string {
  return written.split('.').find((each) => /^[A-Z]/.test(each)) ?? written;
}

/** The body as it came: of a request, or a parameter that is a table. What a schema has read is named there. */
function wholeBody({ module, scope, at, body, key }: Filled, context: Context): Way | undefined {
  const match = { module, call: { scope, at } };
  const way = wayTo(body, match, context);
  if (!way || (key && !wayTo(key, match, context))) return undefined;
  if (/request\.(json|form|data|POST|values|body|get_json)|get_json\(/.test(way.read)) return way;
  const [first] = way.legs;
  const func = first && functionAt(first.module, first);
  const annotation = func?.parameters.find((each) => each.name === way.read)?.annotation;
  return annotation !== undefined && /^(dict|typing\.(Dict|Any|Mapping)|Dict|Any|fastapi\.Body)$/.test(annotation) ? way : undefined;
}

// ---- rights

const RIGHT = /^(user_?)?(roles?|is_?(admin|staff|superuser|root)|admin|superuser|permissions?|access_?level|privileges?)$/i;
const ACCOUNT = /(^|_)(user|account|member|profile|person|employee)s?$|^[A-Z]\w*(User|Account|Member|Profile|Employee)$/i;
/** Somebody is asked who he is, or the value what it is, before it becomes a right. */
const ASKED = /^[ \t]*(if|elif|while|assert|raise|match)\b[^\n]*(role|admin|staff|superuser|permission|privilege|access_?level)|\b\w*(require|check|ensure|verify|assert|has|valid|allow|restrict|authorize)\w*_?(role|admin|perm|staff|access)\w*\(|\b(\w*ROLES?\w*|[A-Z]\w*Role|RoleEnum)\b/m;
/** Django's users may be of a class that is in no file here. */
const MADE = /\.objects\.(create(_user)?|(get|update)_or_create)$/;
const UNKNOWN_CALLER = /log-?in|sign-?(in|up)|regist|enrol|join/i;

function* granted(module: Module, project: Project): Iterable<Granted> {
  for (const one of [...module.calls, ...module.passes]) {
    const given = one.keywords.find((each) => RIGHT.test(each.name));
    const name = recordName(one.written);
    if (given && ACCOUNT.test(name) && (MADE.test(one.callee) || isRecord(one.callee, module, project))) yield { module, scope: one.scope, at: given.at, right: `${name}.${given.name}`, value: given.value };
  }
  for (const one of module.assignments) {
    const [, owner = '', right = ''] = /^(?:\w+\.)*(\w+)\.(\w+)$/.exec(one.target) ?? [];
    if (one.how === 'statement' && RIGHT.test(right) && ACCOUNT.test(owner)) yield { module, scope: one.scope, at: one.at, right: one.target, value: one.value };
  }
}

/** The way on which a visitor's word becomes a right, and nobody is asked on it. */
function claimed({ module, scope, at, value }: Granted, context: Context): Way | undefined {
  const way = wayTo(value, { module, call: { scope, at } }, context);
  if (!way || !/request\.(json|form|data|POST|GET|values|args|body|get_json|query_params)|get_json\(/.test(way.read)) return undefined;
  const isAsked = way.legs.some((leg) => {
    const func = functionAt(leg.module, leg);
    return forAdministrators(leg.module, leg.at, context.project) || (func !== undefined && ASKED.test(withoutComments(context.project.written(leg.module.path, func.at))));
  });
  return isAsked ? undefined : way;
}

function gradeOfRight(it: Granted, context: Context): boolean | Variation {
  const way = claimed(it, context);
  const [first] = way?.legs ?? [];
  if (!way || !first) return false;
  const route = routeAround(context.project.routesOf(first.module), first.module, first.at);
  if (route?.gates.some((each) => /role|perm|owner|manager|scope/i.test(lastName(each)))) return false;
  if (!route) return alongWay(way, { severity: 'medium', points: 6, because: 'no route leads to it, as far as can be seen' });
  const isOpen = UNKNOWN_CALLER.test(route.path) || UNKNOWN_CALLER.test(lastName(route.handler));
  return alongWay(way, isOpen ? { severity: 'critical', points: 25, because: 'whoever signs up or in makes himself an administrator' } : true);
}

// ---- forms

const ABOVE = /(^|\.)(ModelForm|ModelSerializer|HyperlinkedModelSerializer)$/;
const SENSITIVE = /^(is_(admin|staff|superuser|active|verified|approved|paid)|role|roles|owner|owner_id|user|user_id|created_by|permissions?|price|amount|balance|total|status|verified|approved|credit|plan|tier)$/;

function ownerOf({ fields }: Open): string {
  return fields.scope.split('.').at(-2) ?? fields.scope;
}

function gradeOfForm({ module, fields }: Open, project: Project): false | Variation {
  const path = fields.scope.replace(/\.Meta$/, '');
  const owner = classByPath(module, path, fields.at);
  if (!owner?.bases.some((each) => ABOVE.test(each)) || forAdministrators(module, fields.at, project)) return false;
  const meta = module.assignments.filter((each) => each.scope === fields.scope);
  if (meta.some((each) => /^(read_only_fields|exclude)$/.test(each.target)) || project.calls('*.ReadOnlyModelViewSet').length > 0) return false;
  const model = meta.find((each) => each.target === 'model')?.value;
  const found = model?.kind === 'reference' ? project.model(model.name, module) : undefined;
  if (!found) return false;
  return found.mapped.model.columns.some((each) => SENSITIVE.test(each.name)) ? PRIVILEGED : PLAIN;
}
