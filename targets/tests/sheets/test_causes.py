"""Problems by cause: counted once each, named as far as a line holds."""

from targets.domain.sheets.causes import CAUSES_COUNTED, CAUSES_TOLD, Causes
from targets.domain.sheets.problem_list import listed
from targets.domain.sheets.problems import GUESS, REFUSED, WARNING, problem


def test_problems_that_differ_in_the_quoted_value_are_one_cause_and_what_is_told_twice_counts_once():
    causes = Causes()
    causes.add([problem("表", "B1", GUESS, "“甲”已读入。"), problem("表", "B2", GUESS, "“乙”已读入。")])
    causes.add([problem("表", "B1", GUESS, "“甲”已读入。"), problem("另表", "C1", REFUSED, "没有名称。")])
    assert causes.as_json() == {
        "causes": [
            {"level": REFUSED, "sentence": "没有名称。", "number": 1, "cells": [("另表", "C1")]},
            {"level": GUESS, "sentence": "“甲”等已读入。", "number": 2, "cells": [("表", "B1"), ("表", "B2")]},
        ],
        "others": 0,
    }


def test_problems_that_differ_in_the_rows_they_name_are_one_cause():
    causes = Causes()
    told = [problem("表", f"B{row}", WARNING, f"第{rows}行为空白。") for row, rows in ((3, "3"), (8, "8、9等"))]
    causes.add(told)
    assert causes.as_json()["causes"] == [
        {"level": WARNING, "sentence": "第3等行为空白。", "number": 2, "cells": [("表", "B3"), ("表", "B8")]}
    ]
    causes = Causes()
    causes.add(reversed(told))
    assert [cause["sentence"] for cause in causes.as_json()["causes"]] == ["第8、9等行为空白。"]
    assert {one.cause for one in listed(told, "表.xlsx")} == {"第…行为空白。"}


def test_of_more_causes_than_can_be_told_the_problems_are_counted():
    causes = Causes()
    causes.add(problem("表", f"B{n}", GUESS, f"第{n}种。") for n in range(CAUSES_COUNTED + 7))
    told = causes.as_json()
    assert (len(told["causes"]), told["others"]) == (CAUSES_TOLD, CAUSES_COUNTED + 7 - CAUSES_TOLD)


def test_as_many_cells_are_named_as_fit_a_line_and_a_first_one_always():
    causes = Causes()
    causes.add(problem("名" * 700, f"B{n}", GUESS, "请核对。") for n in range(3))
    causes.add(problem("表", f"B{n}", GUESS, "已读入。") for n in range(5000))
    (many, long) = causes.as_json()["causes"]
    assert (long["number"], len(long["cells"])) == (3, 1)
    assert (many["number"], 100 < len(many["cells"]) < 200) == (5000, True)
