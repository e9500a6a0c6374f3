"""送审前核对: what is missing is listed with links, the note goes up with the form, and what changed meanwhile is not sent."""

import re

from django.test import Client
from django.urls import reverse

from targets.admin.before import CHANGED_MEANWHILE
from targets.attachments import attach
from targets.domain.edits import Change
from targets.domain.record import PLAN
from targets.editing import apply_changes
from targets.guards import Order
from targets.models import Declaration, Revision
from targets.remarks import Said, answer, remark
from targets.review import take_step
from targets.storing import store
from targets.tests.world import World


def page_of(form: Declaration, page: str = "before") -> str:
    return reverse(f"admin:targets_{'departmentplan' if form.is_plan else 'budgetproject'}_{page}", args=[form.pk])


def missing(text: str) -> list[str]:
    """The lines of the list of what is missing, without their tags."""
    section = re.search(r'id="missing".*?</section>', text, re.DOTALL)
    assert section
    return [re.sub(r"<[^>]+>|\s+", "", line) for line in re.findall(r"<li>(.*?)</li>", section[0], re.DOTALL)]


def test_the_note_goes_up_with_the_form_and_stays_in_its_history(client: Client, world: World) -> None:
    form = world.declaration()
    attach(form, b"%PDF-1.7 paper", "测算依据.pdf", by=world.filler)
    client.force_login(world.filler)
    page = client.get(page_of(form)).content.decode()
    assert missing(page) == []
    assert "没有错误，没有待答复的必须修改" in page
    assert "测算依据.pdf</a>（整张表）" in page
    assert "补助到位率" in page
    note = "本次按上年决算调低了人数。<b>"
    told = client.post(page_of(form), {"state": "1.0", "opinion": note}, follow=True).content.decode()
    assert "送审已办理，现在轮到：教育和体育局 主管部门审核人。" in told
    event = form.events.get()
    assert (event.step, event.opinion, event.person) == ("submit", note, world.filler)
    client.force_login(world.boss)
    for page in ("change", "history"):
        assert "本次按上年决算调低了人数。&lt;b&gt;" in client.get(page_of(form, page)).content.decode()
    assert "给审核人的说明" in client.get(page_of(form, "change")).content.decode()


def test_the_note_is_no_longer_shown_above_what_came_back(client: Client, world: World) -> None:
    form = world.declaration()
    take_step(form, "submit", by=world.filler, order=Order(opinion="请看附件。"))
    world.advance(form, "return")
    client.force_login(world.filler)
    assert "请看附件。" not in client.get(page_of(form, "change")).content.decode()


def test_what_keeps_the_form_here_is_listed_with_links(client: Client, world: World) -> None:
    form = world.advance(world.declaration(), "submit")
    form.refresh_from_db()
    key = form.record().rows[1].key
    one = remark(form, Said("请核对人数", row=key, field="target"), by=world.boss)
    world.advance(form, "return")
    form.refresh_from_db()
    apply_changes(form, [Change("", "goal", form.goal, "")], by=world.filler)
    Declaration.objects.filter(pk=form.pk).update(stale=["money", key])
    client.force_login(world.filler)
    page = client.get(page_of(form)).content.decode()
    goal, must, stale = missing(page)
    assert goal.startswith("错年度总体绩效目标")
    assert must == "改第2行指标值：请核对人数必须修改，未答复"
    assert stale.startswith("旧未更新2处")
    here = page_of(form, "change")
    assert f'href="{here}#f-goal"' in page
    assert f'href="{here}#remark-{one.pk}"' in page
    assert re.search(r"<button[^>]* disabled>送审</button>", page)
    one.refresh_from_db()
    answer(one, "已核对", by=world.filler)
    form.refresh_from_db()
    state = form.text_state
    told = client.post(page_of(form), {"state": state, "opinion": "我写的说明"}).content.decode()
    assert "没有送审：还有1处错误" in told
    assert "我写的说明</textarea>" in told
    form.refresh_from_db()
    assert form.state == "returned"


def test_what_a_colleague_changed_meanwhile_is_looked_over_again(client: Client, world: World) -> None:
    form = world.declaration()
    client.force_login(world.filler)
    seen = client.get(page_of(form)).context["text_state"]
    apply_changes(form, [Change("", "goal", form.goal, f"{form.goal}又改。")], by=world.filler, is_sitting=True)
    again = client.post(page_of(form), {"state": seen, "opinion": "说明"})
    assert again.context["error"] == CHANGED_MEANWHILE
    assert "又改。" in again.content.decode()
    client.post(page_of(form), {"state": again.context["text_state"], "opinion": "说明"})
    form.refresh_from_db()
    assert form.state == "department_review"
    assert form.submitted_revision is not None
    assert form.submitted_revision.record.goal.endswith("又改。")


def test_the_button_of_the_form_saves_and_leads_there(client: Client, world: World) -> None:
    form = world.declaration()
    client.force_login(world.filler)
    assert 'value="before"' in client.get(page_of(form, "change")).content.decode()
    sent = {"revision": 1, "end": 1, "do": "before", "goal": f"{form.goal}改了。", "row": []}
    assert client.post(page_of(form, "change"), sent, follow=True).redirect_chain == [(page_of(form), 302)]
    form.refresh_from_db()
    assert (form.goal.endswith("改了。"), form.state) == (True, "draft")


def test_a_plan_is_shown_in_its_own_look_and_others_are_led_away(client: Client, world: World) -> None:
    form = world.declaration()
    plan = world.record(kind=PLAN, title="2023年整体绩效目标表", total=None, fiscal=None, other=None)
    Declaration.objects.filter(pk=form.pk).update(kind=PLAN, total=None, fiscal=None, other=None)
    form.refresh_from_db()
    store([(form, plan)], by=world.filler, reason=Revision.Reason.EDIT)
    client.force_login(world.filler)
    assert "jx-grid whole" in client.get(page_of(form)).content.decode()
    client.force_login(world.boss)
    assert client.get(page_of(form), follow=True).redirect_chain == [(page_of(form, "change"), 302)]
