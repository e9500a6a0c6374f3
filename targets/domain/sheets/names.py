"""Departments as forms print them: `[202]名`, `202-名`, `202名`, or the name alone."""

import re
import unicodedata
from functools import lru_cache

BRACKETED = re.compile(r"[\[【〔(（［]\s*([0-9A-Za-z]{2,20})\s*[\]】〕)）］]\s*(\S.*)", re.DOTALL)
LEADING = re.compile(r"([0-9]{3,12})\s*[-—–_－、.．:：]?\s*([^\W\d_].*)", re.DOTALL)
TRAILING = re.compile(r"(.*\S)\s*[\[【〔(（［]\s*([0-9]{3,12})\s*[\]】〕)）］]", re.DOTALL)
BEHIND = re.compile(r"([^\W\d_（）()]{3,}[^\W\d_（）()第号])\s*[-—–_－、.．:：]?\s*([0-9]{3}|[0-9]{6})")
"""民政局312: three digits or six behind a name without others."""


@lru_cache(maxsize=1024)
def split_department(text: str) -> tuple[str, str]:
    """Code ("" if none is printed) and name, the name as printed."""
    folded = "".join(unicodedata.normalize("NFKC", char) if "０" <= char <= "９" else char for char in text.strip())
    if found := BRACKETED.fullmatch(folded) or LEADING.fullmatch(folded):
        return found[1], found[2].strip()
    if found := TRAILING.fullmatch(folded) or BEHIND.fullmatch(folded):
        return found[2], found[1].strip()
    return "", text.strip()


def printed_department(code: str, name: str) -> str:
    return f"[{code}]{name}" if code else name
