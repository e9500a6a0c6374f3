from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("targets", "0003_jobs")]

    operations = [
        migrations.AddField(
            model_name="job",
            name="options",
            field=models.JSONField(blank=True, default=dict, verbose_name="要求"),
        ),
    ]
