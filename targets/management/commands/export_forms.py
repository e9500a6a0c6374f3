"""`manage.py export_forms -o FILE`: the chosen forms in the shapes that the export page offers, with the text the tables hold."""

import shutil
from argparse import ArgumentParser
from pathlib import Path
from typing import IO, Any, NoReturn

from django.core.management.base import CommandError
from django.db.models import Q

from departments.room import FULL, is_without_room
from targets.domain.record import KINDS
from targets.domain.sheets.flat_writer import KIND_WORDS
from targets.domain.steps import STATES, VOID
from targets.management.arguments import ArgumentsInChinese, words
from targets.models import Declaration
from targets.models.declaration import DeclarationQuerySet
from targets.outgoing.shapes import (
    CONTENT_TYPES,
    LAYOUTS,
    OFFICIAL,
    SHAPES,
    XLSX,
    ExportRefused,
    NothingWritten,
    Shape,
    written,
)
from targets.outgoing.text import readable

ALL = "all"
BY_LAYOUT_AND_FORMAT = {(shape.layout, shape.format): shape for shape in SHAPES}
BY_LAYOUT_AND_FORMAT[OFFICIAL, "json"] = BY_LAYOUT_AND_FORMAT["flat", "json"]
"""JSON holds whole records, whichever layout is named."""
WHY_NOT_WRITTEN = {
    FileNotFoundError: "没有这个目录",
    PermissionError: "没有写入的权限",
    IsADirectoryError: "这是一个目录",
}
WRONG_USE = 2
"""Exit code for options that make no sense, as for those that the parser refuses; nothing to export and other faults are 1."""


class Command(ArgumentsInChinese):
    help = "导出绩效目标表：官方样式、指标明细或汇总表"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--year", type=words, help="预算年度，如 2023")
        parser.add_argument("--kind", type=words, default=ALL, help=f"表种：{_listed(KIND_WORDS)}，all（默认，全部）")
        parser.add_argument("--department", type=words, metavar="CODE", help="主管部门或实施单位的代码")
        parser.add_argument("--state", type=words, help=f"状态：{_listed(STATES)}；不写则为除已作废以外的全部")
        parser.add_argument("--layout", type=words, default=OFFICIAL, help=f"样式：{_listed(LAYOUTS)}；不写为官方样式")
        parser.add_argument(
            "--format", type=words, help=f"格式：{'、'.join(CONTENT_TYPES)}；不写则看文件扩展名，看不出的为 xlsx"
        )
        parser.add_argument("-o", "--output", required=True, metavar="FILE", help="写到哪个文件")

    def handle(self, *args: Any, **options: Any) -> None:
        shape = self._shape(options["layout"], options["format"], Path(options["output"]))
        try:
            made = written(shape, readable(self._chosen(options), None))
        except NothingWritten:
            raise CommandError("没有符合条件的绩效目标表，没有写出文件。请放宽条件。") from None
        except ExportRefused as refusal:
            raise CommandError(str(refusal)) from None
        try:
            with made.file:
                _copy(made.file, Path(options["output"]))
        except OSError as error:
            why = FULL if is_without_room(error) else WHY_NOT_WRITTEN.get(type(error), error.strerror)
            raise CommandError(f"不能写入“{words(options['output'])}”：{why}。请换一个位置。") from None
        self.stdout.write(f"已导出{made.count}张表：{words(options['output'])}")

    def _shape(self, layout: str, file_format: str | None, output: Path) -> Shape:
        if layout not in LAYOUTS:
            _refuse("--layout", layout, _listed(LAYOUTS))
        by_name = output.suffix.lstrip(".").lower()
        wanted = file_format or (by_name if by_name in CONTENT_TYPES else XLSX)
        if wanted not in CONTENT_TYPES:
            _refuse("--format", wanted, "、".join(CONTENT_TYPES))
        shape = BY_LAYOUT_AND_FORMAT.get((layout, wanted))
        if shape is None:
            formats = "、".join(name for of, name in BY_LAYOUT_AND_FORMAT if of == layout)
            layouts = "、".join(f"{of}（{LAYOUTS[of]}）" for of, name in BY_LAYOUT_AND_FORMAT if name == wanted)
            raise CommandError(
                f"{LAYOUTS[layout]}（--layout {layout}）不能导出为 {wanted}，没有写出文件。"
                f"它的格式可以是 {formats}；要 {wanted} 请改用 --layout {layouts}。",
                returncode=WRONG_USE,
            )
        return shape

    def _chosen(self, options: dict[str, Any]) -> DeclarationQuerySet:
        year, kind, state = options["year"], options["kind"], _state(options["state"])
        chosen = Declaration.objects.filter(state=state) if state else Declaration.objects.exclude(state=VOID)
        if year:
            if not (str(year).isascii() and str(year).isdecimal() and len(str(year)) == 4):
                _refuse("--year", year, "4位数字，如 2023")
            chosen = chosen.filter(year=year)
        if kind not in (*KINDS, ALL):
            _refuse("--kind", kind, f"{_listed(KIND_WORDS)}，all（全部）")
        if kind != ALL:
            chosen = chosen.filter(kind=kind)
        if code := options["department"]:
            chosen = chosen.filter(Q(department__code=code) | Q(unit__code=code))
        return chosen


def _copy(file: IO[bytes], path: Path) -> None:
    """Whole or not at all."""
    with path.open("wb") as target:
        try:
            shutil.copyfileobj(file, target)
            target.flush()
        except OSError:
            if path.is_file():  # no device
                path.unlink()
            raise


def _state(named: str | None) -> str:
    """The state, told by its identifier or as screens call it."""
    by_label = {label: state for state, label in STATES.items()}
    if named and named not in STATES and named not in by_label:
        _refuse("--state", named, _listed(STATES))
    return by_label.get(named or "", named or "")


def _listed(choices: dict[str, str]) -> str:
    return "、".join(f"{name}（{label}）" for name, label in choices.items())


def _refuse(option: str, value: object, choices: str) -> NoReturn:
    raise CommandError(f"{option} 不能是“{value}”，没有写出文件。请改为：{choices}。", returncode=WRONG_USE)
