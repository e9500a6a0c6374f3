"""Text made comparable for the public search."""

import unicodedata


def searchable(text: str) -> str:
    """Full and half width alike, no case, no white space.

    >>> searchable("７２８ 万元") == searchable("728万元")
    True
    """
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
