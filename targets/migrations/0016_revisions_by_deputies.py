"""Revisions and what is being typed name whom the person stood in for. Older links keep their digests."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('targets', '0015_events_say_more'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='revision',
            name='stood_in_for',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='revisions_by_deputy', to=settings.AUTH_USER_MODEL, verbose_name='代谁修改'),
        ),
        migrations.AddField(
            model_name='revision',
            name='stood_in_for_name',
            field=models.CharField(blank=True, max_length=40, verbose_name='被代理人姓名'),
        ),
        migrations.AddField(
            model_name='sitting',
            name='stood_in_for',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sittings_by_deputy', to=settings.AUTH_USER_MODEL, verbose_name='代谁填写'),
        ),
    ]
