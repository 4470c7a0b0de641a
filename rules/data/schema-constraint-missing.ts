import type { Column, Context, Edit, MappedModel, Model, Project, Variation } from '../kit';
import { coveredBy, isUnique, isUniqueTogether, nameWords, rule, tables, withArgument } from '../kit';

interface Missing { readonly column: Column; readonly what: 'unique' | 'foreign key'; readonly parent?: string }

/** Classes that people sign in with, and those that may be anybody until they have a password. */
const USER = /^(App|Site|Auth|Portal|Web|System|Platform|Staff|DB|Db|ORM|My)?Users?$/;
const PERSON = /^(Accounts?|Members?|Customers?|Admins?|Administrators?|Employees?|Students?|Teachers?|Clients?|Owners?)$/;
const LOGINS = ['email', 'email_address', 'username', 'user_name', 'login'] as const;
const PASSWORD = /^(hashed_|encrypted_|_)?(password|passwd|pw|pwd)(_hash|_digest|_hashed|hash)?$/;
/** Who signs in by another identity may share an address: the id is the key then. */
const IDENTITY = /^(sub|uid|oid|subject|external_id|(google|github|firebase|auth0|clerk|keycloak|telegram|tg|discord|slack|oauth|oidc|cognito|supabase|sso|entra|azure|ldap|chat|wx|openid|facebook|twitter|steam|twitch|vk|tenant)\w*(id|uid|sub|guid)|openid|wallet|wallet_address|phone|phone_number|mobile)$/;
const INTEGERS = /^(Integer|INTEGER|BigInteger|BIGINT|SmallInteger|IntegerField|BigIntegerField|PositiveIntegerField|PositiveBigIntegerField|IntField|BigIntField|UUID|Uuid|UUIDField|GUID)$/;
/** Rows that outlive what they speak of, or speak of things of any kind. */
const LOOSE = /(Log|Logs|Audit|History|Event|Archive|Archived|Snapshot|Activity|Version|Backup|Import|Export|Stats?|Metrics?|Analytics|Cache|Queue|Webhook|Outbox|Raw|Staging|Legacy|View)s?$/;
const DOCUMENTS: ReadonlySet<string> = new Set(['mongoengine', 'beanie', 'odmantic']);

export default rule<MappedModel>({
  id: 'schema-constraint-missing',
  title: 'Keys, uniqueness and required fields are declared',
  severity: 'medium', points: 4, confidence: 'likely', blocks: 'never', effort: 'M', since: '1',
  why: 'Code that checks is not enough: imports, races and scripts write too. Duplicate accounts and orphan rows are expensive to untangle.',
  how: 'Declare the rule in the schema and migrate.',
  links: ['https://docs.sqlalchemy.org/en/20/core/constraints.html', 'https://docs.djangoproject.com/en/stable/ref/models/constraints/'],
  anchors: ['CWE-1287'],

  on: tables((model) => USER.test(model.name) || PERSON.test(model.name) || model.columns.some((each) => each.from === undefined && each.name.endsWith('_id'))),
  check: (mapped, { project }) => verdict(missing(mapped, project)),
  message: (mapped, { project }) => {
    const [first, ...rest] = missing(mapped, project);
    const others = rest.length > 0 ? `, and neither ${rest.length === 1 ? 'has' : 'have'} ${rest.slice(0, 9).map((each) => each.column.name).join(', ')}` : '';
    return first?.what === 'unique' ? `${mapped.model.name}.${first.column.name} is not unique, so two accounts can have the same.` : `${mapped.model.name}.${first?.column.name ?? ''} has no foreign key to ${first?.parent ?? ''}${others}.`;
  },
  underline: (mapped, { project }) => missing(mapped, project)[0]?.column.nameAt ?? mapped.model.nameAt,
  holds: ({ model }, { project }) => {
    const count = coveredBy(model, project).filter((each) => each.kind !== 'index' || each.unique).length + model.columns.filter((each) => each.unique || each.foreignKey).length;
    return count > 0 ? `${model.name} declares ${count} constraints` : undefined;
  },
  nothing: 'No table holds accounts or refers to another.',
  summary: (count) => count === 1 ? 'The only table has its key and constraints' : `${count} tables with their keys and constraints`,

  fix: {
    title: 'Declare the constraint', safety: 'review', remains: 'Look for rows that are there twice, then write a migration.',
    edit: (mapped, { project, source }: Context): readonly Edit[] | undefined => {
      const [first] = missing(mapped, project);
      return first?.what === 'unique' && first.column.call && !first.column.call.keywords.some((each) => each.name === 'unique') ? withArgument(first.column.call, 'unique=True', source) : undefined;
    },
  },

  examples: () => ({
    'an address of an account': {
      bad: 'class User(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    email = db.Column(db.String(120), nullable=False)\ndb = None\n', path: 'models.py',
      good: 'class User(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    email = db.Column(db.String(120), nullable=False, unique=True)\ndb = None\n',
    },
    'the name to sign in with': {
      bad: 'from django.contrib.auth.hashers import make_password\nfrom django.db import models\nclass Member(models.Model):\n    username = models.CharField(max_length=50)\n    password = models.CharField(max_length=200)\n', path: 'shop/models.py',
      good: 'from django.contrib.auth.hashers import make_password\nfrom django.db import models\nclass Member(models.Model):\n    username = models.CharField(max_length=50, unique=True)\n    password = models.CharField(max_length=200)\n',
    },
    'an annotated column': { bad: 'from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column\nclass Base(DeclarativeBase):\n    pass\nclass User(Base):\n    __tablename__ = "users"\n    id: Mapped[int] = mapped_column(primary_key=True)\n    email: Mapped[str]\n    hashed_password: Mapped[str]\n', path: 'models.py' },
    'a document': { bad: 'from mongoengine import Document, StringField\nclass User(Document):\n    email = StringField(required=True)\n    password_hash = StringField()\n', path: 'models.py' },
    'a line of an order': { bad: 'class OrderLine(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    order_id = db.Column(db.Integer, nullable=False)\ndb = None\n', path: 'models.py', severity: 'low' },
    'two parents in other files': { bad: { 'models/vendor.py': 'from db import Base\nfrom sqlalchemy import Column, Integer\nclass Vendor(Base):\n    __tablename__ = "vendors"\n    id = Column(Integer, primary_key=True)\n', 'models/day.py': 'from db import Base\nfrom sqlalchemy import Column, Date, Integer\nclass Day(Base):\n    __tablename__ = "days"\n    id = Column(Integer, primary_key=True)\n    vendor_id = Column(Integer, nullable=False, index=True)\n    day = Column(Date)\n' }, severity: 'low' },
    'SQLModel without a key': { bad: 'from sqlmodel import Field, SQLModel\nclass Team(SQLModel, table=True):\n    id: int | None = Field(default=None, primary_key=True)\nclass Hero(SQLModel, table=True):\n    id: int | None = Field(default=None, primary_key=True)\n    team_id: int\n', path: 'models.py', severity: 'low' },
    'unique and keyed': { good: 'class User(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    email = db.Column(db.String(120), nullable=False, unique=True)\nclass OrderLine(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    order_id = db.Column(db.ForeignKey("order.id"), nullable=False)\ndb = None\n', path: 'models.py' },
    'unique per tenant': { good: 'class Member(db.Model):\n    __table_args__ = (db.UniqueConstraint("tenant_id", "email"),)\n    id = db.Column(db.Integer, primary_key=True)\n    tenant_id = db.Column(db.ForeignKey("tenant.id"))\n    email = db.Column(db.String(120))\n    password = db.Column(db.String(120))\ndb = None\n', path: 'models.py' },
    'unique without regard to case': { good: 'from sqlalchemy import Column, Index, Integer, String, func\nfrom db import Base\nclass User(Base):\n    __tablename__ = "users"\n    id = Column(Integer, primary_key=True)\n    email = Column(String(120))\nIndex("users_email", func.lower(User.email), unique=True)\n', path: 'models.py' },
    'unique by a migration': { good: { 'models.py': 'from sqlalchemy import Column, Integer, String\nfrom db import Base\nclass User(Base):\n    __tablename__ = "users"\n    id = Column(Integer, primary_key=True)\n    email = Column(String(120))\n', 'migrations/versions/0002_unique.py': 'from alembic import op\nrevision = "0002"\ndown_revision = "0001"\ndef upgrade():\n    op.create_index("ix", "users", ["email"], unique=True)\ndef downgrade():\n    op.drop_index("ix")\n' } },
    'another name is unique': { good: 'class User(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    username = db.Column(db.String(50), unique=True)\n    email = db.Column(db.String(120))\ndb = None\n', path: 'models.py' },
    'who signs in elsewhere': { good: 'class User(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    google_id = db.Column(db.String(50), unique=True)\n    email = db.Column(db.String(120))\ndb = None\n', path: 'models.py' },
    'a customer that nobody signs in as': { good: 'class Customer(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    email = db.Column(db.String(120))\nclass Contact(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    email = db.Column(db.String(120))\ndb = None\n', path: 'models.py' },
    'Django\'s own user': { good: 'from django.contrib.auth.models import AbstractUser\nfrom django.db import models\nclass User(AbstractUser):\n    email = models.EmailField()\n    nick = models.CharField(max_length=20)\n', path: 'shop/models.py' },
    'a base of a library': { good: 'from fastapi_users.db import SQLAlchemyBaseUserTable\nfrom sqlalchemy import Column, Integer, String\nfrom db import Base\nclass User(SQLAlchemyBaseUserTable, Base):\n    __tablename__ = "users"\n    username = Column(String(20))\n', path: 'models.py' },
    'ids of other systems, and of things of any kind': { good: 'class Message(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    stripe_id = db.Column(db.Integer)\n    chat_id = db.Column(db.BigInteger)\n    target_id = db.Column(db.Integer)\n    target_type = db.Column(db.String(20))\ndb = None\n', path: 'models.py' },
    'a log that outlives its users': { good: 'class User(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    email = db.Column(db.String(120), unique=True)\nclass AuditLog(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    user_id = db.Column(db.Integer)\ndb = None\n', path: 'models.py' },
    'a key of several columns': { good: 'class Team(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\nclass Seat(db.Model):\n    __table_args__ = (db.ForeignKeyConstraint(["team_id", "room"], ["team.id", "team.room"]),)\n    id = db.Column(db.Integer, primary_key=True)\n    team_id = db.Column(db.Integer)\n    room = db.Column(db.Integer)\ndb = None\n', path: 'models.py' },
    'a view': { good: 'from django.db import models\nclass User(models.Model):\n    email = models.EmailField()\n    class Meta:\n        managed = False\n', path: 'shop/models.py' },
  }),
});

function verdict([first]: readonly Missing[]): boolean | Variation {
  if (!first) return false;
  return first.what === 'unique' || { severity: 'low', points: 2, because: 'what is missing is a foreign key' };
}

/** What a table leaves out: one login that is unique, or its foreign keys. */
function missing(mapped: MappedModel, project: Project): readonly Missing[] {
  const login = loginWithout(mapped.model, project);
  return login ? [{ column: login, what: 'unique' }] : keysMissing(mapped, project);
}

function loginWithout(model: Model, project: Project): Column | undefined {
  if (model.open || !(USER.test(model.name) || (PERSON.test(model.name) && model.columns.some((each) => PASSWORD.test(each.name))))) return undefined;
  const logins = LOGINS.flatMap((name) => model.columns.find((each) => each.name === name) ?? []);
  if (logins.some((each) => isUnique(model, each.name, project) || isUniqueTogether(model, each.name, project) || each.primaryKey)) return undefined;
  if (model.columns.some((each) => IDENTITY.test(each.name) && (isUnique(model, each.name, project) || each.primaryKey))) return undefined;
  return logins.find((each) => each.from === undefined && each.call?.keywords.every((one) => one.name !== 'unique' || one.value.kind === 'bool') !== false);
}

function keysMissing({ model }: MappedModel, project: Project): readonly Missing[] {
  if (DOCUMENTS.has(model.orm) || LOOSE.test(model.name)) return [];
  const keyed = new Set(model.constraints.filter((each) => each.kind === 'foreign-key').flatMap((each) => each.columns));
  return model.columns.flatMap((column): Missing[] => {
    if (column.from || column.foreignKey || column.primaryKey || !column.name.endsWith('_id') || keyed.has(column.name) || !(column.type ? INTEGERS.test(column.type.name) : /^(int|uuid\.UUID)$/.test(column.annotation ?? ''))) return [];
    const subject = nameWords(column.name.slice(0, -3)).join('');
    if (model.columns.some((each) => each.name === `${column.name.slice(0, -3)}_type`) || isKeyedByMigration(model, column.name, project)) return [];
    const parent = parentsOf(project).get(subject) ?? (nameWords(model.name)[0] === subject && nameWords(model.name).length > 1 ? subject : undefined);
    return parent === undefined || parent === model.name ? [] : [{ column, what: 'foreign key', parent }];
  });
}

/** Tables by their names in small letters, without `s`. */
function parentsOf(project: Project): ReadonlyMap<string, string> {
  return project.once('tables by subject', () => new Map(project.models.filter((each) => !each.model.foreign && !DOCUMENTS.has(each.model.orm)).map(({ model }) => [model.name.toLowerCase().replace(/s$/, '').replace(/model$/, ''), model.name])));
}

function isKeyedByMigration(model: Model, name: string, project: Project): boolean {
  const all = project.once('foreign keys of migrations', () => new Set(project.migrations.flatMap(({ migration }) => migration.upgrade.flatMap((step) => [
    ...(step.name === 'create_foreign_key' ? step.names.map((each) => `${step.table ?? ''} ${each}`) : []), ...step.columns.filter((each) => each.foreignKey).map((each) => `${step.table ?? ''} ${each.name}`),
  ]))));
  return all.has(`${model.table ?? model.name.toLowerCase()} ${name}`);
}
