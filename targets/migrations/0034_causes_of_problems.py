"""The problems of an upload by cause are counted when it is read; those that wait for a confirmation are counted here.

Nothing of the program is asked, which goes on to change: what was counted, and how it was written down, stands here as it was.
"""

import re
from itertools import chain, count

from django.db import migrations, models

LEVELS = {"refused": 0, "guess": 1, "warning": 1}
"""What keeps a form out is told first."""
QUOTED = re.compile("“[^”]*”")
CAUSES_TOLD, ROOM_FOR_CELLS = 100, 600


class Cause:
    """The same problem at several cells, of which the first are named."""

    def __init__(self, level, sentence):
        self.level, self.first = level, sentence
        self.number, self.room, self.cells, self.varying = 0, ROOM_FOR_CELLS, [], set()

    def add(self, sentence, sheet, cell):
        self.number += 1
        pairs = zip(QUOTED.findall(self.first), QUOTED.findall(sentence), strict=False)
        self.varying.update(at for at, (one, other) in enumerate(pairs) if one != other)
        if self.room < 0:
            return
        self.room -= len(cell) + 1 + (0 if any(sheet == other for other, _ in self.cells) else len(sheet))
        if self.room >= 0 or not self.cells:
            self.cells.append((sheet, cell))

    def as_json(self):
        at = count()
        sentence = QUOTED.sub(lambda quote: f"{quote[0]}等" if next(at) in self.varying else quote[0], self.first)
        return {"level": self.level, "sentence": sentence, "number": self.number, "cells": self.cells}


def counted(problems):
    """Problems that differ only in the quoted value are one cause. The same problem told twice counts once."""
    found, met = {}, set()
    for one in problems:
        told = one["sheet"], one["cell"], one["level"], one["message"]
        if told in met:
            continue
        met.add(told)
        sheet, cell, level, message = told
        sentence = message.removeprefix(f"{sheet}!{cell}" if cell else sheet).removeprefix("：")
        cause = found.setdefault((level, QUOTED.sub("“…”", sentence)), Cause(level, sentence))
        cause.add(sentence, sheet, cell)
    ordered = sorted(found.values(), key=lambda cause: (LEVELS[cause.level], -cause.number))
    return {
        "causes": [cause.as_json() for cause in ordered[:CAUSES_TOLD]],
        "others": sum(cause.number for cause in ordered[CAUSES_TOLD:]),
    }


def count_waiting(apps, schema_editor):
    batches = apps.get_model("targets", "ImportBatch").objects.filter(state="preview")
    for batch in batches.iterator():
        of_forms = batch.forms.order_by("place").values_list("problems", flat=True).iterator()
        batches.filter(pk=batch.pk).update(causes=counted(chain(batch.problems, chain.from_iterable(of_forms))))


class Migration(migrations.Migration):
    dependencies = [("targets", "0033_undoing_imports")]

    operations = [
        migrations.AddField(
            "importbatch", "causes", models.JSONField("问题按原因", blank=True, default=dict, editable=False)
        ),
        migrations.RunPython(count_waiting, migrations.RunPython.noop),
    ]
