"""Seals hold what came besides the forms' chains; PostgreSQL refuses to change or delete what the admin's log says."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def close(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE TRIGGER trail_guard BEFORE UPDATE OR DELETE ON django_admin_log "
            "FOR EACH ROW EXECUTE FUNCTION targets_trail_refuse()"
        )


def open_again(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER IF EXISTS trail_guard ON django_admin_log")


class Migration(migrations.Migration):
    dependencies = [("targets", "0028_signatures"), ("admin", "0003_logentry_add_action_flag_choices")]

    operations = [
        migrations.AddField("trailseal", "rolls", models.JSONField("其他记录", default=dict)),
        migrations.RunPython(close, open_again),
    ]
