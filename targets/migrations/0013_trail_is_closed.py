"""One row for each link; PostgreSQL refuses to change or delete revisions, events and seals.

SQLite gets no triggers: it loses them whenever a later migration rebuilds the table. There the chain and its seals tell.
"""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

TABLES = ("targets_revision", "targets_reviewevent", "targets_trailseal")
FUNCTION = """
CREATE OR REPLACE FUNCTION targets_trail_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '留痕记录不能修改或删除：%', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""


def close(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute(FUNCTION, params=None)
    for table in TABLES:
        schema_editor.execute(
            f"CREATE TRIGGER trail_guard BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION targets_trail_refuse()"
        )


def open_again(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor != "postgresql":
        return
    for table in TABLES:
        schema_editor.execute(f"DROP TRIGGER IF EXISTS trail_guard ON {table}")
    schema_editor.execute("DROP FUNCTION IF EXISTS targets_trail_refuse()")


class Migration(migrations.Migration):
    dependencies = [("targets", "0012_chains_of_old_forms")]

    operations = [
        migrations.AddConstraint(
            "revision", models.UniqueConstraint(fields=("declaration", "link"), name="one_revision_per_link")
        ),
        migrations.AddConstraint(
            "reviewevent", models.UniqueConstraint(fields=("declaration", "link"), name="one_event_per_link")
        ),
        migrations.RunPython(close, open_again),
    ]
