"""审核表: questions of a year, what reviewers answer. Years that are there begin with the usual eight questions.

They stand here as they were: those that a new year begins with may go on to change.
"""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

QUESTIONS = (
    (
        "完整性", "规范完整性", "填报格式是否规范，内容是否完整、准确，有无缺项、错项。", 10,
        ("R01", "R03", "R06", "R07", "R08", "R09", "R10", "R11", "R42", "R43", "R45", "R48", "R52"),
    ),
    (
        "完整性", "明确清晰性", "绩效目标是否明确、清晰，能否反映项目的主要内容，是否写明预期的产出和效果。", 10, ("R02", "R12"),
    ),
    (
        "相关性", "目标相关性", "总体目标是否符合法律法规和发展规划，与部门职责、年度工作计划是否密切相关。", 15, ("R04",),
    ),
    (
        "相关性", "指标科学性", "指标是否全面、细化、量化，定性的是否具体可考核；是否选取了关键指标并明确指标值。", 15,
        ("R13", "R16", "R17", "R19", "R20", "R21", "R22", "R25", "R26", "R28"),
    ),
    (
        "适当性", "绩效合理性", "预期绩效是否显著，是否符合行业正常水平，与往年和同类项目相比是否合理。", 15, ("R35", "R37", "R40"),
    ),
    (
        "适当性", "资金匹配性", "目标与资金规模是否匹配：按这些资金目标是否过高或过低，按这些目标资金是否过多或过少。", 15,
        ("R18", "R29", "R30", "R31", "R32", "R33"),
    ),
    (
        "可行性", "实现可能性", "目标是否经过论证和合理测算，能否如期实现。", 10, ("R38", "R39", "R61"),
    ),
    (
        "可行性", "条件充分性", "实施方案是否合理，组织实施能力和条件是否充分，内部控制和管理制度是否健全。", 10, (),
    ),
)  # fmt: skip
"""Group, name, text, points, the rules that bear on it."""


def ask_of_each_year(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    questions = apps.get_model("targets", "ReviewQuestion")
    questions.objects.bulk_create(
        questions(
            budget_year=year, group=group, name=name, text=text, points=points, order=order, rules=list(rules)
        )
        for year in apps.get_model("targets", "BudgetYear").objects.all()
        for order, (group, name, text, points, rules) in enumerate(QUESTIONS, start=1)
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
