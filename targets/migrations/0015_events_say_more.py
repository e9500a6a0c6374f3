"""Events name whom the person stood in for, and carry what a step says besides its opinion. Older links keep their digests."""


import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('targets', '0014_log_ins_and_refusals'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='reviewevent',
            name='particulars',
            field=models.JSONField(blank=True, default=dict, verbose_name='其他事项'),
        ),
        migrations.AddField(
            model_name='reviewevent',
            name='stood_in_for',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events_by_deputy', to=settings.AUTH_USER_MODEL, verbose_name='代谁办理'),
        ),
        migrations.AddField(
            model_name='reviewevent',
            name='stood_in_for_name',
            field=models.CharField(blank=True, max_length=40, verbose_name='被代理人姓名'),
        ),
    ]
