"""Forms on their way out. `text` says what a person may read of them, `shapes` in which shapes that leaves."""

from targets.outgoing.official import check_code, official_workbook

__all__ = ["check_code", "official_workbook"]
