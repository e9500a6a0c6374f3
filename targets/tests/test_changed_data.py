"""数据维护 in 留痕查询: who changed years, rounds, ceilings, posts, deputies, key projects and explanations, from what to what."""

from datetime import timedelta
from typing import Any

from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from departments.models import Deputation, Membership, Person
from departments.models.register import today
from departments.roles import FILLER
from targets.assessing import mark_key
from targets.models import Campaign, Ceiling, Declaration, RuleSetting
from targets.tests.test_audit import exported
from targets.tests.test_deputies import an_error_of, newcomer, stand_in
from targets.tests.test_years_admin import filled
from targets.tests.world import World, client_of
from targets.waivers import decide, explain


def told(world: World, reader: str = "auditor", **asked: str) -> list[tuple[str, str, str]]:
    """(姓名, 事项, 说明) as the auditor finds it, the oldest first."""
    lines = exported(client_of(world.people[reader]), **{"deed": "data", **asked})
    return [(one["姓名"], one["事项"], one["意见或说明"]) for one in reversed(lines)]


def changed(client: Client, page: str, **typed: Any) -> None:
    """Open the page, type this, save."""
    answer = client.post(page, filled(client.get(page), **typed))
    assert answer.status_code == 302, answer.context["errors"]


CEILINGS = "/admin/targets/ceiling/"


def test_ceilings_typed_and_imported(world: World) -> None:
    budget = client_of(world.budget)
    budget.post(
        f"{CEILINGS}add/",
        {"budget_year": world.year.pk, "unit": world.school.pk, "title": "学前教育", "wan": "100"},
    )
    changed(budget, f"{CEILINGS}{Ceiling.objects.get().pk}/change/", wan="80.5")
    file = (
        "预算年度,单位代码,单位名称,项目代码,项目名称,控制数（万元）\n2023,202001,,,学前教育,70\n2023,202001,,,新的,5\n"
    )
    upload = SimpleUploadedFile("控制数.csv", file.encode())
    shown = budget.post(f"{CEILINGS}import/", {"import_file": upload, "resource": "0", "format": ""})
    confirm = shown.context["confirm_form"].initial
    assert budget.post(f"{CEILINGS}process_import/", confirm).status_code == 302
    assert [str(one.amount) for one in Ceiling.objects.order_by("pk")] == ["700000.00", "50000.00"]
    assert told(world) == [
        (
            "budget某",
            "新增控制数",
            f"预算年度：2023年度；单位：{world.school}；项目名称：学前教育；控制数（万元）：100",
        ),
        ("budget某", "修改控制数", "控制数（万元）：100.00 → 80.5"),
        ("budget某", "修改控制数", "从文件导入：控制数（元）：805000 → 700000"),
        (
            "budget某",
            "新增控制数",
            f"从文件导入：预算年度：2023年度；单位：{world.school}；项目名称：新的；控制数（元）：50000",
        ),
    ]


def test_a_year_its_rules_and_rounds(world: World) -> None:
    page = f"/admin/targets/budgetyear/{world.year.pk}/change/"
    perf = client_of(world.perf)
    rule = {"rule_settings-TOTAL_FORMS": "1", "rule_settings-0-rule": "R01", "rule_settings-0-level": "off"}
    changed(perf, page, mending_days="5", goal_length="20", **rule)
    assert RuleSetting.objects.get().level == "off"
    questions = world.year.questions.order_by("order", "id")
    first = questions[0]
    changed(perf, page, **{"questions-0-points": "12", "rule_settings-0-level": "warning"})
    round_page = f"/admin/targets/campaign/{world.campaign.pk}/change/"
    changed(perf, round_page, closes_at_0="2099-01-31", closes_at_1="18:00:00")
    closed = Campaign.objects.get().closes_at
    assert closed.year == 2099
    (_, _, year), (_, _, parts), (_, deed, end) = told(world)
    assert year == (
        "退回后修改天数：10 → 5；总体目标最少字数：（空） → 20；新增校验规则级别“R01 不检查”（"
        "规则：R01 没有总体目标（平时：错误（须修改）），级别：不检查）"
    )
    assert parts == (
        f"修改校验规则级别“R01 警告（须说明）”（级别：不检查 → 警告（须说明））；"
        f"修改审核问题“{first}”（分值：{first.points} → 12）"
    )
    assert deed == "修改编报批次"
    assert end.endswith(" → 2099-01-31 18:00")


def test_posts_passwords_and_accounts(world: World) -> None:
    admin = client_of(world.admin)
    post = Membership.objects.get(person=world.sibling)
    changed(admin, f"/admin/departments/membership/{post.pk}/change/", valid_to=today().isoformat())
    changed(admin, f"/admin/departments/person/{world.stranger.pk}/change/", name="王新")
    secret = {"password1": "another good one 7", "password2": "another good one 7"}
    assert admin.post(f"/admin/departments/person/{world.stranger.pk}/password/", secret).status_code == 302
    assert told(world) == [
        ("admin某", "修改任职", f"停用日期：（空） → {today()}"),
        ("admin某", "修改人员", "姓名：stranger某 → 王新"),
        ("admin某", "修改人员", "设置密码"),
    ]
    assert "another" not in "".join(LogEntry.objects.values_list("change_message", flat=True))


def test_a_deputy_arranged_for_oneself_and_by_the_administrator_and_ended(world: World) -> None:
    second = newcomer(world, "second")
    Membership.objects.create(person=second, department=world.school, role=FILLER)
    days = {"valid_from": today().isoformat(), "valid_to": (today() + timedelta(days=6)).isoformat(), "reason": "出差"}
    own, filler = "/admin/departments/deputation/own/", client_of(world.filler)
    filler.post(own, {"deputy": second.pk, **days})
    filler.post(own, {"end": Deputation.objects.get().pk})
    admin = client_of(world.admin)
    admin.post("/admin/departments/deputation/add/", {"absent": world.boss.pk, "deputy": second.pk, "post": "", **days})
    last = Deputation.objects.order_by("pk").last()
    assert last is not None
    admin.post("/admin/departments/deputation/", {"action": "end", "_selected_action": last.pk})
    week = f"开始日期：{days['valid_from']}；结束日期：{days['valid_to']}；事由：出差"
    assert told(world) == [
        ("filler某", "新增岗位代理", f"被代理人：filler某；代理人：second某；{week}"),
        ("filler某", "修改岗位代理", "提前结束"),
        ("admin某", "新增岗位代理", f"被代理人：boss某；代理人：second某；{week}"),
        ("admin某", "修改岗位代理", "提前结束"),
    ]


def test_key_projects_are_marked_by_name_once(world: World) -> None:
    form = world.declaration()
    assert mark_key([form], is_key=True, by=world.perf) == 1
    assert mark_key(Declaration.objects.all(), is_key=True, by=world.perf2) == 1  # it is one already
    assert mark_key([form], is_key=False, by=world.filler) == 0  # not his to say
    body = {"action": "mark_as_general", "_selected_action": form.pk}
    client_of(stand_in(world, "perf", "nobody")).post("/admin/targets/budgetproject/", body)
    form.refresh_from_db()
    assert form.is_key is False
    lines = exported(client_of(world.auditor), deed="data")
    assert [(one["姓名"], one["表或数据"], one["意见或说明"]) for one in reversed(lines)] == [
        ("perf某", form.title, "标为重点项目"),
        ("nobody某", form.title, "标为一般性项目（代perf某）"),
    ]


def test_an_explanation_and_what_became_of_it_stay_though_it_is_asked_again(world: World) -> None:
    """The row of the explanation holds the present one only."""
    form = world.declaration(rows=())
    place = an_error_of(form)
    waiver = explain(form, **place, explanation="秘密的原因", by=world.filler)
    decide(waiver, granted=False, reason="不行。", by=world.perf)
    explain(form, **place, explanation="再说一次", by=stand_in(world, "filler", "nobody"))
    rule = place["rule"]
    assert [(who, said) for who, _, said in told(world)] == [
        ("filler某", f"对{rule}作情况说明"),
        ("perf某", f"未同意{rule}的情况说明：不行。"),
        ("nobody某", f"对{rule}作情况说明（代filler某）"),
    ]


def test_both_names_find_what_a_deputy_changed_and_only_one_s_own_division_is_seen(world: World) -> None:
    deputy = stand_in(world, "budget", "nobody")
    asked = {"budget_year": world.year.pk, "unit": world.school.pk, "title": "学前教育", "wan": "100"}
    client_of(deputy).post(f"{CEILINGS}add/", asked)
    form = world.declaration()
    client_of(world.root).post(f"{CEILINGS}add/", asked | {"unit": world.health.pk})
    for name in ("nobody", "budget某"):
        ((who, deed, words),) = told(world, person=name)
        assert (who, deed, words.endswith("100（代budget某）")) == ("nobody某", "新增控制数", True)
    assert told(world, person="控制数") == []
    assert [who for who, _, _ in told(world, unit="实验学校", deed="data:1")] == ["nobody某"]
    assert told(world) == told(world, reader="root")
    far = Person.objects.create_user("far", name="远")
    mark_key([form], is_key=True, by=world.perf)
    LogEntry.objects.log_actions(far.pk, [form], 2, "别处的")
    assert [who for who, _, _ in told(world)] == ["nobody某", "root某", "perf某"]
