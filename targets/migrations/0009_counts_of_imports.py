"""How far a reading is, and the amount of each form beside its text, so that pages add up thousands without opening them."""

from decimal import Decimal

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

AT_ONCE = 500


def copy_amounts(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    forms = apps.get_model("targets", "ImportedForm")._default_manager
    changed = []
    for pk, total in forms.filter(frozen__isnull=False).values_list("pk", "frozen__total").iterator(AT_ONCE):
        if total:
            changed.append(forms.model(pk=pk, amount=Decimal(total)))
        if len(changed) == AT_ONCE:
            forms.bulk_update(changed, ["amount"])
            changed = []
    forms.bulk_update(changed, ["amount"])


class Migration(migrations.Migration):
    dependencies = [("targets", "0008_attachments")]

    operations = [
        migrations.AddField(
            "importbatch", "kept", models.PositiveIntegerField("已读出", default=0, editable=False)
        ),
        migrations.AddField(
            "importedform",
            "amount",
            models.DecimalField("年度资金总额", max_digits=18, decimal_places=2, null=True),
        ),
        migrations.RunPython(copy_amounts, migrations.RunPython.noop),
    ]
