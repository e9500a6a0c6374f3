"""Screens: one file each. Importing this package registers them."""

from targets.admin import (
    basics,
    blanks,
    copying,
    day,
    disclosures,
    feedback,
    intake,
    letter,
    library,
    plans,
    projects,
    remarks,
    setup,
    trail,
    years,
)

__all__ = [
    "basics",
    "blanks",
    "copying",
    "day",
    "disclosures",
    "feedback",
    "intake",
    "letter",
    "library",
    "plans",
    "projects",
    "remarks",
    "setup",
    "trail",
    "years",
]
