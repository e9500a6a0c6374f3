"""Categories: two generations of forms, old names understood by their pair."""

import pytest

from targets.domain.taxonomy import TAXONOMIES, Category


def test_2021_has_cost_as_level_1() -> None:
    assert TAXONOMIES["2021"].tree == {
        "成本指标": ("经济成本指标", "社会成本指标", "生态环境成本指标"),
        "产出指标": ("数量指标", "质量指标", "时效指标"),
        "效益指标": ("经济效益指标", "社会效益指标", "生态效益指标", "可持续影响指标"),
        "满意度指标": ("服务对象满意度指标",),
    }


def test_2015_has_cost_under_output() -> None:
    assert TAXONOMIES["2015"].tree == {
        "产出指标": ("数量指标", "质量指标", "时效指标", "成本指标"),
        "效益指标": ("经济效益指标", "社会效益指标", "生态效益指标", "可持续影响指标"),
        "满意度指标": ("服务对象满意度指标",),
    }


@pytest.mark.parametrize("key", TAXONOMIES)
def test_every_printed_pair_is_its_own_place(key: str) -> None:
    taxonomy = TAXONOMIES[key]
    assert [taxonomy.place(*pair) for pair in taxonomy.pairs] == list(taxonomy.categories)


@pytest.mark.parametrize("key", TAXONOMIES)
def test_every_alias_leads_into_its_taxonomy(key: str) -> None:
    taxonomy = TAXONOMIES[key]
    assert {pair for pair in taxonomy.aliases if taxonomy.place(*pair) is None} == set()


@pytest.mark.parametrize("key", TAXONOMIES)
def test_slugs_are_unique(key: str) -> None:
    slugs = [(category.level1_slug, category.level2_slug) for category in TAXONOMIES[key].categories]
    assert len(set(slugs)) == len(slugs)


@pytest.mark.parametrize(
    ("key", "level1", "level2", "expected"),
    [
        ("2021", "产出", "数量", "产出指标/数量指标"),
        ("2021", "产出指标(50分)", "数量指标", "产出指标/数量指标"),
        ("2021", "★产出指标（50分）", "★质量指标", "产出指标/质量指标"),
        ("2021", " 产出\n指标 ", "时效指标", "产出指标/时效指标"),
        ("2021", "一、产出指标", "1.数量指标", "产出指标/数量指标"),
        ("2021", "产出(工作量)指标(数量、质量、成本方面的指标)", "数量指标", "产出指标/数量指标"),
        ("2021", "产出指标", "成本指标", "成本指标/经济成本指标"),
        ("2015", "产出指标", "成本指标", "产出指标/成本指标"),
        ("2015", "成本指标", "经济成本指标", "产出指标/成本指标"),
        ("2015", "成本指标", "社会成本指标", None),
        ("2021", "效益指标", "环境效益指标", "效益指标/生态效益指标"),
        ("2021", "效果指标", "社会效益指标", "效益指标/社会效益指标"),
        ("2021", "效益指标", "可持续影响力", "效益指标/可持续影响指标"),
        ("2021", "效益指标", "社会公众或服务对象满意度指标", "满意度指标/服务对象满意度指标"),
        ("2021", "满意度指标", "具体指标", "满意度指标/服务对象满意度指标"),
        ("2021", "满意度指标", "", "满意度指标/服务对象满意度指标"),
        ("2021", "投入", "时效目标", "产出指标/时效指标"),
        ("2015", "投入", "成本目标", "产出指标/成本指标"),
        ("2021", "成本指标", "", None),
        ("2021", "时效指标", "", None),
        ("2021", "产出指标", "经济效益指标", None),
        ("2021", "", "数量指标", None),
        ("2021", "", "", None),
    ],
)  # fmt: skip
def test_place(key: str, level1: str, level2: str, expected: str | None) -> None:
    place = TAXONOMIES[key].place(level1, level2)
    assert (str(place) if place else None) == expected


def test_a_place_has_stable_slugs() -> None:
    assert TAXONOMIES["2021"].place("成本", "经济成本") == Category("cost", "economic_cost", "成本指标", "经济成本指标")
