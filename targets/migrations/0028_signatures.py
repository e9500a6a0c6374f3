"""Whoever does something signs with the words that are shown, a deputy with both names; what was there is signed with one."""

from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

SIGNATURES = {
    ("waiver", "asked_name", "提出人姓名", 90): "asked_by",
    ("waiver", "decided_name", "处理人姓名", 90): "decided_by",
    ("importbatch", "uploaded_name", "导入人", 200): "uploaded_by",
    ("importbatch", "undone_name", "撤销人姓名", 200): "undone_by",
    ("attachment", "uploaded_name", "上传人姓名", 90): "uploaded_by",
    ("attachment", "removed_name", "移除人姓名", 90): "removed_by",
    ("ceiling", "entered_name", "录入人姓名", 90): "entered_by",
    ("disclosure", "published_name", "公开人姓名", 90): "published_by",
    ("decision", "person_name", "办理人姓名", 200): "person",
}


def sign(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    people = apps.get_model("departments", "Person").objects
    for (model, name, _, _), person in SIGNATURES.items():
        who = people.filter(pk=OuterRef(person)).values(words=Coalesce(NullIf("name", Value("")), F("username")))
        signed = apps.get_model("targets", model).objects.filter(**{f"{person}__isnull": False})
        signed.update(**{name: Subquery(who)})


class Migration(migrations.Migration):
    dependencies = [("targets", "0027_rows_of_imported_forms")]

    operations = [
        *(
            migrations.AddField(
                model, name, models.CharField(words, max_length=longest, blank=True, editable=model != "ceiling")
            )
            for model, name, words, longest in SIGNATURES
        ),
        migrations.AlterField(
            "ceiling",
            "entered_by",
            models.ForeignKey(
                settings.AUTH_USER_MODEL,
                models.PROTECT,
                null=True,
                blank=True,
                related_name="ceilings",
                verbose_name="录入人",
                editable=False,
            ),
        ),
        migrations.RunPython(sign, migrations.RunPython.noop),
    ]
