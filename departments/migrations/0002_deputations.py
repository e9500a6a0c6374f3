"""岗位代理（AB岗）: who stands in for whom."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('departments', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Deputation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(verbose_name='开始日期')),
                ('valid_to', models.DateField(verbose_name='结束日期')),
                ('reason', models.CharField(max_length=200, verbose_name='事由')),
                ('arranged_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='安排时间')),
                ('ended_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='提前结束时间')),
                ('absent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deputations', to=settings.AUTH_USER_MODEL, verbose_name='被代理人')),
                ('arranged_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='deputations_arranged', to=settings.AUTH_USER_MODEL, verbose_name='安排人')),
                ('deputy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deputed', to=settings.AUTH_USER_MODEL, verbose_name='代理人')),
                ('ended_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deputations_ended', to=settings.AUTH_USER_MODEL, verbose_name='提前结束人')),
                ('post', models.ForeignKey(blank=True, help_text='不选即代理其全部任职（系统管理员除外）。', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deputations', to='departments.membership', verbose_name='任职')),
            ],
            options={
                'verbose_name': '岗位代理',
                'verbose_name_plural': '岗位代理',
                'ordering': ['-valid_from', '-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__gte', models.F('valid_from'))), name='a_deputation_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(('absent', models.F('deputy')), _negated=True), name='nobody_stands_in_for_himself')],
            },
        ),
    ]
