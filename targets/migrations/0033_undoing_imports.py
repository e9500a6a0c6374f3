"""An import that the worker takes back is 正在撤销."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("targets", "0032_batches_without_bytes")]

    operations = [
        migrations.AlterField(
            model_name="importbatch",
            name="state",
            field=models.CharField(
                choices=[
                    ("reading", "正在读取"),
                    ("unreadable", "读不了"),
                    ("preview", "待确认"),
                    ("storing", "正在导入"),
                    ("stored", "已导入"),
                    ("undoing", "正在撤销"),
                    ("discarded", "已放弃"),
                    ("undone", "已撤销"),
                ],
                default="reading",
                max_length=10,
                verbose_name="状态",
            ),
        ),
    ]
