"""The problems of an upload by cause are counted when it is read; those that wait for a confirmation are counted here."""

from django.db import migrations, models

from targets.domain.sheets.causes import Causes
from targets.domain.sheets.problems import Problem


def count(apps, schema_editor):
    batches = apps.get_model("targets", "ImportBatch").objects.filter(state="preview")
    for batch in batches.iterator():
        causes = Causes()
        causes.add(Problem(**one) for one in batch.problems)
        for problems in batch.forms.order_by("place").values_list("problems", flat=True).iterator():
            causes.add(Problem(**one) for one in problems)
        batches.filter(pk=batch.pk).update(causes=causes.as_json())


class Migration(migrations.Migration):
    dependencies = [("targets", "0033_undoing_imports")]

    operations = [
        migrations.AddField(
            "importbatch", "causes", models.JSONField("问题按原因", blank=True, default=dict, editable=False)
        ),
        migrations.RunPython(count, migrations.RunPython.noop),
    ]
