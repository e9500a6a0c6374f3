"""What all sent projects of a unit or a department ask for is summed from an index: past drafts, and without their rows."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("departments", "0003_what_is_not_lent"), ("targets", "0034_causes_of_problems")]

    operations = [
        migrations.AddIndex(
            "declaration",
            models.Index(fields=["unit", "budget_year", "kind", "state", "total"], name="money_of_a_unit"),
        ),
        migrations.AddIndex(
            "declaration",
            models.Index(fields=["department", "budget_year", "kind", "state", "total"], name="money_of_a_department"),
        ),
    ]
