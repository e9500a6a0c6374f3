"""Screens: one file each. Importing this package registers them."""

from targets.admin import intake

__all__ = ["intake"]
