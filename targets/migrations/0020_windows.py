from django.db import migrations, models


def years_that_began_without(apps, schema_editor):
    """Nobody's running year is locked by an upgrade: there the end of a round stays a reminder until somebody ticks it."""
    apps.get_model("targets", "BudgetYear").objects.update(closes_strictly=False)


class Migration(migrations.Migration):

    dependencies = [
        ("targets", "0019_longer_step_names"),
    ]

    operations = [
        migrations.AddField(
            model_name="budgetyear",
            name="closes_strictly",
            field=models.BooleanField(
                default=True,
                help_text="截止后单位不能再修改和送审，除非绩效科单独开放；不选的，截止时间只作提醒。",
                verbose_name="批次截止后停止编报",
            ),
        ),
        migrations.AddField(
            model_name="budgetyear",
            name="mending_days",
            field=models.PositiveSmallIntegerField(
                default=10,
                help_text="退回时已截止或临近截止的，单位在这些天内仍可修改后送审。",
                verbose_name="退回后修改天数",
            ),
        ),
        migrations.AddField(
            model_name="declaration",
            name="open_until",
            field=models.DateTimeField(blank=True, null=True, verbose_name="单独开放至"),
        ),
        migrations.RunPython(years_that_began_without, migrations.RunPython.noop),
    ]
