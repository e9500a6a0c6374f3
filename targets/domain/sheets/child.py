"""The reading as a process of its own: file on standard input, JSON lines out.

A spreadsheet parser may take any amount of memory or end its process outright; here it ends only itself. The parent is
`targets.intake.reading`; the process comes from `targets.domain.sheets.nursery`.

Standard input: one line of JSON (`Order`), then the bytes of the file. Standard output: lines of JSON (`Said`).
"""

import gc
import resource
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from msgspec import Struct
from msgspec.json import Decoder, Encoder

from targets.domain.sheets.archive import is_archive, members
from targets.domain.sheets.feedback import FeedbackLine, read_feedback
from targets.domain.sheets.guard import DEFAULT_LIMITS, Limits
from targets.domain.sheets.problems import REFUSED, FileRefused, Problem
from targets.domain.sheets.reader import Found, Reading, read_one_by_one, read_workbook


class Order(Struct):
    """What is to be read, and within what limits."""

    name: str
    year: int | None
    bytes: int
    """Of the largest file."""
    memory: int
    """Bytes."""
    seconds: int
    """Of processor time."""
    is_feedback: bool = False
    """The lines of a 审核意见反馈表 are looked for, not forms."""


class Said(Struct, omit_defaults=True):
    """A line of the answer: one of these."""

    found: Found | None = None
    problem: Problem | None = None
    answer: FeedbackLine | None = None
    progress: tuple[int, int] | None = None
    """How many members of an archive are read, of how many."""
    refused: str | None = None
    """The sentence that refuses the file, and takes back what was found before it."""
    end: bool = False


encoded = Encoder(enc_hook=dict).encode  # of what JSON does not know there are only read-only mappings
said_in = Decoder(Said).decode
"""Raises ValueError for anything else."""


def main(asked: BinaryIO, told: BinaryIO) -> None:
    header, _, content = asked.read().partition(b"\n")
    order = Decoder(Order).decode(header)
    limit_process(order.memory, order.seconds)
    limits = Limits(file_bytes=order.bytes)
    gc.disable()  # so short a life leaves hardly any garbage in circles, and looking for it takes a tenth of the time
    try:
        if order.is_feedback:
            for line in read_feedback(content, order.name, limits):
                tell(told, Said(answer=line))
        else:
            for said in read(content, order.name, order.year, limits):
                tell(told, said)
    except FileRefused as refusal:
        tell(told, Said(refused=str(refusal)))
    tell(told, Said(end=True))


def limit_process(memory: int, seconds: int) -> None:
    """No more memory and processor time than this, and no file; there is no way back."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def tell(told: BinaryIO, said: Said) -> None:
    told.write(encoded(said) + b"\n")
    told.flush()


def read(content: bytes, name: str, year: int | None, limits: Limits = DEFAULT_LIMITS) -> Iterator[Said]:
    if not is_archive(content):
        yield from map(say, read_one_by_one(content, name, year=year, limits=limits))
        return
    known = 0
    for member, member_content, number, total in members(content, name):
        try:
            reading = placed_in(member, read_workbook(member_content, member, year=year, limits=limits))
        except FileRefused as refusal:
            yield Said(problem=Problem(member, "", REFUSED, str(refusal)))
        else:
            forms, known = enumerate(reading.forms, known), known + len(reading.forms)
            yield from (Said(found=Found(place, known, form)) for place, form in forms)
            yield from map(say, reading.problems)
        yield Said(progress=(number, total))


def say(found: Found | Problem) -> Said:
    return Said(problem=found) if isinstance(found, Problem) else Said(found=found)


def placed_in(member: str, reading: Reading) -> Reading:
    """The same with the file's name before every sheet, so that 500 sheets called Sheet1 can be told apart."""

    def placed(problem: Problem) -> Problem:
        sheet = f"{member}/{problem.sheet}"
        sentence = problem.message.removeprefix(f"{problem.sheet}!{problem.cell}：")
        return replace(problem, sheet=sheet, message=f"{sheet}!{problem.cell}：{sentence}")

    forms = tuple(
        replace(form, sheet=f"{member}/{form.sheet}", problems=tuple(placed(problem) for problem in form.problems))
        for form in reading.forms
    )
    return Reading(forms, tuple(placed(problem) for problem in reading.problems))
