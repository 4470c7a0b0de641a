import type { Migration, Module, Operation, Project, Selector, Source, Value, Variation } from '../kit';
import { lookup, newestMigrations, rule, tableNames } from '../kit';

type Harm = 'required' | 'used' | 'renamed' | 'tightened' | 'dropped';
interface Breach { readonly step: Operation; readonly harm: Harm; readonly says: string }
interface Match { readonly module: Module; readonly migration: Migration; readonly breaches: readonly Breach[] }

const WORST: readonly Harm[] = ['required', 'used', 'renamed', 'tightened', 'dropped'];
const COPIES = /\b(update\s+[\w"`.{}]+\s+set|insert\s+into)\b|\.(update|insert|bulk_insert)\(/i;
/** Those before them have long been deployed. */
const RECENT = 2;
/** A comment that says the release before this one made ready for it. */
const PREPARED = /#.*\b(expand|contract|backwards?[- ]compatible|zero[- ]downtime|safe (to|because|since)|no longer (used|read|referenced)|unused|not used|phase|two[- ]step|deployed|previous release|legacy)\b/i;

export default rule<Match>({
  id: 'migration-unsafe',
  title: 'Migrations keep old and new code working',
  severity: 'medium', points: 6, confidence: 'likely', blocks: 'never', effort: 'M', since: '1',
  ladder: { name: 'migrations', rung: 4 },
  why: 'During a deploy old and new code run together, and a rollback needs the old columns. Dropped data comes back only from a backup.',
  how: 'Add first, migrate the code, remove in a later release.',
  links: ['https://alembic.sqlalchemy.org/en/latest/tutorial.html', 'https://docs.djangoproject.com/en/stable/topics/migrations/'],
  anchors: ['django-migration-linter DROP_COLUMN', 'django-migration-linter NOT_NULL', 'django-migration-linter RENAME_COLUMN'],

  on: newest(), roles: ['migration', 'production'],
  check: ({ breaches }, { source }) => verdict(kept(breaches, source)),
  message: ({ breaches }, { source }) => {
    const all = kept(breaches, source);
    const more = all.length - 1;
    return `${all[0]?.says ?? ''}${more > 0 ? ` (and ${more} more ${more === 1 ? 'step' : 'steps'} of its kind)` : ''}.`;
  },
  underline: ({ breaches }, { source }) => kept(breaches, source)[0]?.step.call.calleeAt ?? { start: 0, end: 0 },
  holds: ({ breaches }) => breaches.length === 0 ? 'only adds' : undefined,
  nothing: 'There is no migration.',
  summary: (count) => count === 1 ? 'The last migration keeps the running version working' : `The last ${count} migrations keep the running version working`,

  examples: () => ({
    'data is dropped': { bad: 'from alembic import op\nrevision = "0007"\ndown_revision = "0006"\ndef upgrade():\n    op.drop_column("account", "email")\ndef downgrade():\n    raise NotImplementedError("irreversible: data is gone")\n', path: 'migrations/versions/0007_drop.py', severity: 'low' },
    'a required column in Django': { bad: 'from django.db import migrations, models\nclass Migration(migrations.Migration):\n    dependencies = [("shop", "0008_auto")]\n    operations = [migrations.AddField("order", "vat", models.IntegerField())]\n', path: 'shop/migrations/0009_vat.py', severity: 'high' },
    'a required column in Alembic': { bad: 'from alembic import op\nimport sqlalchemy as sa\nrevision = "0007"\ndown_revision = "0006"\ndef upgrade():\n    with op.batch_alter_table("account", schema=None) as batch_op:\n        batch_op.add_column(sa.Column("vat", sa.Integer(), nullable=False))\ndef downgrade():\n    with op.batch_alter_table("account", schema=None) as batch_op:\n        batch_op.drop_column("vat")\n', path: 'migrations/versions/0007_vat.py', severity: 'high' },
    'a column gets another name': { bad: 'from django.db import migrations\nclass Migration(migrations.Migration):\n    dependencies = [("shop", "0008_auto")]\n    operations = [migrations.RenameField(model_name="order", old_name="total", new_name="sum")]\n', path: 'shop/migrations/0009_sum.py' },
    'a table gets another name, in SQL': { bad: 'from alembic import op\nrevision = "0007"\ndown_revision = "0006"\ndef upgrade():\n    op.execute("ALTER TABLE account RENAME TO customer")\ndef downgrade():\n    op.execute("ALTER TABLE customer RENAME TO account")\n', path: 'migrations/versions/0007_customer.py' },
    'empty values become forbidden': { bad: 'from alembic import op\nimport sqlalchemy as sa\nrevision = "0007"\ndown_revision = "0006"\ndef upgrade():\n    op.alter_column("account", "email", existing_type=sa.String(80), nullable=False)\ndef downgrade():\n    op.alter_column("account", "email", existing_type=sa.String(80), nullable=True)\n', path: 'migrations/versions/0007_email.py' },
    'moved before it is dropped': { good: 'from alembic import op\nimport sqlalchemy as sa\nrevision = "0007"\ndown_revision = "0006"\ndef upgrade():\n    connection = op.get_bind()\n    op.add_column("account", sa.Column("mail", sa.String(80)))\n    connection.execute(sa.text("UPDATE account SET mail = email"))\n    op.drop_column("account", "email")\ndef downgrade():\n    raise NotImplementedError\n', path: 'migrations/versions/0007_mail.py' },
    'a table that is still used': { bad: { 'migrations/versions/0007_drop.py': 'from alembic import op\nrevision = "0007"\ndown_revision = "0006"\ndef upgrade():\n    op.drop_table("entries")\ndef downgrade():\n    pass\n', 'models.py': 'from sqlalchemy import Column, Integer\nfrom db import Base\nclass Entry(Base):\n    __tablename__ = "entries"\n    id = Column(Integer, primary_key=True)\n' } },
    'tables that Django does not manage': { good: { 'shop/models.py': 'from django.db import models\nclass Ticket(models.Model):\n    class Meta:\n        managed = False\n', 'shop/migrations/0002_more.py': 'from django.db import migrations, models\nclass Migration(migrations.Migration):\n    dependencies = [("shop", "0001_initial")]\n    operations = [migrations.AddField("ticket", "note", models.TextField()), migrations.DeleteModel("Other")]\n' } },
    'with a default': { good: 'from alembic import op\nimport sqlalchemy as sa\nrevision = "0007"\ndown_revision = "0006"\ndef upgrade():\n    op.add_column("account", sa.Column("vat", sa.Integer, nullable=False, server_default="0"))\ndef downgrade():\n    op.drop_column("account", "vat")\n', path: 'migrations/versions/0007_vat.py' },
    'the first migration': { good: 'from alembic import op\nimport sqlalchemy as sa\nrevision = "0001"\ndown_revision = None\ndef upgrade():\n    op.create_table("account", sa.Column("id", sa.Integer, nullable=False))\n    op.drop_table("old")\ndef downgrade():\n    op.drop_table("account")\n', path: 'migrations/versions/0001_init.py' },
    'a table of this migration': { good: 'from alembic import op\nimport sqlalchemy as sa\nrevision = "0002"\ndown_revision = "0001"\ndef upgrade():\n    op.create_table("tmp", sa.Column("id", sa.Integer, nullable=False))\n    op.add_column("tmp", sa.Column("x", sa.Integer, nullable=False))\n    op.drop_table("tmp")\ndef downgrade():\n    pass\n', path: 'migrations/versions/0002_tmp.py' },
    'filled before it is required': { good: 'from alembic import op\nimport sqlalchemy as sa\nrevision = "0002"\ndown_revision = "0001"\ndef upgrade():\n    op.add_column("account", sa.Column("vat", sa.Integer, nullable=True))\n    op.execute("UPDATE account SET vat = 0")\n    op.alter_column("account", "vat", nullable=False)\ndef downgrade():\n    op.drop_column("account", "vat")\n', path: 'migrations/versions/0002_vat.py' },
    'Django with defaults': { good: 'from django.db import migrations, models\nclass Migration(migrations.Migration):\n    dependencies = [("shop", "0008_auto")]\n    operations = [\n        migrations.AddField("order", "a", models.IntegerField(default=0)),\n        migrations.AddField("order", "b", models.IntegerField(null=True)),\n        migrations.AddField("order", "c", models.DateTimeField(auto_now_add=True, default=None), preserve_default=False),\n        migrations.AddField("order", "d", models.ManyToManyField(to="shop.Tag")),\n        migrations.AlterField("order", "e", models.CharField(max_length=90)),\n    ]\n', path: 'shop/migrations/0009_vat.py' },
    'only the state changes': { good: 'from django.db import migrations\nclass Migration(migrations.Migration):\n    dependencies = [("shop", "0008_auto")]\n    operations = [migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("Old")])]\n', path: 'shop/migrations/0009_state.py' },
    'said to be prepared': { good: 'from alembic import op\nrevision = "0007"\ndown_revision = "0006"\ndef upgrade():\n    # contract: no code has read it since release 41\n    op.drop_column("account", "email")\ndef downgrade():\n    pass\n', path: 'migrations/versions/0007_drop.py' },
    'long deployed': { good: { 'migrations/versions/0002_drop.py': 'from alembic import op\nrevision = "0002"\ndown_revision = "0001"\ndef upgrade():\n    op.drop_column("account", "email")\n', ...Object.fromEntries(['3', '4', '5', '6', '7'].map((each) => [`migrations/versions/000${each}_x.py`, `from alembic import op\nrevision = "000${each}"\ndown_revision = "000${Number(each) - 1}"\ndef upgrade():\n    op.create_index("i", "t", ["c"])\ndef downgrade():\n    op.drop_index("i")\n`])) } },
    'the way back': { good: 'from alembic import op\nimport sqlalchemy as sa\nrevision = "0007"\ndown_revision = "0006"\ndef upgrade():\n    op.create_index("ix", "account", ["email"])\ndef downgrade():\n    op.drop_index("ix")\n    op.drop_table("account")\n', path: 'migrations/versions/0007_ix.py' },
  }),
});

function newest(): Selector<Match> {
  return {
    kinds: ['module'], callees: [],
    *select(unit, project) {
      const after = unit.kind === 'module' && unit.migration ? newestMigrations(project).get(unit.path) : undefined;
      if (unit.kind === 'module' && unit.migration && after !== undefined && after < RECENT) yield { module: unit, migration: unit.migration, breaches: breachesOf(unit.migration, unit, after, project) };
    },
  };
}

/** Worst first; steps whose comment says that they were prepared are left out. */
function kept(breaches: readonly Breach[], source: Source): readonly Breach[] {
  return breaches.filter(({ step }) => {
    const start = source.lineStart(step.call.at.start);
    const before = source.slice({ start: source.lineStart(Math.max(0, source.lineStart(Math.max(0, start - 1)) - 1)), end: source.lineEnd(step.call.at.end) });
    return !PREPARED.test(before);
  }).sort((a, b) => WORST.indexOf(a.harm) - WORST.indexOf(b.harm));
}

function verdict([worst]: readonly Breach[]): boolean | Variation {
  if (!worst) return false;
  if (worst.harm === 'required') return { severity: 'high', points: 10, because: 'it fails on a table that has rows' };
  return worst.harm === 'dropped' ? { severity: 'low', confidence: 'possible', because: 'the release before may have stopped using it' } : true;
}

function breachesOf(migration: Migration, module: Module, after: number, project: Project): readonly Breach[] {
  if (migration.parents.length === 0) return [];
  const own = new Set(migration.upgrade.filter((each) => /^(create_table|CreateModel)$/.test(each.name)).map((each) => each.table?.toLowerCase()));
  const sent = migration.upgrade.flatMap((each) => each.sql === undefined ? [] : [each.sql.toLowerCase()]);
  return migration.upgrade.flatMap((step): Breach[] => {
    const table = step.table?.toLowerCase();
    if (table !== undefined && (own.has(table) || isUnmanaged(table, module, project))) return [];
    const found = step.sql === undefined ? harmOf(step, migration, sent) : harmOfSql(step.sql);
    if (found?.harm !== 'dropped') return found ? [{ step, ...found }] : [];
    // What Django and older revisions drop was taken out of the code first, as it should be; the newest of Alembic has not run yet.
    // A migration that also copies rows moves what it drops.
    if (migration.framework === 'django' || after > 0 || COPIES.test(project.text(module.path) ?? '')) return [];
    const user = step.name === 'drop_table' && table !== undefined ? project.models.find((each) => tableNames(each.model).includes(table)) : undefined;
    return [user ? { step, harm: 'used', says: `${table ?? ''} is dropped although the model ${user.model.name} still uses it` } : { step, ...found }];
  });
}

/** Django writes migrations of tables it does not manage, and runs none of their steps. */
function isUnmanaged(table: string, module: Module, project: Project): boolean {
  const folder = module.path.slice(0, module.path.lastIndexOf('/'));
  const all = project.once('unmanaged models', () => new Set([
    ...project.models.filter((each) => each.model.foreign && each.model.orm === 'django').map((each) => each.model.name.toLowerCase()),
    ...project.migrations.flatMap((each) => each.migration.upgrade.filter((step) => step.name === 'CreateModel' && step.call.keywords.some((one) => one.name === 'options' && isFalse(lookup(one.value, 'managed')))).map((step) => `${each.module.path.slice(0, each.module.path.lastIndexOf('/'))} ${step.table?.toLowerCase() ?? ''}`)),
  ]));
  return all.has(table) || all.has(`${folder} ${table}`);
}

function harmOf(step: Operation, migration: Migration, sent: readonly string[]): Omit<Breach, 'step'> | undefined {
  const table = step.table ?? 'the table';
  const [name = 'the column'] = step.names;
  const [column] = step.columns;
  const given = (keyword: string) => step.call.keywords.find((each) => each.name === keyword)?.value;
  switch (step.name) {
    case 'add_column': return column?.nullable === false && !column.serverDefault && !column.primaryKey && !isComputed(step) ? { harm: 'required', says: `${table}.${name} is added as NOT NULL without a server default, which fails on a table that has rows` } : undefined;
    case 'AddField': return column && requiredInDjango(step) ? { harm: 'required', says: `${table}.${name} is added as NOT NULL without a default, which fails on a table that has rows` } : undefined;
    case 'drop_column': case 'RemoveField': return isReplaced(step, migration) ? undefined : { harm: 'dropped', says: `${table}.${name} is dropped: the version that still runs may read it, and the data is gone` };
    case 'drop_table': case 'DeleteModel': return { harm: 'dropped', says: `${table} is dropped: the version that still runs may read it, and the data is gone` };
    case 'rename_table': case 'RenameModel': return { harm: 'renamed', says: `${table} gets another name, which breaks the version that still runs` };
    case 'RenameField': return { harm: 'renamed', says: `${table}.${name} gets another name, which breaks the version that still runs` };
    case 'alter_column':
      if (given('new_column_name')) return { harm: 'renamed', says: `${table}.${name} gets another name, which breaks the version that still runs` };
      return isFalse(given('nullable')) && !isFalse(given('existing_nullable')) && !given('server_default') && !sent.some((sql) => sql.includes('update')) && !migration.upgrade.some((each) => each.name === 'add_column' && each.names[0] === name)
        && !hasDefault(given('existing_server_default')) ? { harm: 'tightened', says: `${table}.${name} becomes NOT NULL and nothing fills the rows in which it is empty` } : undefined;
    default: return undefined;
  }
}

function harmOfSql(sql: string): Omit<Breach, 'step'> | undefined {
  const dropped = /\bdrop\s+(table|column)\s+(?:if\s+exists\s+)?["`]?([\w.]+)/i.exec(sql);
  const renamed = /\balter\s+table\s+(?:if\s+exists\s+|only\s+)?["`]?([\w.]+)["`]?\s+rename\s+(?!constraint)/i.exec(sql);
  if (renamed) return { harm: 'renamed', says: `${renamed[1] ?? 'the table'} is renamed by SQL, which breaks the version that still runs` };
  return dropped && !/_(tmp|temp|old|new|backup)$/i.test(dropped[2] ?? '') ? { harm: 'dropped', says: `${dropped[2] ?? ''} is dropped by SQL: the version that still runs may read it, and the data is gone` } : undefined;
}

function isFalse(value: Value | undefined): boolean {
  return value?.kind === 'bool' && !value.value;
}

function hasDefault(value: Value | undefined): boolean {
  return value !== undefined && value.kind !== 'none' && !isFalse(value);
}

function isComputed(step: Operation): boolean {
  return step.columns.some((each) => each.call?.args.some((arg) => arg.kind === 'result' && /(^|\.)(Computed|Identity|Sequence)$/.test(arg.callee)));
}

/** Django asks for a default when it writes a migration, and takes it out again; what is left has none. */
function requiredInDjango(step: Operation): boolean {
  const [column] = step.columns;
  if (!column || column.nullable !== false || column.default || column.serverDefault || column.primaryKey) return false;
  const keywords = column.call?.keywords ?? [];
  return !/^(ManyToMany|Generated|Composite|BooleanField$|\w*AutoField$)/.test(column.type?.name ?? '') && !keywords.some((each) => /^(auto_now|auto_now_add|null|blank)$/.test(each.name)) && !step.call.keywords.some((each) => each.name === 'preserve_default')
    && /^django\.db\.models\./.test(column.type?.qualified ?? '');
}

/** The same name comes back in this migration: its type changes. */
function isReplaced(step: Operation, migration: Migration): boolean {
  return migration.upgrade.some((each) => /^(add_column|AddField)$/.test(each.name) && each.table === step.table && each.names[0] === step.names[0]);
}
