"""Log-ins and refused steps have a table, as closed as the trail's; the list of all deeds finds its days by an index."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def close(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE TRIGGER trail_guard BEFORE UPDATE OR DELETE ON targets_accessrecord "
            "FOR EACH ROW EXECUTE FUNCTION targets_trail_refuse()"
        )


class Migration(migrations.Migration):

    dependencies = [
        ('targets', '0013_trail_is_closed'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AccessRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True, default=django.utils.timezone.now, verbose_name='时间')),
                ('deed', models.CharField(choices=[('login', '登录'), ('logout', '退出'), ('failed', '登录失败'), ('locked', '登录被锁定'), ('refused', '办理被拒')], max_length=8, verbose_name='事项')),
                ('username', models.CharField(max_length=150, verbose_name='用户名')),
                ('person_name', models.CharField(blank=True, max_length=150, verbose_name='姓名')),
                ('sentence', models.TextField(blank=True, verbose_name='说明')),
                ('address', models.CharField(blank=True, max_length=45, verbose_name='地址')),
            ],
            options={
                'verbose_name': '进出和被拒记录',
                'verbose_name_plural': '进出和被拒记录',
                'ordering': ['-at'],
            },
        ),
        migrations.AddIndex(
            model_name='reviewevent',
            index=models.Index(fields=['at'], name='event_by_time'),
        ),
        migrations.AddIndex(
            model_name='revision',
            index=models.Index(fields=['created_at'], name='revision_by_time'),
        ),
        migrations.AddField(
            model_name='accessrecord',
            name='declaration',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='refusals', to='targets.declaration'),
        ),
        migrations.AddField(
            model_name='accessrecord',
            name='person',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='access_records', to=settings.AUTH_USER_MODEL, verbose_name='人员'),
        ),
        migrations.RunPython(close, migrations.RunPython.noop),
    ]
