"""The reading as a process of its own: file on standard input, JSON lines out.

A spreadsheet parser may take any amount of memory or end its process outright; here it ends only itself. The parent is
`targets.intake.reading`; the process comes from `targets.domain.sheets.nursery`.

Standard input: one line of JSON (`Order`), then the bytes of the file. Standard output: lines of JSON (`Said`).
"""

import gc
import resource
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import BinaryIO

from msgspec import Raw, Struct
from msgspec.json import Decoder, Encoder

from targets.domain.checks.counted import Counted, Judge
from targets.domain.rules import YearRules
from targets.domain.sheets.archive import is_archive, members, sealed
from targets.domain.sheets.feedback import FeedbackLine, read_feedback
from targets.domain.sheets.guard import DEFAULT_LIMITS, Limits
from targets.domain.sheets.problems import MEGABYTE, REFUSED, FileRefused, Problem, moved, problem, quoted
from targets.domain.sheets.reader import Found, Reading, read_one_by_one, read_workbook

MOST_PROBLEMS, LONGEST_TITLE = 100, 200
"""What is left of a form that is too long to be told."""


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
    text: int = DEFAULT_LIMITS.told_bytes
    """Bytes of all forms of the file as they are told."""
    first: int = 0
    """Members of an archive before this one have been read by a process before this one,"""
    known: int = 0
    """which found so many forms."""
    rules: tuple[YearRules, ...] = ()
    """By which the forms of their years are judged, one for a year."""
    is_feedback: bool = False
    """The lines of a 审核意见反馈表 are looked for, not forms."""


class Said(Struct, omit_defaults=True):
    """A line of the answer: one of these."""

    found: Found | None = None
    counted: Counted | None = None
    """Of what was found."""
    problem: Problem | None = None
    answer: FeedbackLine | None = None
    begun: tuple[int, str] | None = None
    """Number and name of the member of an archive that is being read now."""
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
    limits = Limits(file_bytes=order.bytes, told_bytes=order.text)
    gc.disable()  # so short a life leaves hardly any garbage in circles, and looking for it takes a tenth of the time
    judges = {rules.year: Judge(rules) for rules in order.rules}
    try:
        for line in lines(read_all(order, content, limits), order.name, limits, judges):
            tell(told, line)
    except FileRefused as refusal:
        tell(told, encoded(Said(refused=str(refusal))))
    tell(told, encoded(Said(end=True)))


def limit_process(memory: int, seconds: int) -> None:
    """No more memory and processor time than this, and no file; there is no way back."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def tell(told: BinaryIO, line: bytes) -> None:
    told.write(line + b"\n")
    told.flush()


def lines(
    answer: Iterable[Said], name: str, limits: Limits, judges: Mapping[int, Judge] = MappingProxyType({})
) -> Iterator[bytes]:
    """What is told, within limits that are the server's own: what a text stands in twice it gets twice."""
    room = limits.told_bytes
    for said in answer:
        line = _found(said.found, limits, judges) if said.found else encoded(said)
        room -= len(line)
        if room < 0:
            most = limits.told_bytes // MEGABYTE
            raise FileRefused(f"{quoted(name, 80)}里各表的文字合计超过{most}MB，没有读入。请拆成几个文件分别上传。")
        yield line


def _found(found: Found, limits: Limits, judges: Mapping[int, Judge]) -> bytes:
    """A form that is short enough is judged here, beside the server and within limits as well."""
    text, record = encoded(found), found.form.record
    if len(text) > limits.form_bytes:
        return encoded(Said(found=_without_text(found, len(text), limits)))
    judge = judges.get(record.year) if record and not found.form.refused else None
    return encoded({"found": Raw(text)} | ({"counted": judge.count(record)} if judge and record else {}))


def _without_text(found: Found, size: int, limits: Limits) -> Found:
    form = found.form
    sentence = (
        f"这张表的文字共{size / MEGABYTE:.1f}MB，超过{limits.form_bytes / MEGABYTE:g}MB的上限，没有导入。"
        "请删去重复或无关的内容后重新上传。"
    )
    told = (*form.problems[:MOST_PROBLEMS], problem(form.sheet, form.cell, REFUSED, sentence))
    short = replace(form, record=None, title=form.title[:LONGEST_TITLE], problems=told, refused=True)
    return found._replace(form=short)


def read_all(order: Order, content: bytes, limits: Limits) -> Iterator[Said]:
    if order.is_feedback:
        return (Said(answer=line) for line in read_feedback(content, order.name, limits))
    return read(content, order.name, order.year, limits, order.first, order.known)


def read(
    content: bytes, name: str, year: int | None, limits: Limits = DEFAULT_LIMITS, first: int = 0, known: int = 0
) -> Iterator[Said]:
    if not is_archive(content):
        yield from map(say, read_one_by_one(content, name, year=year, limits=limits))
        return
    for member, unpacked, number, total in members(content, name, first):
        yield Said(begun=(number, member))
        try:
            if unpacked is None:
                raise sealed(member)
            reading = placed_in(member, read_workbook(unpacked, member, year=year, limits=limits))
        except FileRefused as refusal:
            yield Said(problem=Problem(member, "", REFUSED, str(refusal)))
        else:
            forms, known = enumerate(reading.forms, known), known + len(reading.forms)
            yield from (Said(found=Found(place, 0, form)) for place, form in forms)
            yield from map(say, reading.problems)
        yield Said(progress=(number, total))


def say(found: Found | Problem) -> Said:
    return Said(problem=found) if isinstance(found, Problem) else Said(found=found)


def placed_in(member: str, reading: Reading) -> Reading:
    """The same with the file's name before every sheet, so that 500 sheets called Sheet1 can be told apart."""

    def placed(found: Iterable[Problem]) -> tuple[Problem, ...]:
        return tuple(moved(one, f"{member}/{one.sheet}", one.cell) for one in found)

    forms = (replace(form, sheet=f"{member}/{form.sheet}", problems=placed(form.problems)) for form in reading.forms)
    return Reading(tuple(forms), placed(reading.problems))
