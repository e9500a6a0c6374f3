"""A value as a spreadsheet shows it under its number format (ECMA-376 part 1, 18.8.30 and 18.8.31).

A format has up to four sections: above zero, below, zero, text; or each says when it counts: [>=90]"优";"合格".
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from targets.domain.sheets.date_format import show_date
from targets.domain.sheets.numerals import NUMERALS, in_digits, in_words

Value = str | float | int | bool | date | datetime | time | timedelta

GENERAL = "General"
TRUTH = "@"
"""TRUE and FALSE have no format; a cell that holds them is named, for 1 and 0 equal them."""
PLAIN = ("", GENERAL, TRUTH)
"""Formats that show a number as it is."""
LONGEST_CODE = 255
"""Longer ones are none: spreadsheet programs refuse them."""
WIDE = Context(prec=1000)
"""Holds every digit of any number a cell can hold, with all decimals a format can ask for."""
USUAL = re.compile(r"(#,##)?0(?:\.(?=[0#])(0*)(#*))?(%?)")
TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|[\\!](?P<escaped>.)|_.|\*.|\[(?P<bracket>[^\]]*)\]|(?P<general>General)|(?P<exponent>[eE][+-])'
    r"|(?P<digit>[0#?])|(?P<mark>[.,%@/])|(?P<other>.)",
    re.DOTALL,
)
CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
COMPARE: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    "<": Decimal.__lt__, "<=": Decimal.__le__, ">": Decimal.__gt__, ">=": Decimal.__ge__, "=": Decimal.__eq__, "<>": Decimal.__ne__,
}  # fmt: skip
LITERAL, DIGIT = "literal", "digit"
FRACTION = re.compile(r"d+/(?:d+|[0-9]+)")
LARGEST_DENOMINATOR = 9999


class Token(NamedTuple):
    """`kind` is "literal", "digit", "general", "exponent", or the mark itself."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    tokens: tuple[Token, ...]
    condition: tuple[str, Decimal] | None = None
    numerals: str = ""
    """`dbnum1` and the like: numbers in Chinese characters."""

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(token.kind for token in self.tokens)


@lru_cache(maxsize=8192, typed=True)
def shown(value: Value, code: str) -> tuple[str, str]:
    """The text on the screen, and the whole number behind it where that is another."""
    text = show(value, code)
    if not isinstance(value, float | int) or code in PLAIN:
        return text, ""
    whole = show(value)
    return text, "" if text.replace(",", "").rstrip("0").rstrip(".") == whole else whole


def show(value: Value, code: str = GENERAL) -> str:
    """The text on the screen: `show(0.95, "0%")` → "95%"."""
    if isinstance(value, str):
        return value if code in PLAIN or len(code) > LONGEST_CODE else _show_text(value, code)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, date | time | timedelta):
        return show_date(value, code)
    number = Decimal(f"{value:.15g}")
    if code in PLAIN or len(code) > LONGEST_CODE or not number.is_finite():
        return _general(number)
    if usual := USUAL.fullmatch(code):
        grouped, decimals, spare, percent = usual.groups(default="")
        rounded = _rounded(number * 100 if percent else number, len(decimals) + len(spare))
        text = f"{rounded:,f}" if grouped else f"{rounded:f}"
        return _without_zeros(text, len(spare)) + percent
    return _show_number(number, code)


def _general(number: Decimal) -> str:
    """No exponent and no needless zeros: 100.0 → "100"."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _rounded(number: Decimal, decimals: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, WIDE)


def _without_zeros(text: str, most: int) -> str:
    """Without so many zeros at the end, nor the point that they stood behind."""
    kept = text[: len(text) - most] + text[len(text) - most :].rstrip("0")
    return kept.removesuffix(".")


def _show_text(text: str, code: str) -> str:
    """Under a section for text: `@"元"`; one that is there and empty hides it (;;;)."""
    sections = _sections(code)
    section = sections[3] if len(sections) > 3 else sections[-1]
    if len(sections) <= 3 and "@" not in section.kinds:
        return text
    return "".join(text if token.kind == "@" else token.text for token in section.tokens).strip()


def _show_number(number: Decimal, code: str) -> str:
    section, is_negative_section = _section_of(number, _sections(code))
    if section is None:
        return _general(number)
    kinds = section.kinds
    sign = "-" if number < 0 and not is_negative_section else ""
    number = abs(number)
    if "general" in kinds or ("@" in kinds and DIGIT not in kinds):
        plain = in_words(_general(number), section.numerals)
        return (
            sign + "".join(plain if token.kind in ("general", "@") else token.text for token in section.tokens).strip()
        )
    if "exponent" in kinds:
        text = _scientific(number, section.tokens)
    elif "/" in kinds and (found := _fraction(number, section.tokens)):
        text = found
    else:
        text = _fill(number, section.tokens)
    text = in_digits(text, section.numerals)
    return (sign + text if text.strip() else text).strip()


def _section_of(number: Decimal, sections: Sequence[Section]) -> tuple[Section | None, bool]:
    """The section that counts, and whether it says by itself that a number is below zero."""
    of_numbers = [section for section in sections[:3] if len(sections) == 1 or section.kinds != {"@"}]
    if any(section.condition for section in of_numbers):
        for section in of_numbers:
            if section.condition is None:
                return section, False
            sign, limit = section.condition
            if COMPARE[sign](number, limit):
                return section, sign in ("<", "<=") and limit <= 0
        return None, False
    if number < 0 and len(of_numbers) > 1:
        return of_numbers[1], True
    if number == 0 and len(of_numbers) > 2:
        return of_numbers[2], False
    return (of_numbers[0] if of_numbers else None), False


def _fill(number: Decimal, tokens: Sequence[Token]) -> str:
    """Digits go where the format has places for them, texts between them stay: 000-0000."""
    kinds = [token.kind for token in tokens]
    number = number.scaleb(2 * kinds.count("%"))
    digits = [at for at, kind in enumerate(kinds) if kind == DIGIT]
    if not digits:
        return "".join(token.text for token in tokens if token.kind != ",")
    point = next((at for at, kind in enumerate(kinds) if kind == "."), len(tokens))
    whole, decimals = [at for at in digits if at < point], [at for at in digits if at > point]
    number = number.scaleb(
        -3 * (_commas_after(kinds, digits[-1]) + (_commas_after(kinds, whole[-1]) if decimals and whole else 0))
    )
    head, _, tail = f"{_rounded(number, len(decimals)):f}".partition(".")
    is_grouped = "," in kinds[whole[0] : whole[-1]] if whole else False
    found = {**_whole_digits(head, whole, tokens, grouped=is_grouped), **_decimal_digits(tail, decimals, tokens)}
    if not any(found.get(at) for at in decimals):
        found[point] = ""
    return "".join(
        found.get(at, "" if kind == "," else token.text)
        for at, (kind, token) in enumerate(zip(kinds, tokens, strict=True))
    )


def _commas_after(kinds: Sequence[str], at: int) -> int:
    """Each divides by a thousand."""
    end = at + 1
    while end < len(kinds) and kinds[end] == ",":
        end += 1
    return end - at - 1


def _whole_digits(head: str, places: Sequence[int], tokens: Sequence[Token], *, grouped: bool) -> dict[int, str]:
    """From the right; the first place takes what is left over."""
    head = "" if head == "0" else head
    found: dict[int, str] = {}
    for number, at in enumerate(reversed(places)):
        is_first = number == len(places) - 1
        end = len(head) - number
        own = head[:end] if is_first and end > 1 else head[end - 1 : end] if end > 0 else ""
        if not own and tokens[at].text == "0":
            own = "0"
        places_right = [number + step for step in range(len(own), 0, -1)]
        found[at] = "".join(
            digit + ("," if grouped and place > 1 and place % 3 == 1 else "")
            for digit, place in zip(own, places_right, strict=True)
        )
    return found


def _decimal_digits(tail: str, places: Sequence[int], tokens: Sequence[Token]) -> dict[int, str]:
    """From the left; zeros at the end are shown only where the format has a 0."""
    kept = len(tail)
    while kept and tail[kept - 1] == "0" and tokens[places[kept - 1]].text != "0":
        kept -= 1
    return {at: tail[number] if number < kept else "" for number, at in enumerate(places)}


def _scientific(number: Decimal, tokens: Sequence[Token]) -> str:
    at = next(index for index, token in enumerate(tokens) if token.kind == "exponent")
    mantissa, after = tokens[:at], tokens[at + 1 :]
    point = next((index for index, token in enumerate(mantissa) if token.kind == "."), len(mantissa))
    step = max(1, sum(token.kind == DIGIT for token in mantissa[:point]))
    decimals = sum(token.kind == DIGIT for token in mantissa[point:])
    exponent = number.adjusted() // step * step if number else 0
    if _rounded(number.scaleb(-exponent), decimals) >= Decimal(10) ** step:
        exponent += step
    places = 0
    while places < len(after) and after[places].kind == DIGIT:
        places += 1
    sign = "-" if exponent < 0 else tokens[at].text[1:].replace("-", "")
    shown_exponent = f"{tokens[at].text[0]}{sign}{abs(exponent):0{max(places, 1)}d}"
    return _fill(number.scaleb(-exponent), mantissa) + shown_exponent + "".join(token.text for token in after[places:])


def _fraction(number: Decimal, tokens: Sequence[Token]) -> str:
    """`# ?/?`: a whole number and a fraction, or a fraction alone; "" if the format has no room for one."""
    kinds = "".join(
        "d" if token.kind == DIGIT else token.text if token.text.isdigit() or token.kind == "/" else " "
        for token in tokens
        if token.text
    )
    if len(kinds) != len(tokens) or not (found := FRACTION.search(kinds)):
        return ""
    below = found[0].partition("/")[2]
    before, after = tokens[: found.start()], tokens[found.end() :]
    has_whole = any(token.kind == DIGIT for token in before)
    whole = int(number) if has_whole else 0
    rest = Fraction(number) - whole
    if below.isdigit():
        part = (round(rest * int(below)), int(below)) if int(below) else (0, 1)
    else:
        part = rest.limit_denominator(min(10 ** len(below) - 1, LARGEST_DENOMINATOR)).as_integer_ratio()
    if has_whole and part[0] == part[1]:
        whole, part = whole + 1, (0, 1)
    text = f"{part[0]}/{part[1]}" if part[0] or not has_whole else ""
    leading = _fill(Decimal(whole), before) if has_whole else "".join(token.text for token in before)
    if has_whole and not leading.strip() and not text:
        leading = "0"
    return leading + text + "".join(token.text for token in after)


@lru_cache(maxsize=256)
def _sections(code: str) -> tuple[Section, ...]:
    """The parts between semicolons that stand outside quotes."""
    hidden = re.sub(r'"[^"]*"|[\\!].', lambda found: found[0].replace(";", "\x00"), code)
    return tuple(_section(part.replace("\x00", ";")) for part in hidden.split(";"))


def _section(part: str) -> Section:
    tokens: list[Token] = []
    condition: tuple[str, Decimal] | None = None
    numerals = ""
    for found in TOKEN.finditer(part):
        kind, text = found.lastgroup or "", found[found.lastgroup] if found.lastgroup else ""
        if kind == "bracket":
            if said := CONDITION.fullmatch(text):
                condition = said[1], Decimal(said[2])
            elif text.lower() in NUMERALS:
                numerals = text.lower()
            elif text.startswith("$"):  # a currency: [$¥-804]
                tokens.append(Token(LITERAL, text[1:].split("-")[0]))
        elif kind in ("quoted", "escaped", "other"):
            tokens.append(Token(LITERAL, text))
        elif kind == "mark":
            tokens.append(Token(text, text))
        elif kind:
            tokens.append(Token(kind, text))
    return Section(tuple(token for token in tokens if token.text), condition, numerals)
