"""A decision may hold a step with a longer name: 按控制数退回, for the round to come."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("targets", "0029_rolls")]

    operations = [
        migrations.AlterField("decision", "step", models.CharField("步骤代码", max_length=20, blank=True)),
    ]
