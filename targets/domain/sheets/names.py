"""Departments as forms print them: `[202]名`, `202-名`, `202名`, or the name alone."""

import re
import unicodedata
from functools import lru_cache

BRACKETED = re.compile(r"[\[【〔(（［]\s*([0-9A-Za-z]{2,20})\s*[\]】〕)）］]\s*(\S.*)", re.DOTALL)
LEADING = re.compile(r"([0-9]{3,12})\s*[-—–_－、.．:：]?\s*([^\W\d_].*)", re.DOTALL)
TRAILING = re.compile(r"(.*\S)\s*[\[【〔(（［]\s*([0-9]{3,12})\s*[\]】〕)）］]", re.DOTALL)
BEHIND = re.compile(r"([^\W\d_（）()]{2,}[^\W\d_（）()第号])\s*[-—–_－、.．:：]?\s*([0-9]{3}|[0-9]{6})")
"""民政局312: three digits or six behind a name without others."""
PROJECT_CODE = re.compile(r"(\d{8}[RYT]\d{12})\s*[-—–_－:：]?\s*(\S.*)", re.DOTALL)
"""Area, year, class and number, and the name behind them."""


@lru_cache(maxsize=1024)
def split_department(text: str) -> tuple[str, str]:
    """Code ("" if none is printed) and name, the name as printed."""
    folded = "".join(unicodedata.normalize("NFKC", char) if "０" <= char <= "９" else char for char in text.strip())
    if found := BRACKETED.fullmatch(folded) or LEADING.fullmatch(folded):
        return found[1], found[2].strip()
    if found := TRAILING.fullmatch(folded) or BEHIND.fullmatch(folded):
        return found[2], found[1].strip()
    return "", text.strip()


def split_project(text: str) -> tuple[str, str]:
    """`37030223T000000000001-某项目` → code and name; no code where none begins the name."""
    found = PROJECT_CODE.fullmatch(text) if text[:1].isdigit() else None
    return (found[1], found[2]) if found else ("", text)


def printed_department(code: str, name: str) -> str:
    return f"[{code}]{name}" if code else name
