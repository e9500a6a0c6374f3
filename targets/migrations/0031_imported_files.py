"""The bytes of an upload stand in a row of their own."""

import django.db.models.deletion
from django.db import migrations, models

MOVE = "INSERT INTO targets_importedfile (batch_id, content) SELECT id, content FROM targets_importbatch"
BACK = """
    UPDATE targets_importbatch
    SET content = (SELECT content FROM targets_importedfile WHERE batch_id = targets_importbatch.id)
"""


class Migration(migrations.Migration):
    dependencies = [("targets", "0030_longer_steps_of_decisions")]

    operations = [
        migrations.CreateModel(
            name="ImportedFile",
            fields=[
                (
                    "batch",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="file",
                        serialize=False,
                        to="targets.importbatch",
                    ),
                ),
                ("content", models.BinaryField(verbose_name="文件内容")),
            ],
        ),
        migrations.RunSQL(MOVE, BACK),
    ]
