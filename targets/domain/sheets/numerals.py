"""Numbers in Chinese characters, as cells show them under [DBNum1], [DBNum2] and [DBNum3].

What the screen shows is what is imported, in every type of file; the number behind it is kept beside the text.
"""

from typing import NamedTuple


class Numerals(NamedTuple):
    """Characters for 0 to 9, and for ten, a hundred and a thousand."""

    digits: str
    tens: str


NUMERALS = {
    "dbnum1": Numerals("〇一二三四五六七八九", "十百千"),
    "dbnum2": Numerals("零壹贰叁肆伍陆柒捌玖", "拾佰仟"),
    "dbnum3": Numerals("０１２３４５６７８９", "十百千"),
}
FOURS = ("", "万", "亿", "万亿")
LONGEST = 4 * len(FOURS)


def in_digits(text: str, name: str) -> str:
    """`in_digits("2023", "dbnum1")` → 二〇二三: digit by digit, where a format has a place for each."""
    return text.translate({48 + at: digit for at, digit in enumerate(NUMERALS[name].digits)}) if name else text


def in_words(text: str, name: str) -> str:
    """`in_words("1203", "dbnum1")` → 一千二百〇三: as the number is spoken; decimals digit by digit."""
    whole, point, decimals = text.partition(".")
    if not name or not whole.isdigit() or len(whole) > LONGEST:
        return in_digits(text, name)
    return _spoken(whole, NUMERALS[name]) + point + in_digits(decimals, name)


def _spoken(whole: str, numerals: Numerals) -> str:
    zero = numerals.digits[0]
    spoken, skipped = "", False
    for at, digit in enumerate(whole):
        fours, place = divmod(len(whole) - 1 - at, 4)
        if digit != "0":
            spoken += (
                (zero if skipped and spoken else "")
                + numerals.digits[int(digit)]
                + (numerals.tens[place - 1] if place else "")
            )
        skipped = digit == "0"
        if not place and int(whole[max(0, at - 3) : at + 1]):
            spoken += FOURS[fours]
            skipped = False if digit != "0" else skipped
    return spoken or zero
