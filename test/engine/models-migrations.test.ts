import assert from 'node:assert/strict';
import type { Operation } from '../../rules/kit';
import { moduleOf, projectOf } from '../support/python';

const told = (one: Operation) => [one.name, one.table, one.names.join(','), one.sql].filter(Boolean).join(' ');
const migrationOf = async (text: string, path: string) => (await moduleOf(text, path)).migration;

describe('migrations', () => {
  it('reads the steps of a revision of Alembic', async () => {
    const found = await migrationOf('from alembic import op\nimport sqlalchemy as sa\nrevision = "2"\ndown_revision = "1"\ndef upgrade():\n    op.create_table("a", sa.Column("id", sa.Integer(), nullable=False), sa.PrimaryKeyConstraint("id"))\n    op.add_column("b", sa.Column("vat", sa.Integer(), nullable=False))\n    with op.batch_alter_table("c") as batch_op:\n        batch_op.drop_column("old")\n        batch_op.create_index(batch_op.f("ix"), ["x", "y"], unique=True)\n    op.create_index(op.f("ix_b"), "b", ["vat"])\n    op.execute(sa.text("UPDATE b SET vat = 0"))\n    more()\ndef more():\n    op.rename_table("d", "e")\ndef downgrade():\n    """Nothing."""\n    pass\n', 'migrations/versions/2_b.py');
    assert.deepEqual([found?.framework, found?.revision, found?.parents, found?.back?.how], ['alembic', '2', ['1'], 'nothing']);
    assert.deepEqual(found?.upgrade.map(told), ['create_table a id', 'add_column b vat', 'drop_column c old', 'create_index c x,y', 'create_index b vat', 'execute UPDATE b SET vat = 0', 'rename_table d e']);
    assert.equal(found?.upgrade[1]?.columns[0]?.nullable, false);
  });

  it('knows what the way back does', async () => {
    const back = async (body: string) => (await migrationOf(`revision = "1"\ndown_revision = None\ndef upgrade():\n    pass\n${body}`, 'migrations/versions/1.py'))?.back?.how;
    assert.deepEqual([await back(''), await back('def downgrade():\n    ...\n'), await back('def downgrade():\n    raise NotImplementedError("gone")\n'), await back('def downgrade():\n    op.drop_table("a")\n')], [undefined, 'nothing', 'raises', 'something']);
  });

  it('reads the operations of Django', async () => {
    const found = await migrationOf('from django.db import migrations, models\ndef fill(apps, editor):\n    pass\nclass Migration(migrations.Migration):\n    dependencies = [("shop", "0008_auto")]\n    operations = [\n        migrations.CreateModel(name="Order", fields=[("id", models.AutoField(primary_key=True)), ("total", models.FloatField())]),\n        migrations.AddField("order", "vat", models.IntegerField()),\n        migrations.RemoveField(model_name="order", name="note"),\n        migrations.RenameField(model_name="order", old_name="a", new_name="b"),\n        migrations.RunPython(fill),\n        migrations.RunSQL("SELECT 1", migrations.RunSQL.noop),\n        migrations.SeparateDatabaseAndState(database_operations=[migrations.DeleteModel("Old")], state_operations=[migrations.DeleteModel("New")]),\n    ]\n', 'shop/migrations/0009_vat.py');
    assert.deepEqual([found?.framework, found?.revision, found?.parents], ['django', '0009_vat', ['shop.0008_auto']]);
    assert.deepEqual(found?.upgrade.map(told), ['CreateModel Order id,total', 'AddField order vat', 'RemoveField order note', 'RenameField order a', 'RunPython', 'RunSQL SELECT 1', 'DeleteModel Old']);
    assert.equal(found?.upgrade[1]?.columns[0]?.default, undefined);
  });

  it('takes other functions that are called upgrade for none', async () => {
    assert.equal(await migrationOf('def upgrade():\n    pass\n', 'shop/cli.py'), undefined);
    const project = await projectOf({ 'migrations/versions/1.py': 'revision = "1"\ndef upgrade():\n    pass\n', 'app.py': 'def upgrade():\n    pass\n' });
    assert.deepEqual(project.migrations.map((each) => each.module.path), ['migrations/versions/1.py']);
  });
});
