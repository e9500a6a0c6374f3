"""Rules for the project form 项目支出绩效目标表: its goal, its categories, its weights, its codes."""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import lru_cache

from targets.domain.checks.engine import rule
from targets.domain.checks.money import cost_items
from targets.domain.checks.reading import Fault, Form, Line
from targets.domain.record import PROJECT
from targets.domain.rules import ERROR, INFO, WARNING
from targets.domain.taxonomy import ECONOMIC_COST, OUTCOME, QUANTITY, TIMELINESS, stem
from targets.domain.units import canonical_unit, is_money
from targets.domain.values import DATE, EMPTY
from targets.domain.values import QUANTITY as NUMBER

ROWS_PLACE = "绩效指标"
_TAGS = re.compile(r"<[^<>]{1,300}>|&[a-z]{2,8};")
_GOAL_HEADING = re.compile(r"目标\s*[0-9一二三四五六七八九十]{0,2}\s*[:：]")


def goal_text(form: Form) -> str:
    """The goal without tags, blanks and headings like 目标1:."""
    return "".join(_GOAL_HEADING.sub("", _TAGS.sub("", form.record.goal)).split())


@rule("R01", ERROR, "没有总体目标", kinds=(PROJECT,))
def goal_missing(form: Form) -> Iterator[Fault]:
    goal = goal_text(form)
    if len(goal) < form.rules.threshold("goal_length", "10"):
        what = f"只有“{goal}”，看不出要达到什么" if goal else "没有填写"
        yield form.fault("goal", f"{what}。请写明本年度做什么、做到什么程度、产生什么效果。", length=str(len(goal)))


_EFFECT = re.compile(
    "提高|提升|保障|改善|促进|增加|减少|降低|实现|完成|解决|增强|满足|达到|缓解|消除|推动|推进|确保|覆盖|建成|新建|改造|发放|培训|补助|补贴|救助|"
    "资助|优化|完善|加强|维护|保护|防止|预防|治理|支持|帮助|扩大|建立|修缮|购置|带动|引导|规范|落实|健全"
)


@rule("R02", WARNING, "总体目标空泛", kinds=(PROJECT,))
def goal_vague(form: Form) -> Iterator[Fault]:
    """做好工作: neither a number nor a word of effect. Too short a goal is R01's."""
    goal = goal_text(form)
    if (
        len(goal) >= form.rules.threshold("goal_length", "10")
        and not re.search("[0-9０-９]", goal)
        and not _EFFECT.search(goal)
    ):
        yield form.fault("goal", "没有写出产出和效果。请写明数量、质量、时间要求和预期效果。")


_CITED = re.compile(r"[〔\[【(（][^〕\]】)）]{0,12}[〕\]】)）]|《[^》]{0,100}》|“[^”]{0,40}”")
_YEAR = re.compile(r"(?<![0-9.])(20[0-9]{2})(?=\s*(?:年|[-~—至.]))")


@rule("R04", WARNING, "总体目标年份过时", kinds=(PROJECT,))
def goal_of_past_year(form: Form) -> Iterator[Fault]:
    """到2020年底 in a budget of 2023. Cited documents do not count, nor years that the title itself names."""
    years = [int(year) for year in _YEAR.findall(_CITED.sub("", form.record.goal))]
    if years and max(years) < form.record.year and str(max(years)) not in form.record.title:
        yield form.fault(
            "goal",
            f"只写到{max(years)}年，本年度是{form.record.year}年。请改写为本年度的目标。",
            latest=str(max(years)),
            year=str(form.record.year),
        )


@rule("R06", ERROR, "缺少必设指标", kinds=(PROJECT,))
def required_class_missing(form: Form) -> Iterator[Fault]:
    """Each level 1 that the year requires, in the words of its taxonomy; the pair counts, not the printed level 1 alone."""
    present = {stem(line.row.level1) for line in form.indicators}
    present |= {stem(line.category.level1) for line in form.indicators if line.category}
    in_order = [*form.rules.taxonomy, *sorted(form.rules.required_level1 - set(form.rules.taxonomy))]
    for level1 in in_order:
        if level1 in form.rules.required_level1 and stem(level1) not in present:
            yield form.fault(
                "level1", f"缺少“{level1}”。请至少补一条；确不适用的，请写情况说明。", place=ROWS_PLACE, missing=level1
            )


@rule("R07", ERROR, "缺少数量指标", kinds=(PROJECT,))
def quantity_missing(form: Form) -> Iterator[Fault]:
    if not form.under(QUANTITY):
        yield form.fault("level2", "缺少“数量指标”。请至少补一条，写明本年度完成多少。", place=ROWS_PLACE)


@rule("R08", ERROR, "缺少效益指标", kinds=(PROJECT,))
def benefit_missing(form: Form) -> Iterator[Fault]:
    """Where the year requires 效益指标 by name, R06 says it already."""
    if "效益" in {stem(level1) for level1 in form.rules.required_level1}:
        return
    if not any(line.level1_slug == OUTCOME for line in form.indicators):
        yield form.fault("level1", "缺少“效益指标”。请至少补一条，写明带来什么变化。", place=ROWS_PLACE)


@rule("R09", ERROR, "指标类别有误", kinds=(PROJECT,))
def category_unknown(form: Form) -> Iterator[Fault]:
    """时效指标 in the level 1 column, 质量指标 one column too far right: the pair is not in the year's taxonomy."""
    allowed = {stem(level1): {stem(level2) for level2 in level2s} for level1, level2s in form.rules.taxonomy.items()}
    if not allowed:
        return
    for line in form.indicators:
        level1, level2 = stem(line.row.level1), stem(line.row.level2)
        if level1 not in allowed:
            yield _level1_fault(form, line, level1)
        elif not level2 and len(allowed[level1]) > 1:
            yield line.fault("level2", f"没有填写。{_choices(form, level1)}", level1=line.row.level1)
        elif level2 and level2 not in allowed[level1]:
            parent = _parent(form, level2)
            cure = f"请移到“{parent}/{line.row.level2.strip()}”。" if parent else _choices(form, level1)
            yield line.fault(
                "level2",
                f"“{line.row.level2.strip()}”不在“{line.row.level1.strip()}”下。{cure}",
                level1=line.row.level1,
                level2=line.row.level2,
            )


def _level1_fault(form: Form, line: Line, level1: str) -> Fault:
    typed = line.row.level1.strip()
    if not typed:
        return line.fault("level1", f"没有填写。请从{_listed(form.rules.taxonomy)}中选一个。")
    parent = _parent(form, level1)
    cure = (
        f"是二级指标。请把一级指标改为“{parent}”，“{typed}”填在二级指标栏。"
        if parent
        else f"不是本年度的一级指标。请从{_listed(form.rules.taxonomy)}中选一个。"
    )
    return line.fault("level1", f"“{typed}”{cure}", level1=typed)


def _parent(form: Form, level2: str) -> str:
    return next(
        (level1 for level1, level2s in form.rules.taxonomy.items() if level2 and level2 in map(stem, level2s)), ""
    )


def _choices(form: Form, level1: str) -> str:
    names = next(level2s for name, level2s in form.rules.taxonomy.items() if stem(name) == level1)
    return f"请从{_listed(names)}中选一个。"


def _listed(names: Iterable[str]) -> str:
    return "、".join(f"“{name}”" for name in names)


@rule("R18", INFO, "成本宜写上限", kinds=(PROJECT,))
def exact_total_cost(form: Form) -> Iterator[Fault]:
    """=728万元: a total is a ceiling and takes ≤; = is for fixed rates (=0.08万元)."""
    for line, _ in cost_items(form):
        if line.target.operator == "=":
            wanted = f"≤{line.target.number}{line.target.unit}"
            yield line.fault(
                "target", f"{line.quoted('target')}是定数。总成本一般写上限，如“{wanted}”。", wanted=wanted
            )


_TIME_AND_ENERGY = frozenset(
    ("小时", "天", "工作日", "月", "年", "分钟", "工日", "人天", "工时", "千瓦时", "千瓦", "吨标准煤", "立方米")
)
_UNIT_MEANINGS = {
    "人": "人数",
    "人次": "人次",
    "户": "户数",
    "次": "次数",
    "亩": "面积",
    "平方米": "面积",
    "个": "个数",
}


@rule("R25", WARNING, "成本指标放错类别", kinds=(PROJECT,))
def not_a_cost(form: Form) -> Iterator[Fault]:
    """城乡低保资金发放 ≥944人 under 经济成本指标: a count, no cost. Hours and energy may be one."""
    for line in form.under(ECONOMIC_COST):
        amount = line.target.in_base_unit
        if line.target.kind != NUMBER or amount is None or not amount[1]:
            continue
        unit = canonical_unit(amount[1])
        if is_money(unit) or unit in ("%", "‰", "百分点", "倍") or unit.split("/")[0] in _TIME_AND_ENERGY:
            continue
        meaning = _UNIT_MEANINGS.get(unit, f"以“{line.target.unit}”计的数量")
        yield line.fault(
            "target",
            f"{line.name}{line.quoted('target')}是{meaning}，不是成本。请移到“产出指标/数量指标”。",
            unit=line.target.unit,
        )


_TIME_WORDS = re.compile(
    "及时|按时|准时|时限|期限|工期|进度|时间|周期|时效|如期|按期|提前|完成率|完工|逾期|延误|延期|响应|时长|每[年月周日天季]|按[年月季]|年|月|季|天|日|周|"
    "小时|分钟|长期|期"
)


@rule("R28", WARNING, "时效指标没有时间", kinds=(PROJECT,))
def timeliness_without_time(form: Form) -> Iterator[Fault]:
    for line in form.under(TIMELINESS):
        if line.target.kind in (EMPTY, DATE):
            continue
        if not _TIME_WORDS.search(line.name + line.row.target):
            yield line.fault(
                "target",
                f"{line.quoted('target')}没有写时间。请写完成时间，如“2023年12月底前”，或写及时率。".replace(
                    "2023", str(form.record.year)
                ),
            )


_WEIGHT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,4})?)\s*[分%％]?")


@lru_cache(maxsize=1024)
def _weight(text: str) -> Decimal | None:
    found = _WEIGHT.fullmatch(text.strip())
    return Decimal(found[1]) if found else None


@rule("R45", ERROR, "权重合计不符", kinds=(PROJECT,))
def weights_add_up(form: Form) -> Iterator[Fault]:
    """90, or 100 with 预算执行率; a year may fix one sum. Forms without weights (2023) are left alone."""
    weighed = [line for line in form.indicators if line.row.weight.strip()]
    if not weighed:
        return
    unread = [line for line in weighed if _weight(line.row.weight) is None]
    for line in unread:
        yield line.fault("weight", f"{line.quoted('weight')}不是数字。请只写数字，如“10”。")
    if unread:
        return
    whole = sum((_weight(line.row.weight) or Decimal(0) for line in weighed), Decimal(0))
    fixed = form.rules.thresholds.get("weight_total")
    wanted = (fixed,) if fixed is not None else (Decimal(90), Decimal(100))
    if whole not in wanted:
        sums = "或".join(f"{each.normalize():f}" for each in wanted)
        yield form.fault(
            "weight", f"各指标权重合计 {whole.normalize():f}，应为 {sums}。请核对。", place=ROWS_PLACE, sum=str(whole)
        )
