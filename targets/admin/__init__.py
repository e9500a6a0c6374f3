"""Screens: one file each. Importing this package registers them."""

from targets.admin import basics, disclosures, intake, plans, projects, setup, years

__all__ = ["basics", "disclosures", "intake", "plans", "projects", "setup", "years"]
