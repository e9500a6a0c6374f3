"""Screens: one file each. Importing this package registers them."""

from targets.admin import disclosures, intake

__all__ = ["disclosures", "intake"]
