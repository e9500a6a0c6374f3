"""Remarks and their answers are signed by a deputy with both names."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('targets', '0016_revisions_by_deputies'),
    ]

    operations = [
        migrations.AlterField(
            model_name='remark',
            name='author_name',
            field=models.CharField(max_length=90, verbose_name='提出人姓名'),
        ),
        migrations.AlterField(
            model_name='remarkreply',
            name='person_name',
            field=models.CharField(max_length=90, verbose_name='办理人姓名'),
        ),
    ]
