import type { Column, Context, Edit, Gap, Judgement, MappedModel, Project } from '../kit';
import { LOOKUP_CALLS, coveredBy, insert, isIndexed, lookupsIn, projectRule, withArgument } from '../kit';

interface Found { readonly table: MappedModel; readonly column: Column; readonly functions: number; readonly always: boolean }

/** Tables of a few rows that stay so. */
const SMALL = /(Project|Organi[sz]ation|Tenant|Team|Workspace|Plugin|Role|Category|Setting|Config|Country|Currency|Language|Permission|Status|Type|Plan|Tier|Level|Option|Flag|Feature|Unit|Region|State|Choice|Preference|Template|Brackets?|Page|Menu|Season|Locale|Timezone)s?$|ies$/i;
/** Columns of few values, for which an index is no help. */
const COARSE = /^(is_|has_|was_|can_)|^(active|enabled|deleted|hidden|banned|verified|visible|status|state|type|kind|role|level|public|archived|published|draft|valid|completed|language|locale|gender|country|position|order|version|category|mode|default)$|_(type|status|state|kind|flag|level)$/i;
const DOCUMENTS: ReadonlySet<string> = new Set(['mongoengine', 'beanie', 'odmantic']);
const EACH_REQUEST = /^(session_?id|session_?token|session_?key|token|api_?key|access_token|key_hash|token_hash)$/;

export default projectRule({
  id: 'db-index-missing',
  title: 'Columns that are filtered often have an index',
  severity: 'low', points: 2, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'Each lookup scans the whole table, and it is on the path of every request. It is fast until the table grows.',
  how: 'Index what you filter and sort by; check with EXPLAIN.',
  links: ['https://use-the-index-luke.com/', 'https://docs.sqlalchemy.org/en/20/core/constraints.html#indexes'],

  reads: LOOKUP_CALLS, roles: ['migration'],
  project: judge,

  fix: {
    title: 'Add the index', safety: 'review', remains: 'Write a migration that creates it.',
    edit: ({ at }: Gap, { project, source }: Context): readonly Edit[] | undefined => {
      const found = missing(project).find((each) => each.table.module.path === at.path && each.column.nameAt.start === at.start);
      if (!found) return undefined;
      const { column, table } = found;
      const word = table.model.orm === 'django' ? 'db_index=True' : 'index=True';
      if (column.call) return column.call.keywords.some((each) => each.name === 'index' || each.name === 'db_index') ? undefined : withArgument(column.call, word, source);
      return column.annotation !== undefined && table.model.orm === 'sqlalchemy' && table.module.imports.some((each) => each.name === 'mapped_column') ? [insert(column.at.end, ` = mapped_column(${word})`)] : undefined;
    },
  },

  examples: () => ({
    'a token of a session': {
      bad: { 'models.py': 'class Session(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    token = db.Column(db.String(64))\ndb = None\n', 'app.py': 'from models import Session\ndef current(token):\n    return Session.query.filter_by(token=token).first()\ndef logout(token):\n    return Session.query.filter_by(token=token).delete()\n' },
      good: { 'models.py': 'class Session(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    token = db.Column(db.String(64), index=True)\ndb = None\n', 'app.py': 'from models import Session\ndef current(token):\n    return Session.query.filter_by(token=token).first()\ndef logout(token):\n    return Session.query.filter_by(token=token).delete()\n' }, severity: 'medium',
    },
    'a foreign key of SQLAlchemy': { bad: { 'models.py': 'from sqlalchemy import ForeignKey\nfrom sqlalchemy.orm import Mapped, mapped_column\nfrom db import Base\nclass Order(Base):\n    __tablename__ = "orders"\n    id: Mapped[int] = mapped_column(primary_key=True)\n    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))\n', 'main.py': 'from sqlalchemy import select\nfrom models import Order\ndef mine(session, user):\n    return session.scalars(select(Order).where(Order.user_id == user.id)).all()\ndef count(session, user):\n    return session.query(Order).filter(Order.user_id == user.id).count()\n' } },
    'Django': { bad: { 'shop/models.py': 'from django.db import models\nclass Visit(models.Model):\n    visitor = models.CharField(max_length=50)\n', 'shop/views.py': 'from shop.models import Visit\ndef mine(request):\n    return Visit.objects.filter(visitor=request.GET["v"])\ndef last(request):\n    return Visit.objects.filter(visitor=request.GET["v"]).last()\n' } },
    'indexed': { good: { 'models.py': 'class Session(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    token = db.Column(db.String(64), index=True)\n    user = db.Column(db.String(64))\n    device = db.Column(db.String(64))\n    __table_args__ = (db.Index("ix", "user", "device"),)\ndb = None\n', 'app.py': 'from models import Session\ndef current(token):\n    return Session.query.filter_by(token=token).first()\ndef logout(token):\n    return Session.query.filter_by(token=token).delete()\ndef a(user):\n    return Session.query.filter_by(user=user).first()\ndef b(user):\n    return Session.query.filter_by(user=user).all()\n' } },
    'an index of a migration': { good: { 'models.py': 'class Session(db.Model):\n    __tablename__ = "sessions"\n    id = db.Column(db.Integer, primary_key=True)\n    token = db.Column(db.String(64))\ndb = None\n', 'migrations/versions/0002_ix.py': 'from alembic import op\nrevision = "0002"\ndown_revision = "0001"\ndef upgrade():\n    op.create_index("ix", "sessions", ["token"])\n', 'app.py': 'from models import Session\ndef current(token):\n    return Session.query.filter_by(token=token).first()\ndef logout(token):\n    return Session.query.filter_by(token=token).delete()\n' } },
    'together with an indexed column': { good: { 'models.py': 'class Item(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    owner_id = db.Column(db.ForeignKey("user.id"), index=True)\n    name = db.Column(db.String(64))\ndb = None\n', 'app.py': 'from models import Item\ndef a(user, name):\n    return Item.query.filter_by(owner_id=user.id, name=name).first()\ndef b(user, name):\n    return Item.query.filter_by(owner_id=user.id, name=name).all()\n' } },
    'few rows, few values, one place': { good: { 'models.py': 'class Role(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    name = db.Column(db.String(64))\nclass Post(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    published = db.Column(db.Boolean)\n    title = db.Column(db.String(64))\ndb = None\n', 'app.py': 'from models import Post, Role\ndef a(name):\n    return Role.query.filter_by(name=name).first()\ndef b(name):\n    return Role.query.filter_by(name=name).all()\ndef c():\n    return Post.query.filter_by(published=True).all()\ndef d():\n    return Post.query.filter_by(published=True).first()\ndef e(title):\n    return Post.query.filter_by(title=title).all()\n' } },
    'MySQL indexes foreign keys': { good: { 'requirements.txt': 'pymysql\n', 'models.py': 'class Item(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    owner_id = db.Column(db.ForeignKey("user.id"))\ndb = None\n', 'app.py': 'from models import Item\ndef a(user):\n    return Item.query.filter_by(owner_id=user.id).first()\ndef b(user):\n    return Item.query.filter_by(owner_id=user.id).all()\n' } },
    'Django indexes its keys': { good: { 'shop/models.py': 'from django.db import models\nclass Visit(models.Model):\n    user = models.ForeignKey("auth.User", on_delete=models.CASCADE)\n', 'shop/views.py': 'from shop.models import Visit\ndef a(request):\n    return Visit.objects.filter(user=request.user)\ndef b(request):\n    return Visit.objects.filter(user=request.user).last()\n' } },
  }),
});

function judge(project: Project): Judgement {
  if (project.models.length === 0) return { notApplicable: 'No table is defined.' };
  const all = missing(project);
  if (all.length > 0) return { open: [gap(all)] };
  const indexed = project.models.flatMap(({ module, model }) => model.columns.filter((each) => each.index && !each.from).map((each) => ({ path: module.path, ...each.nameAt, text: `${model.name}.${each.name} is indexed` })));
  return indexed.length > 0 ? { holds: indexed.slice(0, 10) } : { notApplicable: 'No column is filtered in several places.' };
}

/** The column that is asked for most; the others with it. */
function gap(all: readonly Found[]): Gap {
  const [first, ...rest] = [...all].sort((a, b) => Number(b.always) - Number(a.always) || b.functions - a.functions);
  if (!first) throw new Error('a gap without a column');
  const names = rest.map((each) => `${each.table.model.name}.${each.column.name}`);
  const more = names.length > 0 ? `; ${names.slice(0, 9).join(', ')}${names.length > 9 ? ` and ${names.length - 9} more` : ''} ${names.length === 1 ? 'has' : 'have'} none either` : '';
  return {
    at: { path: first.table.module.path, ...first.column.nameAt }, message: `${first.table.model.name}.${first.column.name} is filtered in ${first.functions} functions and has no index${more}.`,
    related: rest.slice(0, 10).map((each) => ({ path: each.table.module.path, ...each.column.nameAt, text: `filtered in ${each.functions} functions` })),
    ...(first.always ? { variation: { severity: 'medium', points: 4, because: 'it is looked up on every request' } as const } : {}),
  };
}

/** Columns that at least two functions filter by, where no other column of the same query has an index. */
function missing(project: Project): readonly Found[] {
  return project.once('columns without an index', () => {
    const mysql = usesMySql(project);
    const found = new Map<Column, { table: MappedModel; functions: Set<unknown>; always: boolean }>();
    for (const module of project.modules) {
      if (/(^|\/)(admin|cli|commands|management|scripts?|reports?|export)(\/|\.py$)/.test(module.path)) continue;
      for (const { table, columns, func, whole } of lookupsIn(module, project)) {
        if (!whole || table.model.open || table.model.foreign || DOCUMENTS.has(table.model.orm) || SMALL.test(table.model.name) || columns.some((each) => isIndexed(table.model, each, project) || isCovered(table, each, project))) continue;
        const column = table.model.columns.find((each) => each.name === columns.find((name) => !COARSE.test(name)));
        if (!column || column.from || (column.foreignKey && mysql) || /Bool/.test(column.type?.name ?? '') || column.annotation === 'bool' || /Text|JSON/.test(column.type?.name ?? '')) continue;
        const known = found.get(column) ?? { table, functions: new Set(), always: false };
        known.functions.add(func);
        known.always ||= EACH_REQUEST.test(column.name) || func.decorators.some((each) => /before_request|user_loader|request_loader|token_loader/.test(each.name)) || /^get_current_user$/.test(func.name);
        found.set(column, known);
      }
    }
    return [...found].filter(([, each]) => each.functions.size > 1).map(([column, each]) => ({ column, table: each.table, functions: each.functions.size, always: each.always }));
  });
}

/** MySQL and MariaDB index foreign keys by themselves. */
function usesMySql(project: Project): boolean {
  return ['pymysql', 'mysqlclient', 'mysql-connector-python', 'aiomysql', 'asyncmy', 'mysql-python'].some((each) => project.declares(each)) || project.of('compose').some((unit) => unit.services.some((each) => /(^|\/)(mysql|mariadb|percona)(:|$)/.test(each.image ?? '')));
}

/** A unique constraint or index begins with it; single-table children share those of their base. */
function isCovered({ model }: MappedModel, name: string, project: Project): boolean {
  return coveredBy(model, project).some((each) => each.columns[0] === name || each.columns[0] === `${name}_id`);
}
