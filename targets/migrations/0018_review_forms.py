"""审核表: questions of a year, what reviewers answer. Years that are there begin with the usual eight questions."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from targets.domain.assessment import STANDARD_QUESTIONS


def ask_of_each_year(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    questions = apps.get_model("targets", "ReviewQuestion")
    questions.objects.bulk_create(
        questions(
            budget_year=year,
            group=one.group,
            name=one.name,
            text=one.text,
            points=one.points,
            order=order,
            rules=list(one.rules),
        )
        for year in apps.get_model("targets", "BudgetYear").objects.all()
        for order, one in enumerate(STANDARD_QUESTIONS, start=1)
    )


class Migration(migrations.Migration):

    dependencies = [
        ('targets', '0017_names_of_two_in_remarks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='budgetyear',
            name='assessment_need',
            field=models.CharField(blank=True, choices=[('', '不要求'), ('key', '重点项目须填'), ('all', '每张表都须填')], default='', help_text='业务科室初审通过、绩效科审核通过之前。', max_length=4, verbose_name='通过前须填审核表'),
        ),
        migrations.AddField(
            model_name='declaration',
            name='is_key',
            field=models.BooleanField(default=False, help_text='由财政确定；审核表按重点项目打分。', verbose_name='重点项目'),
        ),
        migrations.CreateModel(
            name='Assessment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='序号')),
                ('level', models.CharField(choices=[('department_review', '主管部门'), ('office_review', '业务科室'), ('performance_review', '绩效科')], max_length=20, verbose_name='审核环节')),
                ('is_scored', models.BooleanField(default=False, verbose_name='按重点项目打分')),
                ('answers', models.JSONField(default=list, verbose_name='各项审核')),
                ('total', models.DecimalField(blank=True, decimal_places=2, max_digits=7, null=True, verbose_name='得分')),
                ('grade', models.CharField(blank=True, choices=[('excellent', '优'), ('good', '良'), ('fair', '中'), ('poor', '差')], max_length=10, verbose_name='综合评定等级')),
                ('opinion', models.TextField(blank=True, verbose_name='总体意见')),
                ('expert_opinion', models.TextField(blank=True, verbose_name='第三方或专家意见')),
                ('internal_note', models.TextField(blank=True, verbose_name='内部备注')),
                ('person_name', models.CharField(max_length=90, verbose_name='填写人姓名')),
                ('role', models.CharField(choices=[('filler', '单位经办人'), ('department_reviewer', '主管部门审核人'), ('office_reviewer', '业务科室审核人'), ('performance_reviewer', '绩效科审核人'), ('budget_office', '预算科'), ('admin', '系统管理员'), ('auditor', '审计查询（只读）')], max_length=24, verbose_name='角色')),
                ('saves', models.PositiveIntegerField(default=0, verbose_name='保存次数')),
                ('saved_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='保存时间')),
                ('declaration', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assessments', to='targets.declaration')),
                ('event', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assessment', to='targets.reviewevent', verbose_name='办理记录')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assessments', to=settings.AUTH_USER_MODEL, verbose_name='填写人')),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='targets.revision', verbose_name='所依据的稿')),
            ],
            options={
                'verbose_name': '绩效目标审核表',
                'verbose_name_plural': '绩效目标审核表',
                'ordering': ['declaration', 'number'],
                'constraints': [models.UniqueConstraint(fields=('declaration', 'number'), name='one_assessment_per_number'), models.UniqueConstraint(condition=models.Q(('event__isnull', True)), fields=('declaration', 'level'), name='one_open_assessment_per_level')],
            },
        ),
        migrations.CreateModel(
            name='ReviewQuestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('group', models.CharField(help_text='如：完整性', max_length=20, verbose_name='审核内容')),
                ('name', models.CharField(help_text='如：规范完整性', max_length=20, verbose_name='审核要点')),
                ('text', models.CharField(max_length=300, verbose_name='具体问题')),
                ('points', models.PositiveSmallIntegerField(help_text='重点项目的满分', verbose_name='分值')),
                ('order', models.PositiveSmallIntegerField(default=0, verbose_name='次序')),
                ('rules', models.JSONField(blank=True, default=list, verbose_name='有关的校验规则')),
                ('budget_year', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='targets.budgetyear', verbose_name='预算年度')),
            ],
            options={
                'verbose_name': '审核问题',
                'verbose_name_plural': '审核问题',
                'ordering': ['budget_year', 'order', 'id'],
                'constraints': [models.UniqueConstraint(fields=('budget_year', 'name'), name='one_question_per_name', violation_error_message='该年度已有这个审核要点。'), models.CheckConstraint(condition=models.Q(('points__gt', 0)), name='a_question_has_points', violation_error_message='分值须大于0。')],
            },
        ),
        migrations.RunPython(ask_of_each_year, migrations.RunPython.noop),
    ]
