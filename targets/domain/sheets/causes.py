"""The problems of a file by cause, counted as they are found: a page costs the same for ten of them and for 400,000."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from targets.domain.sheets.problem_list import ORDER, VARYING, cause_of, without_place
from targets.domain.sheets.problems import Problem

CAUSES_TOLD = 100
CAUSES_COUNTED = 5_000
"""Problems of further causes are in the list of problems only."""
ROOM_FOR_CELLS = 600


@dataclass(slots=True)
class Cause:
    """The same problem at several cells, of which the first are named."""

    level: str
    first: str
    number: int = 0
    cells: list[tuple[str, str]] = field(default_factory=list)
    """Sheet and cell of as many as fit a line."""
    room: int = ROOM_FOR_CELLS
    varying: set[int] = field(default_factory=set)
    """Which of its quoted values and rows (from 0) are others elsewhere."""

    @property
    def sentence(self) -> str:
        """The first of its sentences, with 等 behind what is only one value of several."""
        numbers = count()
        return VARYING.sub(
            lambda one: f"{one[0].rstrip('等')}等" if next(numbers) in self.varying else one[0], self.first
        )

    def add(self, sentence: str, sheet: str, cell: str) -> None:
        self.number += 1
        if sentence != self.first:
            pairs = zip(VARYING.findall(self.first), VARYING.findall(sentence), strict=False)
            self.varying.update(number for number, (one, other) in enumerate(pairs) if one != other)
        if self.room < 0:
            return
        named = any(sheet == other for other, _ in self.cells)  # a sheet's name is said once
        self.room -= len(cell) + 1 + (0 if named else len(sheet))
        if self.room >= 0 or not self.cells:
            self.cells.append((sheet, cell))


class Causes:
    """Problems that differ only in the quoted value, or in the rows that they name, are one cause. The same problem told twice counts once."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], Cause] = {}
        self._met: set[int] = set()
        self._others = 0

    def add(self, problems: Iterable[Problem]) -> None:
        for one in problems:
            number = hash(one)
            if number in self._met:
                continue
            self._met.add(number)
            sentence = without_place(one)
            key = one.level, cause_of(sentence)
            cause = self._found.get(key)
            if cause is None:
                if len(self._found) == CAUSES_COUNTED:
                    self._others += 1
                    continue
                cause = self._found[key] = Cause(one.level, sentence)
            cause.add(sentence, one.sheet, one.cell)

    def as_json(self) -> dict[str, Any]:
        """What keeps a form out first, then the most frequent; `others` are the problems that are not among these."""
        found = sorted(self._found.values(), key=lambda cause: (ORDER[cause.level] != 0, -cause.number))
        told, rest = found[:CAUSES_TOLD], found[CAUSES_TOLD:]
        return {
            "causes": [{"level": c.level, "sentence": c.sentence, "number": c.number, "cells": c.cells} for c in told],
            "others": self._others + sum(cause.number for cause in rest),
        }
