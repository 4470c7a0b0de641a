import type { Context, Edit, Migration, Module, Operation, Selector } from '../kit';
import { insert, newestMigrations, replace, rule } from '../kit';

interface Match { readonly module: Module; readonly migration: Migration; readonly stuck: readonly Operation[] }

export default rule<Match>({
  id: 'migration-irreversible',
  title: 'Migrations can be reversed',
  severity: 'low', points: 1, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  ladder: { name: 'migrations', rung: 5 },
  why: 'When a release is rolled back the schema must follow, in minutes and without thinking. An empty downgrade turns that into an incident.',
  how: 'Write the reverse, or state in it why there is none.',
  links: ['https://alembic.sqlalchemy.org/en/latest/tutorial.html', 'https://docs.djangoproject.com/en/stable/topics/migrations/'],
  anchors: ['django-migration-linter RUNPYTHON_REVERSIBLE'],

  on: newest(), roles: ['migration', 'production'],
  check: (match, context) => match.stuck.length > 0 || isOneWay(match, context),
  message: ({ module, stuck }) => {
    const [first] = stuck;
    const file = module.path.slice(module.path.lastIndexOf('/') + 1);
    return first ? `${file} cannot be taken back: ${first.name} has no reverse${stuck.length > 1 ? ` (${stuck.length} times)` : ''}.` : `${file} cannot be taken back: its downgrade does nothing.`;
  },
  underline: ({ migration, stuck }) => stuck[0]?.call.calleeAt ?? migration.back?.nameAt ?? migration.nameAt,
  holds: ({ migration }) => migration.upgrade.length > 0 && migration.back?.how !== 'nothing' ? 'can be taken back' : undefined,
  nothing: 'There is no migration.',
  summary: (count) => count === 1 ? 'The newest migration has a way back' : `${count} recent migrations, all with a way back`,

  fix: { title: 'Write the reverse operation', safety: 'review', edit: reversed, remains: 'Read it once: taking a column away takes its data with it.' },

  examples: () => ({
    'an empty downgrade': {
      bad: 'from alembic import op\nimport sqlalchemy as sa\nrevision = "0003"\ndef upgrade():\n    op.add_column("item", sa.Column("note", sa.Text))\n    op.create_index("ix_note", "item", ["note"])\ndef downgrade():\n    pass\n', path: 'migrations/versions/0003_note.py',
      good: 'from alembic import op\nimport sqlalchemy as sa\nrevision = "0003"\ndef upgrade():\n    op.add_column("item", sa.Column("note", sa.Text))\n    op.create_index("ix_note", "item", ["note"])\ndef downgrade():\n    op.drop_index("ix_note", table_name="item")\n    op.drop_column("item", "note")\n',
    },
    'a function of Django': {
      bad: 'from django.db import migrations\ndef fill(apps, editor):\n    apps.get_model("shop", "Item").objects.update(active=True)\nclass Migration(migrations.Migration):\n    operations = [migrations.RunPython(fill)]\n', path: 'shop/migrations/0004_fill.py',
      good: 'from django.db import migrations\ndef fill(apps, editor):\n    apps.get_model("shop", "Item").objects.update(active=True)\nclass Migration(migrations.Migration):\n    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]\n',
    },
    'SQL of Django': { bad: 'from django.db import migrations\nclass Migration(migrations.Migration):\n    operations = [migrations.RunSQL("CREATE EXTENSION x")]\n', path: 'shop/migrations/0004_x.py' },
    'only a docstring': { bad: 'from alembic import op\nrevision = "0003"\ndef upgrade():\n    op.drop_table("item")\ndef downgrade():\n    """Nothing."""\n', path: 'migrations/versions/0003_drop.py' },
    'reversed': { good: 'from alembic import op\nimport sqlalchemy as sa\nrevision = "0003"\ndef upgrade():\n    op.add_column("item", sa.Column("note", sa.Text))\ndef downgrade():\n    op.drop_column("item", "note")\n', path: 'migrations/versions/0003_note.py' },
    'a function of Django with a way back': { good: 'from django.db import migrations\ndef fill(apps, editor):\n    pass\nclass Migration(migrations.Migration):\n    operations = [migrations.RunPython(fill, migrations.RunPython.noop), migrations.RunPython(code=fill, reverse_code=fill), migrations.RunSQL("SELECT 1", reverse_sql="SELECT 2"), migrations.RunSQL("SELECT 1", migrations.RunSQL.noop)]\n', path: 'shop/migrations/0004_fill.py' },
    'said to have none': { good: 'from alembic import op\nrevision = "0003"\ndef upgrade():\n    op.drop_column("item", "note")\ndef downgrade():\n    raise NotImplementedError("the notes are gone")\n', path: 'migrations/versions/0003_note.py' },
    'a merge of two heads': { good: 'revision = "0003"\ndown_revision = ("0001", "0002")\ndef upgrade():\n    pass\ndef downgrade():\n    pass\n', path: 'migrations/versions/0003_merge.py' },
    'only data, with a reason': { good: 'from alembic import op\nrevision = "0003"\ndef upgrade():\n    op.execute("UPDATE item SET note = lower(note)")\ndef downgrade():\n    # the old spelling is not kept\n    pass\n', path: 'migrations/versions/0003_lower.py' },
    'long ago': { good: { 'shop/migrations/0001_fill.py': 'from django.db import migrations\ndef fill(apps, editor):\n    pass\nclass Migration(migrations.Migration):\n    operations = [migrations.RunPython(fill)]\n', ...Object.fromEntries(['2', '3', '4', '5', '6'].map((each) => [`shop/migrations/000${each}_x.py`, 'from django.db import migrations\nclass Migration(migrations.Migration):\n    operations = []\n'])) } },
  }),
});

function newest(): Selector<Match> {
  return {
    kinds: ['module'], callees: [],
    *select(unit, project) {
      if (unit.kind !== 'module' || !unit.migration || !newestMigrations(project).has(unit.path)) return;
      yield { module: unit, migration: unit.migration, stuck: unit.migration.framework === 'django' ? unit.migration.upgrade.filter(hasNoReverse) : [] };
    },
  };
}

function hasNoReverse({ name, call }: Operation): boolean {
  return /^Run(Python|SQL)$/.test(name) && !call.open && call.args.length < 2 && !call.keywords.some((each) => /^(reverse_code|reverse_sql|\*\*)$/.test(each.name));
}

/** An empty way back from a migration that does something. A comment may say why, where only data changes. */
function isOneWay({ migration }: Match, { source }: Context): boolean {
  const steps = migration.upgrade.filter((each) => !/^(f|get_bind|inline_literal)$/.test(each.name));
  if (migration.back?.how !== 'nothing' || steps.length === 0) return false;
  const reason = /#(?!.*auto generated|.*###)/.test(source.slice({ start: migration.back.nameAt.end, end: source.lineEnd(migration.back.at.end) }));
  return !(reason && steps.every((each) => /^(execute|bulk_insert|run_sql)$/.test(each.name)));
}

function reversed({ migration, stuck }: Match, { source }: Context): readonly Edit[] | undefined {
  const [first] = stuck;
  if (first) return first.name === 'RunPython' && first.call.args[0] && first.call.keywords.length === 0 ? [insert(first.call.args[0].at.end, ', migrations.RunPython.noop')] : undefined;
  const { back } = migration;
  if (!back || !/^(?:[ \t]*#[^\n]*\n)*\s*pass\s*(?:#.*)?$/.test(source.slice(back.at))) return undefined;
  const lines = migration.upgrade.map((step) => reverseOf(step, source)).reverse();
  if (lines.some((each) => each === undefined)) return undefined;
  const pass = source.slice(back.at).search(/\bpass\b/) + back.at.start;
  return [replace({ start: pass, end: pass + 4 }, lines.join(`\n${source.indentation(pass)}`))];
}

function reverseOf(step: Operation, source: Context['source']): string | undefined {
  const text = (at: number) => { const value = step.call.args[at]; return value && /^(["']).*\1$/.test(source.slice(value.at)) ? source.slice(value.at) : undefined; };
  if (step.call.keywords.some((each) => each.name === 'schema') || !step.call.written.startsWith('op.')) return undefined;
  const [first, second] = [text(0), text(1)];
  const column = step.columns[0] && source.slice(step.columns[0].nameAt);
  switch (step.name) {
    case 'add_column': return first && column ? `op.drop_column(${first}, ${column})` : undefined;
    case 'create_table': return first && `op.drop_table(${first})`;
    case 'create_index': return first && second && `op.drop_index(${first}, table_name=${second})`;
    default: return undefined;
  }
}
