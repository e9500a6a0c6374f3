"""A transaction of its own: PostgreSQL changes no table whose rows wait for the check of a foreign key.

The default serves the way back alone.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("targets", "0031_imported_files")]

    operations = [
        migrations.AlterField("importbatch", "content", models.BinaryField("文件内容", default=b"")),
        migrations.RemoveField("importbatch", "content"),
    ]
