"""Units of measurement 度量单位 as departments write them, and which of them mean the same."""

import re
from functools import lru_cache

_SAME: dict[str, str] = {
    "%": "百分比 百分号 percent Percent",
    "百分点": "个百分点",
    "人": "名 位 人数 个人",
    "人次": "人·次 人/次 人次数",
    "次": "次数",
    "天": "日",
    "个": "个数",
    "工作日": "个工作日",
    "月": "个月",
    "小时": "个小时 h H",
    "平方米": "㎡ m² m2 M2 平米 平方",
    "立方米": "m³ m3 M3 立方 方",
    "平方公里": "km² km2 平方千米",
    "公里": "km KM 千米",
    "米": "m M",
    "厘米": "cm",
    "毫米": "mm",
    "公斤": "kg KG 千克",
    "吨": "t T",
    "千瓦": "kW KW kw",
    "千瓦时": "kWh kW·h KWH 度",
    "公顷": "ha",
    "℃": "°C 摄氏度",
    "元": "圆 元人民币 人民币元 RMB",
}  # fmt: skip
_CANONICAL = {alias: unit for unit, aliases in _SAME.items() for alias in aliases.split()}

LATIN_UNITS = frozenset(alias for alias in _CANONICAL if alias[0].isascii() and alias[0].isalpha()) | {
    "kPa", "MPa", "MW", "MB", "GB", "TB", "Mbps", "L", "ml", "g", "mg", "dB", "V", "kV",
}  # fmt: skip

COUNTING_UNITS = frozenset("个 所 处 家 座 站 项 支 户 件 套 台 间 栋 条 份 块 辆 村 场".split())

_PREFIXES = (
    "万元 亿元 元 万人次 人次 万人 万亩 万页 人 名 位 户 家 个月 个工作日 个 所 处 座 站 项 条 期 篇 支 场 对 次 件 份 册 套 台 辆 "
    "间 栋 幢 块 头 只 羽 株 棵 亩 公顷 平方公里 平方千米 平方米 立方米 公里 千米 米 吨 公斤 千克 斤 页 本 张 天 日 周 月 年 小时 分钟 分 班 节 "
    "部 幅 枚 批 起 宗 例 车 村 镇 社区 班次 课时 百分点 倍 岁 级 人/年 次/年"
).split()
KNOWN_UNIT = "|".join(sorted(("%", "‰", *_PREFIXES), key=len, reverse=True))
_KNOWN_PREFIX = re.compile(f"(?:{KNOWN_UNIT})")
_KNOWN = frozenset(_PREFIXES)
PLAIN_UNITS = frozenset(unit for unit in (*_PREFIXES, "%") if not set(unit) & set("年月/"))
"""Units that are nothing else and have one way to be written."""

ORDINAL_UNITS = "年级|号|级|届|楼|版|班(?!次)|岁以|年(?!$|/)"
"""What follows a number that counts nothing: 3年级, 14号文, 2级."""

_SCALES = (("万亿", 10**12), ("亿", 10**8), ("千万", 10**7), ("百万", 10**6), ("十万", 10**5), ("万", 10**4))
_THOUSANDS = frozenset(("千元", "千人", "千人次", "千户", "千亩"))
MONEY = "元"


@lru_cache(maxsize=4096)
def canonical_unit(unit: str) -> str:
    """One name for each unit: 百分比 → %, 名 → 人, 元/人·月 → 元/人/月, 个项目 → 个; 人次 stays, so does what is unknown."""
    plain = unit.replace(" ", "").replace("％", "%").replace("／", "/")
    if plain in _CANONICAL:
        return _CANONICAL[plain]
    if "/" in plain or "每" in plain[1:]:
        parts = re.split(r"[/·.．⋅]|(?<!^)每", plain)
        return "/".join(canonical_unit(part) if part else "" for part in parts)
    scale, bare = _cut_scale(plain)
    if bare in _CANONICAL:
        return scale + _CANONICAL[bare]
    found = _KNOWN_PREFIX.match(bare)
    if (
        bare in _KNOWN
        or found is None
        or found[0] not in COUNTING_UNITS | {"人", "名", "位"}
        or len(bare) < len(found[0]) + 2
    ):
        return plain
    return scale + _CANONICAL.get(found[0], found[0])


def is_unit(text: str) -> bool:
    """Whether a text is a unit that is known, and nothing else: 万人, 元/生."""
    first = text.replace("％", "%").replace("／", "/").split("/")[0]
    bare = _cut_scale(first)[1]
    return first in _KNOWN or first in _CANONICAL or bare in _KNOWN or bare in _CANONICAL or first in ("%", "‰")


def split_scale(unit: str) -> tuple[int, str]:
    """万人 → (10000, 人); 万元/公里 → (10000, 元/公里); 人 → (1, 人)."""
    if unit in _THOUSANDS:
        return 1000, unit[1:]
    for scale, factor in _SCALES:
        if unit.startswith(scale):
            return factor, unit[len(scale) :]
    return 1, unit


@lru_cache(maxsize=4096)
def is_money(unit: str) -> bool:
    """元, 万元 and 亿元, also per something (元/亩)."""
    return split_scale(canonical_unit(unit))[1].split("/")[0] == MONEY


@lru_cache(maxsize=4096)
def is_sum_of_money(unit: str) -> bool:
    """Money as such, not a rate per head or per mu."""
    return is_money(unit) and "/" not in unit and "每" not in unit


def _cut_scale(unit: str) -> tuple[str, str]:
    for scale, _ in _SCALES:
        if unit.startswith(scale):
            return scale, unit[len(scale) :]
    return "", unit
