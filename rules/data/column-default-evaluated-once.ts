import type { Assignment, Column, ColumnDefault, ColumnMatch, Context, Edit, Func, FuncParameter, Module, Project, Selector, Source, Span, Value, Variation } from '../kit';
import { anyOf, classByPath, columns, functionsAround, importing, insert, isProgram, options, pathOf, qualifiedPath, replace, rule } from '../kit';

/** What gives another answer each time it is called. */
const MOMENT = /^((datetime\.)?(datetime\.)?(datetime|date)\.(now|utcnow|today)|datetime\.(datetime\.)?now|django\.utils\.timezone\.(now|localtime|localdate)|time\.time(_ns)?|pendulum\.(now|today)|arrow\.(utcnow|now)|uuid\.uuid[147]|uuid[147]|secrets\.(token_\w+|choice|randbelow)|os\.urandom|random\.(randint|random|choice|choices|randrange|getrandbits)|shortuuid\.uuid|ulid\.\w+|nanoid\.generate|django\.utils\.crypto\.get_random_string)$/;

interface FieldMatch { readonly module: Module; readonly assignment: Assignment; readonly field: ColumnDefault; readonly owner: string }
interface ParameterMatch { readonly module: Module; readonly parameter: FuncParameter; readonly func: Func; readonly field: ColumnDefault }
type Match = ColumnMatch | FieldMatch | ParameterMatch;

export default rule<Match>({
  id: 'column-default-evaluated-once',
  title: 'Column defaults are computed per row',
  severity: 'medium', points: 8, confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: 'Every row and every call gets the time the process started, or the same random token. Tests pass because the process is young.',
  how: 'Give the function, not its result.',
  links: ['https://docs.sqlalchemy.org/en/20/core/defaults.html'],
  anchors: ['ruff RUF009', 'ruff B008', 'CWE-665'],

  on: anyOf(columns((one) => one.default !== undefined || one.onUpdate !== undefined), anyOf(fields(), parameters())),
  check: (match, { source, project }) => !('parameter' in match && isProgram(match.module, project)) && verdict(match, source),
  message: (match, { source }) => {
    const one = faulty(match, source);
    return one && isShared(one) ? `${titleOf(match)} has a default that all rows share and that any of them may change.` : `${titleOf(match)} has a default that is computed once, at import${one?.callee ? `: ${shortened(one.callee)}()` : ''}.`;
  },
  underline: (match, { source }) => faulty(match, source)?.at ?? placeOf(match),
  holds: (match) => 'column' in match && match.column.default && match.column.default.how !== 'constant' ? `${titleOf(match)} is computed per row` : undefined,
  nothing: 'No column has a default.',
  summary: (count) => count === 1 ? 'The only column default is a callable or a constant' : `${count} column defaults, all callables or constants`,

  fix: { title: 'Pass the function', safety: 'safe', edit: passed },

  examples: () => ({
    'the time of a row': {
      bad: 'from datetime import datetime\nclass Post(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    created_at = db.Column(db.DateTime, default=datetime.utcnow())\ndb = None\n', path: 'models.py',
      good: 'from datetime import datetime\nclass Post(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    created_at = db.Column(db.DateTime, default=datetime.utcnow)\ndb = None\n',
    },
    'a call with arguments': {
      bad: 'from datetime import datetime, timezone\nclass Post(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    created_at = db.Column(db.DateTime(timezone=True), default=datetime.now(timezone.utc), nullable=False)\ndb = None\n', path: 'models.py',
      good: 'from datetime import datetime, timezone\nclass Post(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    created_at = db.Column(db.DateTime(timezone=True), default=lambda: datetime.now(timezone.utc), nullable=False)\ndb = None\n',
    },
    'an expiry': {
      bad: 'import datetime as dt\nfrom sqlalchemy import Column, DateTime, Integer\nfrom db import Base\nclass Token(Base):\n    __tablename__ = "t"\n    id = Column(Integer, primary_key=True)\n    until = Column(DateTime, default=dt.datetime.utcnow() + dt.timedelta(days=30))\n', path: 'models.py',
      good: 'import datetime as dt\nfrom sqlalchemy import Column, DateTime, Integer\nfrom db import Base\nclass Token(Base):\n    __tablename__ = "t"\n    id = Column(Integer, primary_key=True)\n    until = Column(DateTime, default=lambda: dt.datetime.utcnow() + dt.timedelta(days=30))\n',
    },
    'on every change': { bad: 'from datetime import datetime\nfrom sqlalchemy import DateTime\nfrom sqlalchemy.orm import Mapped, mapped_column\nfrom db import Base\nclass Post(Base):\n    __tablename__ = "p"\n    changed: Mapped[datetime] = mapped_column(DateTime, onupdate=datetime.now())\n', path: 'models.py' },
    'Django': {
      bad: 'import uuid\nfrom django.db import models\nclass Order(models.Model):\n    key = models.UUIDField(default=uuid.uuid4(), unique=True)\n', path: 'shop/models.py',
      good: 'import uuid\nfrom django.db import models\nclass Order(models.Model):\n    key = models.UUIDField(default=uuid.uuid4, unique=True)\n',
    },
    'Django, with arguments': { bad: 'from datetime import timedelta\nfrom django.db import models\nfrom django.utils import timezone\nclass Order(models.Model):\n    due = models.DateTimeField(default=timezone.now() + timedelta(days=7))\n', path: 'shop/models.py' },
    'a table shared by rows': {
      bad: 'from django.db import models\nclass Order(models.Model):\n    extra = models.JSONField(default={})\n', path: 'shop/models.py', severity: 'low',
      good: 'from django.db import models\nclass Order(models.Model):\n    extra = models.JSONField(default=dict)\n',
    },
    'a random token': { bad: 'import secrets\nclass Invite(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    token = db.Column(db.String(64), default=str(secrets.token_hex(32)))\ndb = None\n', path: 'models.py' },
    'a constant of the module': { bad: 'from datetime import datetime\nNOW = datetime.utcnow()\nclass Post(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    made = db.Column(db.DateTime, default=NOW)\ndb = None\n', path: 'models.py' },
    'SQLModel': {
      bad: 'from datetime import datetime\nfrom sqlmodel import Field, SQLModel\nclass Hero(SQLModel, table=True):\n    id: int | None = Field(default=None, primary_key=True)\n    made: datetime = Field(default=datetime.utcnow())\n', path: 'models.py',
      good: 'from datetime import datetime\nfrom sqlmodel import Field, SQLModel\nclass Hero(SQLModel, table=True):\n    id: int | None = Field(default=None, primary_key=True)\n    made: datetime = Field(default_factory=datetime.utcnow)\n',
    },
    'a field of pydantic': {
      bad: 'from datetime import datetime\nfrom pydantic import BaseModel\nclass Event(BaseModel):\n    at: datetime = datetime.utcnow()\n', path: 'schemas.py',
      good: 'from datetime import datetime\nfrom pydantic import BaseModel\nfrom pydantic import Field\nclass Event(BaseModel):\n    at: datetime = Field(default_factory=datetime.utcnow)\n',
    },
    'a field of a dataclass': { bad: 'import uuid\nfrom dataclasses import dataclass\n@dataclass\nclass Job:\n    name: str\n    key: str = str(uuid.uuid4())\n', path: 'jobs.py' },
    'a document of beanie': { bad: 'from datetime import datetime\nfrom beanie import Document\nclass User(Document):\n    joined: datetime = datetime.now()\n', path: 'models.py' },
    'a parameter': { bad: 'from datetime import datetime\n\ndef events(session, since: datetime = datetime.min, until: datetime = datetime.utcnow()):\n    return session.events(since, until)\n', path: 'events.py' },
    'a parameter of a method': { bad: 'import uuid\n\nclass Tokens:\n    def issue(self, user, *, key=str(uuid.uuid4())):\n        return self.sign(user, key)\n', path: 'tokens.py' },
    'parameters that are worked out anew': { good: 'import time\nfrom datetime import datetime\nfrom fastapi import Depends\n\ndef events(session, until=None, clock=datetime.utcnow, now=Depends(datetime.utcnow)):\n    return session.events(until or clock())\n\ndef watch(bus):\n    def heard(event, since=time.time()):\n        return event.at - since\n    bus.on(heard)\n', path: 'events.py' },
    'a parameter of a command': { good: { 'release.py': 'from datetime import date\nimport typer\n\napp = typer.Typer()\n\n@app.command()\ndef prepare(day: str = date.today().isoformat()):\n    print(day)\n', 'once.py': 'from datetime import date\n\ndef prepare(day=date.today()):\n    print(day)\n\nif __name__ == "__main__":\n    prepare()\n' } },
    'a function, a lambda, the database': { good: 'from datetime import datetime, timezone\nfrom sqlalchemy import func, text\nclass Post(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    a = db.Column(db.DateTime, default=datetime.utcnow)\n    b = db.Column(db.DateTime(timezone=True), default=lambda: datetime.now(timezone.utc))\n    c = db.Column(db.DateTime, default=func.now(), server_default=func.now(), onupdate=func.now())\n    d = db.Column(db.Integer, default=0, server_default=text("0"))\ndb = None\n', path: 'models.py' },
    'Django as it should be': { good: 'import uuid\nfrom datetime import timedelta\nfrom decimal import Decimal\nfrom django.db import models\nfrom django.utils import timezone\ndef key():\n    return uuid.uuid4().hex\nclass Order(models.Model):\n    key = models.CharField(default=key, max_length=32)\n    made = models.DateTimeField(auto_now_add=True)\n    seen = models.DateTimeField(default=timezone.now)\n    wait = models.DurationField(default=timedelta(days=1))\n    price = models.DecimalField(default=Decimal("0"), max_digits=8, decimal_places=2)\n    extra = models.JSONField(default=dict)\n', path: 'shop/models.py' },
    'pydantic copies lists': { good: 'from dataclasses import dataclass, field\nfrom datetime import datetime\nfrom pydantic import BaseModel, Field\nclass Event(BaseModel):\n    tags: list = []\n    at: datetime = Field(default_factory=datetime.utcnow)\n@dataclass\nclass Job:\n    at: datetime = field(default_factory=datetime.now)\n', path: 'schemas.py' },
    'when the program started': { good: 'import time\nfrom datetime import datetime\nSTARTED = datetime.utcnow()\nclass Monitor:\n    started: float = time.time()\n', path: 'monitor.py' },
    'a choice and a tuple': { good: 'from django.db import models\nclass Member(models.Model):\n    class Role(models.TextChoices):\n        REGULAR = "w", "Member"\n    role = models.CharField(default=Role.REGULAR, max_length=1)\n    sizes = models.JSONField(default=())\n', path: 'shop/models.py' },
    'in a function': { good: 'from datetime import datetime\nfrom models import Post\ndef make(db):\n    db.session.add(Post(created_at=datetime.utcnow()))\n' },
    'in a comment': { good: 'class Post(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    # made = db.Column(db.DateTime, default=datetime.utcnow())\ndb = None\n', path: 'models.py' },
  }),
});

function titleOf(match: Match): string {
  if ('parameter' in match) return `${match.parameter.name} of ${match.func.name}()`;
  return 'column' in match ? `${match.model.name}.${match.column.name}` : `${match.owner}.${match.assignment.target}`;
}

function placeOf(match: Match): Span {
  if ('parameter' in match) return match.parameter.at;
  return 'column' in match ? match.column.at : match.assignment.at;
}

function shortened(callee: string): string {
  return callee.replace(/^datetime\.datetime\./, 'datetime.').replace(/^django\.utils\./, '');
}

function verdict(match: Match, source: Source): boolean | Variation {
  const one = faulty(match, source);
  if (!one) return false;
  return isShared(one) ? { severity: 'low', confidence: 'likely', because: 'only code that changes the value in place is hurt' } : true;
}

/** The default that is worked out once, if there is one. */
function faulty(match: Match, source: Source): ColumnDefault | undefined {
  if (!('column' in match)) return isOnce(match.field) ? match.field : undefined;
  const { column, model } = match;
  return [column.default, column.onUpdate].find((each) => each !== undefined && (isOnce(each) || (isShared(each) && model.orm === 'django' && /^[[{]/.test(source.slice(each.at)))));
}

function isOnce(one: ColumnDefault): boolean {
  return one.does.some((each) => MOMENT.test(each)) || (one.how === 'other' && one.does.length === 0 && isMoment(one.value));
}

/** A list or table that every instance gets: Django hands out the very object. */
function isShared(one: ColumnDefault): boolean {
  return one.how === 'constant' && (one.value.kind === 'list' || one.value.kind === 'dict') && one.value.at.start === one.at.start && one.value.at.end === one.at.end;
}

function isMoment(value: Value): boolean {
  return options(value).some((each) => each.kind === 'generated' ? MOMENT.test(each.by) : each.kind === 'result' && (MOMENT.test(each.callee) || each.args.some(isMoment) || (each.of !== undefined && isMoment(each.of))));
}

// ---- fields of pydantic and of dataclasses

function fields(): Selector<FieldMatch> {
  return {
    kinds: ['module'], callees: [],
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      for (const assignment of unit.assignments) {
        if (assignment.annotation === undefined || assignment.how !== 'statement' || !assignment.scope || assignment.target.includes('.')) continue;
        const field = fieldDefault(assignment.value);
        if (field && isRecord(unit, assignment, project)) yield { module: unit, assignment, field, owner: assignment.scope };
      }
    },
  };
}

/** `at: datetime = datetime.utcnow()`, `Field(default=uuid4())`, as far as it is worked out at once. */
function fieldDefault(value: Value): ColumnDefault | undefined {
  const wrapped = value.kind === 'result' && /(^|\.)(Field|field)$/.test(value.callee);
  const given = wrapped ? value.keywords.find((each) => each.name === 'default')?.value ?? value.args[0] : value;
  if (!given || !isMoment(given)) return undefined;
  const callee = given.kind === 'generated' ? given.by : given.kind === 'result' ? given.callee : undefined;
  return { how: 'call', value: given, does: callee === undefined ? [] : [callee], at: given.at, keywordAt: given.at, ...(callee !== undefined && { callee }) , ...(callee !== undefined && !MOMENT.test(callee) && { how: 'other' as const, does: [] }) };
}

/** `def search(until=datetime.utcnow())`; inside another function it is worked out anew, and a command runs once in its process. */
function parameters(): Selector<ParameterMatch> {
  return {
    kinds: ['module'], callees: [],
    *select(unit) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      for (const func of unit.functions) {
        for (const parameter of func.parameters) {
          const field = parameter.fallback && !parameter.injected ? fieldDefault(parameter.fallback) : undefined;
          if (field && functionsAround(unit, func.nameAt).length === 1 && !func.decorators.some((each) => /(^|\.)command$/.test(each.name))) yield { module: unit, parameter, func, field };
        }
      }
    },
  };
}

/** A class whose fields are copied into each instance: of pydantic (not of a database library: those are columns), or a dataclass. */
function isRecord(module: Module, { scope, at }: Assignment, project: Project): boolean {
  if (module.models.some((each) => pathOf(each) === scope)) return false;
  const own = classByPath(module, scope, at);
  return own !== undefined && (own.decorators.some((each) => /(^|\.)(dataclass|define|frozen|attrs|s)$/.test(each.name)) || derivesFromPydantic(own.bases, project));
}

function derivesFromPydantic(bases: readonly string[], project: Project, depth = 0): boolean {
  return bases.some((base) => /^pydantic(\.\w+)*\.(BaseModel|GenericModel)$/.test(base) || (depth < 6 && derivesFromPydantic(basesOf(project).get(base) ?? [], project, depth + 1)));
}

function basesOf(project: Project): ReadonlyMap<string, readonly string[]> {
  return project.once('bases of classes', () => new Map(project.classes.map(({ module, class: one }) => [qualifiedPath(module, one), one.bases])));
}

// ---- the fix

function passed(match: Match, { source }: Context): readonly Edit[] | undefined {
  const one = faulty(match, source);
  if (!one || !source.slice(one.at).includes('(') && !isShared(one)) return undefined;
  // The body of the function has to ask for None then.
  if ('parameter' in match) return undefined;
  if (isShared(one)) return one.value.kind === 'list' ? (one.value.items.length === 0 ? [replace(one.at, 'list')] : undefined) : one.value.kind === 'dict' && one.value.entries.length === 0 ? [replace(one.at, 'dict')] : undefined;
  const written = source.slice(one.at);
  const plain = /^[\w.]+\(\s*\)$/.test(written) ? written.replace(/\(\s*\)$/, '') : undefined;
  if ('field' in match || isPydantic(match.column, match)) return asFactory(match, one, plain ?? `lambda: ${written}`, source);
  if (plain !== undefined) return [replace(one.at, plain)];
  // Migrations of Django cannot hold a lambda.
  return 'column' in match && match.model.orm === 'django' ? undefined : [insert(one.at.start, 'lambda: ')];
}

function isPydantic(column: Column, { model }: ColumnMatch): boolean {
  return (model.orm === 'sqlmodel' || model.orm === 'beanie' || model.orm === 'odmantic') && !/(^|\.)Column$/.test(column.call?.callee ?? '');
}

function asFactory(match: Match, one: ColumnDefault, factory: string, source: Source): readonly Edit[] | undefined {
  const before = source.slice({ start: source.lineStart(one.at.start), end: one.at.start });
  const keyword = /default\s*=\s*$/.exec(before);
  if (keyword) return [replace({ start: one.at.start - keyword[0].length, end: one.at.end }, `default_factory=${factory}`)];
  if (!/^\s*\w+\s*:[^=]+=\s*$/.test(before)) return undefined;
  const field = 'assignment' in match && match.module.classes.some((each) => each.decorators.some((decorator) => decorator.name === 'dataclasses.dataclass') && match.owner === each.name)
    ? { name: 'field', from: 'dataclasses' } : { name: 'Field', from: 'column' in match && match.model.orm === 'sqlmodel' ? 'sqlmodel' : 'column' in match && match.model.orm === 'odmantic' ? 'odmantic' : 'pydantic' };
  return [replace(one.at, `${field.name}(default_factory=${factory})`), ...importing(match.module, source, field.name, field.from)];
}
