"""System checks of a record. Importing the package registers every rule."""

from targets.domain.checks import common, money, plan, project
from targets.domain.checks.engine import RULES, Finding, Rule, check

MODULES = (common, money, plan, project)

__all__ = ["MODULES", "RULES", "Finding", "Rule", "check"]
