"""Level 1 and level 2 categories of indicators: stable slugs, printed names, and the older names met in forms.

Two taxonomies are in use. 财预〔2021〕101号 made 成本指标 a level 1 of its own; the forms of 财预〔2015〕88号 have it under 产出指标.
A name is understood by its PAIR (level 1, level 2): 成本指标 alone says nothing about where it stands.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

COST, OUTPUT, OUTCOME, SATISFACTION = "cost", "output", "outcome", "satisfaction"
ECONOMIC_COST, QUANTITY, QUALITY, TIMELINESS = "economic_cost", "quantity", "quality", "timeliness"
SUFFIX = "指标"


@dataclass(frozen=True, slots=True)
class Category:
    """One place in a taxonomy: the slugs never change, the printed names are those of the official form."""

    level1_slug: str
    level2_slug: str
    level1: str
    level2: str

    def __str__(self) -> str:
        return f"{self.level1}/{self.level2}"


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """The categories of one form generation, in printed order, and the pairs of other generations it understands."""

    key: str
    title: str
    categories: tuple[Category, ...]
    aliases: Mapping[tuple[str, str], tuple[str, str]]
    """(level 1, level 2) as met, without 指标 → slugs."""

    @property
    def level1(self) -> tuple[str, ...]:
        """Printed names of level 1, in order."""
        return tuple(self.tree)

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Printed (level 1, level 2), in order."""
        return tuple((category.level1, category.level2) for category in self.categories)

    @property
    def tree(self) -> dict[str, tuple[str, ...]]:
        """Level 1 → its level 2, as `YearRules.taxonomy` wants it."""
        tree: dict[str, tuple[str, ...]] = {}
        for level1, level2 in self.pairs:
            tree[level1] = (*tree.get(level1, ()), level2)
        return tree

    def place(self, level1: str, level2: str) -> Category | None:
        """Where a printed pair belongs; tolerates a missing 指标, points and notes in brackets, ★. None when unknown."""
        pair = stem(level1), stem(level2)
        for category in self.categories:
            if pair == (stem(category.level1), stem(category.level2)):
                return category
        slugs = self.aliases.get(pair)
        return next((c for c in self.categories if (c.level1_slug, c.level2_slug) == slugs), None)


_NOISE = re.compile(r"[(〔\[【][^)〕\]】]*[)〕\]】]|[★☆*\s:]|^[一二三四五六七八九十0-9]{1,2}[、.]")


@lru_cache(maxsize=4096)
def stem(name: str) -> str:
    """`★产出指标(50分)` → `产出`."""
    bare = _NOISE.sub("", unicodedata.normalize("NFKC", name))
    return bare.removesuffix(SUFFIX).removesuffix("目标")


def _categories(*lines: tuple[str, str, str]) -> tuple[Category, ...]:
    """(slug, printed name, "slug 名, slug 名") → categories."""
    return tuple(
        Category(slug1, slug2, name1 + SUFFIX, name2 + SUFFIX)
        for slug1, name1, seconds in lines
        for slug2, name2 in (second.split() for second in seconds.split(","))
    )


_OUTPUTS = "quantity 数量, quality 质量, timeliness 时效"
_OUTCOMES = "economic 经济效益, social 社会效益, ecological 生态效益, sustainable_impact 可持续影响"
_BENEFICIARY = (SATISFACTION, "满意度", "beneficiary 服务对象满意度")

_SATISFACTION_NAMES = ("社会公众或服务对象满意度", "服务对象满意度", "社会公众满意度", "受益对象满意度", "满意度")
_COMMON_ALIASES: dict[tuple[str, str], tuple[str, str]] = {
    **{("效益", name): (SATISFACTION, "beneficiary") for name in _SATISFACTION_NAMES},
    **{("满意度", name): (SATISFACTION, "beneficiary") for name in (*_SATISFACTION_NAMES, "具体", "服务对象", "")},
    **{("服务对象满意度", name): (SATISFACTION, "beneficiary") for name in (*_SATISFACTION_NAMES, "具体", "")},
    **{
        (level1, level2): (OUTCOME, slug)
        for level1 in ("效益", "效果")
        for slug, names in {
            "economic": ("经济效益", "经济"),
            "social": ("社会效益", "社会"),
            "ecological": ("生态效益", "生态", "环境效益", "生态环境效益"),
            "sustainable_impact": ("可持续影响", "可持续影响力", "可持续", "可持续发展"),
        }.items()
        for level2 in names
    },
    ("投入", "时效"): (OUTPUT, TIMELINESS),
}

_2021 = Taxonomy(
    key="2021",
    title="2021年体系（成本指标为一级指标）",
    # 101号 names three benefits; the district's 编报说明 of 2023 also names 可持续影响力.
    categories=_categories(
        (COST, "成本", "economic_cost 经济成本, social_cost 社会成本, environmental_cost 生态环境成本"),
        (OUTPUT, "产出", _OUTPUTS),
        (OUTCOME, "效益", _OUTCOMES),
        _BENEFICIARY,
    ),
    aliases=_COMMON_ALIASES
    | {
        ("产出", "成本"): (COST, ECONOMIC_COST),
        ("投入", "成本"): (COST, ECONOMIC_COST),
        ("成本", "成本"): (COST, ECONOMIC_COST),
        ("成本", "环境成本"): (COST, "environmental_cost"),
        ("成本", "生态成本"): (COST, "environmental_cost"),
    },
)
_2015 = Taxonomy(
    key="2015",
    title="2015年体系（成本指标列在产出指标下）",
    categories=_categories((OUTPUT, "产出", _OUTPUTS + ", cost 成本"), (OUTCOME, "效益", _OUTCOMES), _BENEFICIARY),
    aliases=_COMMON_ALIASES
    | {
        ("成本", "经济成本"): (OUTPUT, COST),
        ("成本", "成本"): (OUTPUT, COST),
        ("投入", "成本"): (OUTPUT, COST),
    },
)

TAXONOMIES: dict[str, Taxonomy] = {taxonomy.key: taxonomy for taxonomy in (_2021, _2015)}
