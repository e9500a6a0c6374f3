"""A form of an upload knows with which others it was kept. Of uploads read before, fifty at a time are; how many forms the
oldest of them have is counted."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import Count, F

AT_ONCE = 50


def cut(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    batches = apps.get_model("targets", "ImportBatch")._default_manager.filter(state__in=("preview", "storing"))
    apps.get_model("targets", "ImportedForm")._default_manager.filter(batch__in=batches).update(
        portion=F("place") / AT_ONCE
    )
    for pk, number in batches.filter(kept=0).order_by().values_list("pk").annotate(number=Count("forms")):
        batches.filter(pk=pk).update(kept=number)


class Migration(migrations.Migration):
    dependencies = [("targets", "0035_money_by_unit")]

    operations = [
        migrations.AddField("importedform", "portion", models.PositiveIntegerField(default=0, editable=False)),
        migrations.RunPython(cut, migrations.RunPython.noop),
    ]
