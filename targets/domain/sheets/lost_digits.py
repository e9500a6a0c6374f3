"""Codes that a spreadsheet took for a number, of which it keeps 15 digits."""

import re

from targets.domain.sheets.problems import GUESS, NOT_IMPORTED, REFUSED

SCIENTIFIC = re.compile(r"\d(\.\d+)?E\+\d{2,3}")
"""As spreadsheets show a number of more digits than a cell has room for."""
DIGITS_KEPT, CODE_AT_LEAST = 15, 17
"""That a shorter code ends with zeros proves nothing."""
LOST = {
    REFUSED: f"项目代码{{code}}被表格软件改成了科学计数，后面的数字已丢失，{NOT_IMPORTED}请把这一格设为文本，写上完整的代码后重新上传。",
    GUESS: "项目代码{code}第15位以后都是0，可能是表格软件舍去的，请核对。写代码的单元格要设为文本。",
}
"""Level → what is told of the code."""


def lost_digits(code: str) -> str:
    """The level of what is to be told of a code; "" for one that may be whole."""
    if SCIENTIFIC.fullmatch(code):
        return REFUSED
    return GUESS if len(code) > CODE_AT_LEAST and code.isdecimal() and not code[DIGITS_KEPT:].strip("0") else ""
