"""Columns of the trail and the seals; the next migration chains what is there, the one after it closes the tables."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("targets", "0010_sittings")]

    operations = [
        migrations.CreateModel(
            name="TrailSeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(unique=True, verbose_name="序号")),
                ("day", models.DateField(unique=True, verbose_name="日期")),
                ("made_at", models.DateTimeField(verbose_name="封存时间")),
                ("heads", models.JSONField(verbose_name="链头")),
                ("digest", models.CharField(max_length=64, verbose_name="摘要")),
            ],
            options={"verbose_name": "留痕封存", "verbose_name_plural": "留痕封存", "ordering": ["number"]},
        ),
        migrations.AddField(
            "declaration",
            "trail_length",
            models.PositiveIntegerField(default=0, editable=False, verbose_name="留痕环数"),
        ),
        migrations.AddField(
            "declaration",
            "trail_head",
            models.CharField(blank=True, default="", editable=False, max_length=64, verbose_name="留痕链头"),
            preserve_default=False,
        ),
        migrations.AddField(
            "revision",
            "link",
            models.PositiveIntegerField(default=0, verbose_name="留痕链上的序号"),
            preserve_default=False,
        ),
        migrations.AddField(
            "revision", "digest", models.CharField(default="", max_length=64, verbose_name="摘要"), preserve_default=False
        ),
        migrations.AddField(
            "reviewevent",
            "link",
            models.PositiveIntegerField(default=0, verbose_name="留痕链上的序号"),
            preserve_default=False,
        ),
        migrations.AddField(
            "reviewevent",
            "digest",
            models.CharField(default="", max_length=64, verbose_name="摘要"),
            preserve_default=False,
        ),
        migrations.AlterField(
            "revision",
            "created_at",
            models.DateTimeField(default=django.utils.timezone.now, verbose_name="时间"),
        ),
        migrations.AlterField(
            "reviewevent", "at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="时间")
        ),
    ]
