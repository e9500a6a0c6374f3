from decimal import Decimal

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from targets.domain.steps import OFFICE_REVIEW, PERFORMANCE_REVIEW, STATES
from targets.menu import MENU, Entry, address, current
from targets.templatetags.targets_ui import MARKS, count_mark, finding_mark, money, state_chip, step_line


@pytest.mark.parametrize(
    ("amount", "in_wan"),
    [
        (Decimal("78996700.00"), "7,899.67"),
        (Decimal("40580000.00"), "4,058.00"),
        (Decimal("1330345.67"), "133.034567"),  # two decimals would hide 45.67 元
        (Decimal("800.00"), "0.08"),
        (Decimal("0.00"), "0.00"),
        (Decimal("0E+3"), "0.00"),
        (None, "—"),
    ],
)
def test_amounts_are_shown_whole(amount: Decimal | None, in_wan: str) -> None:
    assert money(amount) == in_wan


def drawn(state: str, *levels: str) -> str:
    line = step_line(state, levels) if levels else step_line(state)
    return " ".join(f"{gate['label']}{'✓' * gate['is_done']}{'←' * gate['is_now']}" for gate in line["gates"])


@pytest.mark.parametrize(
    ("state", "line"),
    [
        ("draft", "单位编制← 主管部门 业务科室 绩效科 批复"),
        ("returned", "单位编制← 主管部门 业务科室 绩效科 批复"),
        ("office_review", "单位编制✓ 主管部门✓ 业务科室← 绩效科 批复"),
        ("passed", "单位编制✓ 主管部门✓ 业务科室✓ 绩效科✓ 批复←"),
        ("approved", "单位编制✓ 主管部门✓ 业务科室✓ 绩效科✓ 批复✓"),
        ("rejected", "单位编制 主管部门 业务科室 绩效科 批复"),
        ("void", "单位编制 主管部门 业务科室 绩效科 批复"),
    ],
)
def test_the_step_line_shows_whose_turn_it_is(state: str, line: str) -> None:
    assert drawn(state) == line


def test_a_level_the_year_does_not_use_is_not_drawn() -> None:
    assert drawn(OFFICE_REVIEW, OFFICE_REVIEW, PERFORMANCE_REVIEW) == "单位编制✓ 业务科室← 绩效科 批复"


def test_every_state_has_a_chip_in_words() -> None:
    assert {state: state_chip(state) for state in STATES} == {
        state: f'<span class="jx-state" data-s="{state}">{label}</span>' for state, label in STATES.items()
    }


def test_marks_say_their_level_in_words_too() -> None:
    assert {level: finding_mark(level) for level in MARKS} == {
        "error": '<span class="jx-f e" title="错误">错</span>',
        "warning": '<span class="jx-f w" title="警告">警</span>',
        "info": '<span class="jx-f i" title="提示">示</span>',
        "waived": '<span class="jx-f e said" title="错误（已写情况说明）">错</span>',
        "remark": '<span class="jx-f r" title="修改意见">意</span>',
        "must_fix": '<span class="jx-f r must" title="必须修改">改</span>',
        "ok": '<span class="jx-f o" title="已核对">对</span>',
        "stale": '<span class="jx-f w" title="未更新">旧</span>',
    }
    assert finding_mark("error", is_waived=True) == finding_mark("waived")


def test_no_findings_are_grey() -> None:
    assert count_mark("error", 0).startswith('<span class="jx-fn zero">')
    assert count_mark("error", 12).startswith('<span class="jx-fn">')


def test_the_foot_bar_has_the_reason_beside_the_greyed_button() -> None:
    button = {"name": "step", "value": "submit", "label": "送审", "look": "default", "is_disabled": True}
    page = Template("{% include 'targets/pieces/form_footer.html' %}").render(
        Context({"why": "送审前：答复 1 条“必须修改”", "buttons": [button]})
    )
    assert '<span class="why">送审前：答复 1 条“必须修改”</span>' in page
    assert '<button type="submit" name="step" value="submit" class="button default" disabled>送审</button>' in page


def test_an_entry_whose_page_does_not_exist_has_no_address() -> None:
    assert address(Entry("", "将来", "admin:no_such_page")) == ""
    assert address(MENU[0]) == "/admin/"


@pytest.mark.parametrize(
    ("page", "line"),
    [
        ("/admin/", "/admin/"),
        ("/admin/a/?turn=mine", "/admin/a/?turn=mine"),
        ("/admin/a/7/change/", "/admin/a/"),
        ("/admin/a/?q=1", "/admin/a/"),
        ("/admin/a/?q=1&turn=mine", "/admin/a/?turn=mine"),
        ("/admin/a/?turn=done", "/admin/a/"),
        ("/admin/c/", "/admin/c/?for=review"),
        ("/admin/password_change/", ""),
    ],
)
def test_the_menu_marks_the_line_nearest_to_the_page(page: str, line: str) -> None:
    urls = ["/admin/", "/admin/a/?turn=mine", "/admin/a/", "/admin/b/", "/admin/c/?for=review"]
    assert current(urls, RequestFactory().get(page)) == line
