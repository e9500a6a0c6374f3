"""Rules for both forms: the indicator and its value, and what must not be in a published text.

Rule numbers, levels and known false positives: list of machine-checkable rules of the project. Examples are from the 2023 publication.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from targets.domain.checks.engine import rule
from targets.domain.checks.reading import Fault, Form, Line, words_in
from targets.domain.names import name_key
from targets.domain.rules import ERROR, WARNING
from targets.domain.taxonomy import COST
from targets.domain.units import canonical_unit
from targets.domain.values import COMPOUND, EMPTY, QUANTITY, RATIO, TEXT

_HUNDRED = Decimal(100)

_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]{0,15}(?:\s[^<>]{0,300})?/?>")
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#[0-9]{1,6});")


@rule("R03", WARNING, "残留网页标签")
def leftover_markup(form: Form) -> Iterator[Fault]:
    """`<p>目标1: …</p>` would be printed and published as it stands."""
    if "<" not in form.whole_text and "&" not in form.whole_text:
        return
    for line, name, text in form.texts():
        marks = list(dict.fromkeys(_TAG.findall(text) + _ENTITY.findall(text)))
        if marks:
            shown = "、".join(marks[:4])
            yield form.fault_at(
                line, name, f"夹有网页标签 {shown}，打印和公开时会照样出现。请删去。", marks=" ".join(marks)
            )


@rule("R10", ERROR, "指标值为空")
def value_missing(form: Form) -> Iterator[Fault]:
    for line in form.indicators:
        if line.name and line.target.kind == EMPTY:
            typed = line.row.target.strip()
            what = f"只有“{typed}”，等于没有填写" if typed else "没有填写"
            yield line.fault("target", f"{what}。请补填，如“≥95%”；不能用数字表示的，写到年底可以判断的结果。")


@rule("R11", ERROR, "指标名称为空")
def name_missing(form: Form) -> Iterator[Fault]:
    for line in form.indicators:
        if not line.name:
            yield line.fault("name", f"有{line.label('target')}{line.quoted('target')}，没有指标名称。请补填名称。")


_SIGN_AND_NUMBER = re.compile(r"[≥≤=<>＝＞＜]\s*[0-9０-９]")


@lru_cache(maxsize=4096)
def _values_in(name: str) -> int:
    return len(_SIGN_AND_NUMBER.findall(name))


@rule("R12", WARNING, "一格多个指标")
def several_in_one_cell(form: Form) -> Iterator[Fault]:
    """农业保险: 小麦=56000亩 玉米=130000亩 … in one cell. A condition with two ends (≥3且≤5) is one value."""
    for line in form.indicators:
        target = line.target
        if target.kind == COMPOUND and not target.is_range:
            count = str(len(target.parts))
            yield line.fault("target", f"{line.quoted('target')}是 {count} 个值。请每个指标单列一行。", count=count)
        elif (number := _values_in(line.name)) > 1:
            yield line.fault(
                "name", f"名称中写了 {number} 个指标值。请每个指标单列一行，值填在指标值栏。", count=str(number)
            )


_DEGREE = "持续|明显|有效|进一步|不断|逐步|大力|显著|稳步|较大|较好|更加|基本|得到|全面|切实|充分|长期|大幅"
_VERB = (
    "保障|促进|提升|提高|解决|完善|改善|增强|加强|优化|推动|推进|落实|健全|维护|稳定|巩固|缓解|减少|降低|增加|带动|支持|保持|满足|规范|"
    "发展|实现|有保障|可持续|改进|增长|扩大|深化|夯实"
)
_GRADE = "显著|明显|优|优秀|优良|良|良好|较好|好|很好|高|较高|中|长期|有效|良性|合理|及时|满意|较大|大|强|较强|到位"
_is_bare_word = words_in(rf"\A(?:{_DEGREE})*(?:(?:{_VERB})(?:了|到位|作用|效果)?|(?:{_GRADE})|(?:{_DEGREE}))[。.]?\Z")


@rule("R13", WARNING, "指标值未量化")
def not_quantified(form: Form) -> Iterator[Fault]:
    """保障, 显著, 优: a bare word cannot be judged at the end of the year."""
    for line in form.indicators:
        if line.target.kind == TEXT and _is_bare_word(line.row.target.strip()):
            yield line.fault(
                "target",
                f"{line.quoted('target')}到年底无法考核。请写可判断的结果，如“≥95%”，或写明达到什么状态、以什么为准。",
                target=line.row.target,
            )


@rule("R16", WARNING, "数值没有符号")
def sign_missing(form: Form) -> Iterator[Fault]:
    """A number needs ≥, ≤ or =. Exact by rule is 100% that a named document demands; a negative number is R22's."""
    for line in form.indicators:
        target = line.target
        if target.kind not in (QUANTITY, RATIO) or target.operator or target.number.startswith("-"):
            continue
        is_whole = target.in_base_unit == (_HUNDRED, "%")
        if is_whole and "《" in line.row.standard_source:
            continue
        sign = "=" if is_whole else "≤" if line.level1_slug == COST else "≥"
        yield line.fault(
            "target",
            f"{line.quoted('target')}没有写“≥”“≤”或“=”。请补上符号，如“{target.label}{sign}{target.number}{target.unit}”。",
            target=target.text,
        )


_is_worse_when_more = words_in(
    "事故|投诉|失业|死亡|伤亡|发病|患病|违法|违规|违约|违纪|突发|逾期|拖欠|差错|出错|错误|失误|损失|流失|辍学|贫困|致贫|下降|降低|降幅|减少|能耗|"
    "排放|空置|空缺|负债|债务|不良|返贫|信访|上访|举报|案件|成本|费用|价格|误差|退回|缺口|库存|闲置|等待|耗时|时长|时间|时限|火灾|隐患|编制|"
    "超编|控制|污染|浓度|坍塌|泄露|泄漏|漏|亏损|淘汰|浪费|复发|感染|残次|故障|中断|延误|未|不合格|不达标|不满意|赤字|支出|之比|比值|标准|限额|占用|财政供养|裁减|"
    "压减|精简|清退|重复|参会|会议|出国|出境|编外|外聘|聘用|临聘|接待|用工"
)
_is_better_when_more = words_in(
    "(?:满意度|(?:合格|达标|覆盖|及时|准时|完成|到位|参保|入学|入园|供养|就业|结案|成功|知晓|普及|利用|使用|参与|验收|合规|准确|优良|通过|受益|"
    "核定|监测|发放|保障|纳入|巩固|服务|签约|建档|入户|办结|整改|落实|设立|配备|运行|完好|绿化|处理|处置|回收)(?:范围)?率|(?:人|户|受益|对象|服务|救助|资助|"
    "参加|参训|培训)(?:人数|人次|户数|数量)?(?:人数|人次|户数)|人数)$"
)
_is_bad_name = words_in(
    "(?:事故|投诉|失业|死亡|发病|患病|差错|辍学|违规|违约|逾期|流失|故障|污染)(?:发生)?(?:率|数|次数|起数|件数)$"
)
_LIMITS = {"≤": "上限", "<": "上限", "≥": "下限", ">": "下限"}


@rule("R17", WARNING, "符号与指标方向相反")
def sign_against_direction(form: Form) -> Iterator[Fault]:
    """集中供养率 ≤60%, 受益人数 ≤3000人: good-is-more with a ceiling. Ceilings on cost and on what is bad are right."""
    for line in form.indicators:
        target = line.target
        if target.kind not in (QUANTITY, RATIO) or target.operator not in _LIMITS or line.level1_slug == COST:
            continue
        name, limit = _without_brackets(line.name), _LIMITS[target.operator]
        if limit == "上限" and not _is_worse_when_more(name) and _is_better_when_more(name):
            wanted = "≥"
        elif limit == "下限" and _is_bad_name(name):
            wanted = "≤"
        else:
            continue
        yield line.fault(
            "target",
            f"{line.quoted('target')}是{limit}，而这类指标一般写{_LIMITS[wanted]}。"
            f"如符号写反，请改为“{wanted}{target.number}{target.unit}”；确为控制数的，请写情况说明。",
            operator=target.operator,
            wanted=wanted,
        )


_is_pure_number = words_in("比|指数|系数|评分|得分|分值|等级|星级|排名|名次|位次|倍|级别|pH|PH")
_has_unit_in_name = words_in(r"[(（\[][^()（）]{1,8}[)）\]]$")


@rule("R19", WARNING, "没有计量单位")
def unit_missing(form: Form) -> Iterator[Fault]:
    """Ratios, indexes and scores have none; 万 alone is no unit."""
    for line in form.indicators:
        target = line.target
        if target.kind != QUANTITY or target.unit not in ("", "万", "亿") or _is_pure_number(line.name):
            continue
        if not target.unit and _has_unit_in_name(line.name):
            continue
        yield line.fault(
            "target", f"{line.quoted('target')}没有写全计量单位。请写明，如“人”“次”“万元”。", target=target.text
        )


_SHARE_NAME = re.compile("(?:率|占比|比例|比重|百分比|满意度)$")
_NO_SHARE = re.compile("(?:频|功|速|效|汇|心|分辨|容积|周转|利|税|斜|曲|电阻|换手)率$")
_SHARE_UNITS = frozenset(("%", "‰", "‱", "百分点", "倍", "", "分"))


@lru_cache(maxsize=4096)
def is_share(name: str) -> bool:
    """Is it named as a share of something (率, 占比, 满意度)?"""
    bare = _without_brackets(name)
    return bool(_SHARE_NAME.search(bare)) and not _NO_SHARE.search(bare)


@rule("R20", WARNING, "单位与名称不符")
def unit_against_name(form: Form) -> Iterator[Fault]:
    """纳入保障范围率 ≥15人. A frequency of events (5/10万人) is no share."""
    for line in form.indicators:
        if line.target.kind != QUANTITY or not is_share(line.name):
            continue
        unit = canonical_unit(line.target.unit)
        if unit in _SHARE_UNITS or "/" in unit:
            continue
        yield line.fault(
            "target",
            f"名称“{line.name}”是比率，{line.quoted('target')}的单位却是“{line.target.unit}”。请改为百分比，或改名称。",
            unit=line.target.unit,
        )


_may_pass_100 = words_in(
    "增长|增幅|增速|增值|完成|执行|提高|超额|同比|环比|产出|投入|回报|收益|利润|负荷|杠杆|放大|覆盖倍|预算|预期|计划|达产|产能|绩效目标"
)
_may_be_negative = words_in("增长|增幅|增速|下降|降低|降幅|减少|变化|变动|盈|亏|利润|收益|偏差|误差|温度|浮动|贡献")


@rule("R22", ERROR, "百分比超出范围")
def percent_out_of_range(form: Form) -> Iterator[Fault]:
    """-100% in 2023 was a misread =100%; a share above 100% does not exist, growth and execution may be."""
    references = form.references
    cells_of_values = ("target", *references)
    for line in form.indicators:
        if not references and not line.target.is_percentage:
            continue
        percentages = [name for name in cells_of_values if line.value(name).is_percentage]
        if not percentages:
            continue
        for test, sentence in (
            (_is_negative_share, "小于 0。如是“=”误写成“-”，请改为“={number}”；确为负值的，请写情况说明。"),
            (_is_above_whole, "大于 100%，而“{name}”是部分占整体的比率。请核对数值或名称。"),
        ):
            cells = [name for name in percentages if test(line, name)]
            if cells:
                first = line.value(cells[0])
                others = f"（{'、'.join(line.label(name) for name in cells[1:])}同此）" if cells[1:] else ""
                number = first.number.removeprefix("-") + first.unit
                cure = sentence.format(number=number, name=line.name)
                yield line.fault(cells[0], line.quoted(cells[0]) + others + cure, cells=" ".join(cells))


def _is_negative_share(line: Line, name: str) -> bool:
    amount = line.value(name).in_base_unit
    return amount is not None and amount[0] < 0 and not _may_be_negative(line.name)


def _is_above_whole(line: Line, name: str) -> bool:
    value = line.value(name)
    amount = value.in_base_unit
    if amount is None or not is_share(line.name) or _may_pass_100(line.name):
        return False
    return amount[0] > _HUNDRED or (amount[0] == _HUNDRED and value.operator == ">")


@rule("R42", WARNING, "指标重复")
def duplicate_indicator(form: Form) -> Iterator[Fault]:
    """The same name twice; in the department form only within one duty, since two duties may share an indicator."""
    seen: dict[tuple[str, str], int] = {}
    for line in form.indicators:
        name = name_key(line.name)
        if not name:
            continue
        place = name_key(line.row.number + line.row.duty_group) if form.is_plan else ""
        if first := seen.get((place, name)):
            yield line.fault(
                "name",
                f"“{line.name}”与第{first}行同名。请合并，或在名称中写出区别。",
                other_row=str(first),
                name=line.name,
            )
        else:
            seen[place, name] = line.number
        if name == name_key(line.row.explanation):
            yield line.fault(
                "explanation",
                f"与{line.label('name')}“{line.name}”完全相同，没有解释。请写明含义、口径或算法。",
                name=line.name,
            )


_CODE_AND_NAME = re.compile(r"[\[【(（]?(?P<code>[0-9]{3,9})[\]】)）]?\s*[-—－]?\s*(?P<name>\D*)")


@rule("R48", ERROR, "代码与名称不符")
def codes_disagree(form: Form) -> Iterator[Fault]:
    """A unit's code starts with its department's; a code and a name of two departments are a slip. Aliases are no slip."""
    record, register = form.record, form.rules.departments
    code = record.department_code
    unit = _CODE_AND_NAME.fullmatch(record.unit.strip())
    if code and unit and not unit["code"].startswith(code):
        yield form.fault(
            "unit", f"单位代码“{unit['code']}”不是以部门代码“{code}”开头。请核对。", code=code, unit_code=unit["code"]
        )
    if not code or not register:
        return
    printed = _CODE_AND_NAME.fullmatch(record.department_name.strip())
    name = (printed["name"] if printed else record.department_name).strip()
    if code not in register:
        yield form.fault("department_code", f"“{code}”不在{form.record.year}年部门名单中。请核对代码。", code=code)
    elif name and not _same_body(name, register[code]):
        other = next((each for each in register if _same_body(name, register[each])), "")
        if other:
            yield form.fault(
                "department_code",
                f"代码“{code}”是“{register[code]}”，表上写的是“{name}”（代码{other}）。请改成同一个部门。",
                code=code,
                other_code=other,
            )


def _same_body(one: str, other: str) -> bool:
    """民政局, 淄川区民政局 and 淄博市淄川区民政局 are one."""
    return bool(one and other) and (one.endswith(other) or other.endswith(one))


_PHONE = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])|(?<![0-9])0[0-9]{2,3}-[1-9][0-9]{6,7}(?![0-9])")
_IDENTITY_NUMBER = re.compile(
    r"(?<![0-9])[1-9][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx](?![0-9A-Za-z])"
)
_BANK_CARD = re.compile(r"(?<![0-9])62[0-9]{14,17}(?![0-9])")
_SECRET = re.compile(r"(?:绝密|机密|秘密)(?:★|级|】|\])|[【\[](?:绝密|机密|秘密)")
_LONG_NUMBER = re.compile("[0-9][0-9]{6}")
"""Each of the three has one."""
_PRIVATE = (("电话号码", _PHONE), ("身份证号", _IDENTITY_NUMBER), ("银行卡号", _BANK_CARD), ("密级标志", _SECRET))


@rule("R52", WARNING, "不宜公开的内容")
def not_for_publication(form: Form) -> Iterator[Fault]:
    """Numbers of persons and marks of secrecy; the message does not repeat them in full."""
    if not _LONG_NUMBER.search(form.whole_text) and "密" not in form.whole_text:
        return
    for line, name, text in form.texts():
        for what, pattern in _PRIVATE:
            if found := pattern.search(text):
                shown = found[0] if pattern is _SECRET else found[0][:3] + "…" + found[0][-2:]
                yield form.fault_at(
                    line,
                    name,
                    f"疑有{what}“{shown}”。这张表要公开，请删去；涉密内容不得录入本系统。",
                    what=what,
                    shown=shown,
                )


_BRACKETED_END = re.compile(r"[(（][^()（）]*[)）]$")


def _without_brackets(name: str) -> str:
    return _BRACKETED_END.sub("", name.strip()).strip()
