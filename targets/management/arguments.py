"""What stands behind a command, as its program can use it, and what is said where it cannot."""

import os
import re
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from targets.domain.compose import MODES
from targets.intake.batch import safe_name

ENCODINGS = ("utf-8", "gb18030")
"""Of names of files that came out of an archive made under Chinese Windows, too."""
LONGEST_NUMBER = 18
"""Digits that every database takes."""
FAULTS = (
    (r"the following arguments are required: (.+)", r"缺少参数 \1。"),
    (r"unrecognized arguments: (.+)", r"没有这样的参数：\1。"),
    (r"ambiguous option: (\S+) could match (.+)", r"\1 可能是 \2，请写全。"),
    (r"argument (\S+): expected .+", r"\1 后面还缺内容。"),
    (r"argument (\S+): ignored explicit argument (.+)", r"\1 后面不写内容，请去掉 \2。"),
    (r"argument (\S+): (.+)", r"\1：\2"),
)
"""What Python's parser says, and the same in Chinese; what an argument should be its own type says (the last line)."""


class ArgumentsInChinese(BaseCommand):
    """A command that tells in Chinese which of its arguments is wrong, with exit code 2."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        refuse = parser.error

        def error(message: str) -> Any:
            refuse(f"{_in_chinese(message)}用法见 manage.py {subcommand} --help。")

        parser.error = error  # type: ignore[method-assign]
        return parser


def _in_chinese(message: str) -> str:
    for told, sentence in FAULTS:
        if match := re.fullmatch(told, message, re.DOTALL):
            return match.expand(sentence)
    return message


def words(argument: str) -> str:
    raw = os.fsencode(argument)
    for encoding in ENCODINGS:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode(errors="replace")


def file_name(path: Path) -> str:
    """How messages and batches name a file."""
    return safe_name(words(path.name))


def year(argument: str) -> int:
    if not (argument.isascii() and argument.isdecimal() and len(argument) == 4):
        raise ArgumentTypeError("预算年度要写成四位数字，如 2023。")
    return int(argument)


def batch_number(argument: str) -> int:
    if not (argument.isascii() and argument.isdecimal() and len(argument) <= LONGEST_NUMBER):
        raise ArgumentTypeError("导入批次编号是一个数，见“导入记录”的地址或导入时的输出。")
    return int(argument)


def mode(argument: str) -> str:
    if argument not in MODES:
        known = "；".join(f"{name}（{label}）" for name, label in MODES.items())
        raise ArgumentTypeError(f"没有“{words(argument)}”这种方式。请改为 {known}。")
    return argument
