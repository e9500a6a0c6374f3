"""Rules for the department form 部门整体绩效目标表: the year's target beside the values it is measured by.

A note in 备注 that gives a reason silences what it explains; a source written into 备注 is no reason.
"""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal

from targets.domain.checks.engine import rule
from targets.domain.checks.reading import HISTORY, REFERENCES, Fault, Form, Line
from targets.domain.record import PLAN
from targets.domain.rules import ERROR, INFO, WARNING
from targets.domain.values import QUANTITY, IndicatorValue, comparable, same_unit

_ABOUT_UNITS = re.compile("单位|口径|换算|折算|折合|不可比|无法比较|计量")
_SOURCE_END = re.compile("(?:统计|统计数据|数据|调查|平台|年鉴|公报|报表|台账|系统|要点|规划|计划|文件|通知)$")


def gives_reason(line: Line) -> bool:
    """备注 holds words of its own, not a source that belongs one column further left."""
    note = line.row.note.strip()
    sources = (line.row.standard_source.strip(), line.row.history_source.strip())
    return not line.is_blank("note") and note not in sources and not _SOURCE_END.search(note)


@rule("R21", ERROR, "指标值与参考值单位不同", kinds=(PLAN,))
def mixed_units(form: Form) -> Iterator[Fault]:
    """≥200条 beside ≥200期, ≥8500对 beside 100%. A number without a unit is R19's; 万 and 百分比 are the same unit."""
    for line in form.indicators:
        target = line.target.in_base_unit
        if target is None or not target[1] or _ABOUT_UNITS.search(line.row.note):
            continue
        odd = [name for name in REFERENCES if _has_other_unit(line.value(name), target[1])]
        if odd:
            yield line.fault(
                odd[0],
                f"{line.quoted(odd[0])}{_others(line, odd[1:])}与{line.label('target')}{line.quoted('target')}单位不同，无法比较。"
                "请换成同一单位，或在备注中说明单位不同的原因。",
                target=line.row.target,
                **{name: getattr(line.row, name) for name in odd},
            )


def _others(line: Line, names: list[str]) -> str:
    return f"（以及{line.labelled(names)}）" if names else ""


def _has_other_unit(value: IndicatorValue, unit: str) -> bool:
    amount = value.in_base_unit
    return amount is not None and amount[1] != "" and not same_unit(amount[1], unit)


Worse = Callable[[Decimal, Decimal], bool]
_WORSE: dict[str, tuple[Worse, str, str]] = {
    "≥": (lambda target, reference: target < reference, "低于", "调高"),
    ">": (lambda target, reference: target < reference, "低于", "调高"),
    "≤": (lambda target, reference: target > reference, "高于", "调低"),
    "<": (lambda target, reference: target > reference, "高于", "调低"),
}


def _worse_than(line: Line, names: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """→ the references that can be compared, and those of them that the target falls behind, by the target's sign."""
    target = line.target
    amount = target.in_base_unit
    if amount is None or target.operator not in _WORSE:
        return [], []
    is_worse = _WORSE[target.operator][0]
    known = [name for name in names if comparable(target, line.value(name))]
    behind = [
        name for name in known if (reference := line.value(name).in_base_unit) and is_worse(amount[0], reference[0])
    ]
    return known, behind


def _behind(line: Line, names: list[str]) -> Fault:
    _, word, cure = _WORSE[line.target.operator]
    references = "和".join(line.label(name) + line.quoted(name) for name in names)
    return line.fault(
        "target",
        f"{line.quoted('target')}{word}{references}。请{cure}，或在备注说明原因。",
        target=line.row.target,
        **{name: getattr(line.row, name) for name in names},
    )


@rule("R35", WARNING, "指标值差于历史值", kinds=(PLAN,))
def below_history(form: Form) -> Iterator[Fault]:
    """全民健身赛事 ≥80次 with 200 and 383 before: worse than every history value that is known, and no reason given."""
    for line in form.indicators:
        known, behind = _worse_than(line, HISTORY)
        if behind and behind == known and not gives_reason(line):
            yield _behind(line, behind)


@rule("R37", WARNING, "指标值差于规划值或标准值", kinds=(PLAN,))
def below_plan(form: Form) -> Iterator[Fault]:
    """开展节庆礼 ≥5项 with a plan value of ≥6项."""
    for line in form.indicators:
        _, behind = _worse_than(line, ("plan_value", "standard_value"))
        if behind and not gives_reason(line):
            yield _behind(line, behind)


@rule("R38", ERROR, "参考值没有来源", kinds=(PLAN,))
def source_missing(form: Form) -> Iterator[Fault]:
    """The head of the form asks for a source beside the standard value and beside the history values."""
    for line in form.indicators:
        for values, source in ((("standard_value",), "standard_source"), (HISTORY, "history_source")):
            given = [name for name in values if not line.is_blank(name)]
            if given and line.is_blank(source):
                yield line.fault(
                    source,
                    f"有{line.labelled(given)}，没有写来源。请补填，如“内部统计”或文件名称。",
                    values=" ".join(given),
                )


@rule("R39", ERROR, "无参考值且无说明", kinds=(PLAN,))
def no_reference_no_reason(form: Form) -> Iterator[Fault]:
    """Head of the form, 备注: reason why neither standard nor history exists."""
    for line in form.indicators:
        if all(line.is_blank(name) for name in REFERENCES) and line.is_blank("note"):
            yield line.fault("note", "标准值和历史值都没有，备注也没有说明。请补填参考值，或在备注写明没有的原因。")


@rule("R40", WARNING, "历史值带符号", kinds=(PLAN,))
def history_with_sign(form: Form) -> Iterator[Fault]:
    """上年值 “≥2000条”: what happened is a number. “=2000元/生/年” says no more than the number and is left alone."""
    for line in form.indicators:
        for name in HISTORY:
            value = line.value(name)
            if value.kind == QUANTITY and value.operator in _WORSE:
                yield line.fault(
                    name,
                    f"{line.quoted(name)}是实际完成数，不应带“{value.operator}”。请写实际数。",
                    operator=value.operator,
                )


@rule("R43", INFO, "名称像解释", kinds=(PLAN,))
def name_is_explanation(form: Form) -> Iterator[Fault]:
    for line in form.indicators:
        if line.name.startswith(("反映", "反应")):
            yield line.fault("name", f"“{line.name}”像是指标解释。请看与指标解释是否填反，名称写成“……率”“……人数”一类。")


_CITATION = re.compile(r"[〔\[【(（][^〕\]】)）]{0,12}[〕\]】)）]\s*第?\s*[0-9]{1,5}\s*号")
"""A document number: 财预〔2019〕136号 may be in force for many years."""
_SOURCE_YEAR = re.compile(r"(?<![0-9])20[0-9]{2}(?![0-9])")
_FIVE_YEAR_PLANS = {"十一五": 2010, "十二五": 2015, "十三五": 2020, "十四五": 2025, "十五五": 2030}


def _latest_year(source: str) -> int | None:
    """The last year that a source speaks of; of a five-year plan its end; None when it names no year."""
    plain = _CITATION.sub("", source)
    ends = [end for name, end in _FIVE_YEAR_PLANS.items() if name in plain]
    return max([*map(int, _SOURCE_YEAR.findall(plain)), *ends], default=None)


@rule("R61", INFO, "来源年份过早", kinds=(PLAN,))
def source_of_an_older_year(form: Form) -> Iterator[Fault]:
    """2021年工作计划 in a form of 2023: copied from an older form. How many years back is right is the year's to say."""
    oldest = form.record.year - int(form.rules.threshold("source_age", "1"))
    for line in form.indicators:
        for name in ("standard_source", "history_source"):
            latest = _latest_year(getattr(line.row, name))
            if latest is not None and latest < oldest and not gives_reason(line):
                yield line.fault(
                    name,
                    f"{line.quoted(name)}是{latest}年的来源，本年度是{form.record.year}年。"
                    f"请换成{oldest}年或以后的；仍以它为准的，请在备注说明。",
                    latest=str(latest),
                    year=str(form.record.year),
                )
