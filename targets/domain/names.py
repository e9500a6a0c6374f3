"""Names made comparable: what two people mean by the same name must give the same key."""

import unicodedata
from functools import lru_cache


@lru_cache(maxsize=8192)  # the same names stand in thousands of rows
def name_key(text: str) -> str:
    """Key of a title or name: full and half width alike, no white space, no punctuation, no case.

    >>> name_key("２０１９年－2022年 高标准农田建设") == name_key("2019年-2022年高标准农田建设")
    True
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if unicodedata.category(char)[0] in "LN")
