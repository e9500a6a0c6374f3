"""What stands behind a command, as its program can use it: a shell hands over bytes of any encoding."""

import os
from argparse import ArgumentTypeError
from pathlib import Path

from targets.intake.batch import safe_name

ENCODINGS = ("utf-8", "gb18030")
"""Of names of files that came out of an archive made under Chinese Windows, too."""


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
