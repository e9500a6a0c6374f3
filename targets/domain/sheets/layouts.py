"""Every layout that is read, in the order in which they are tried; the official one of each kind is written."""

from targets.domain.record import PLAN, PROJECT
from targets.domain.sheets.flat import FLAT, PLANS, PLANS_BY_GOAL
from targets.domain.sheets.plan_v2 import PLAN_V2
from targets.domain.sheets.plan_v8 import PLAN_V8
from targets.domain.sheets.project_two_levels import PROJECT_TWO_LEVELS
from targets.domain.sheets.project_v1 import PROJECT_V1
from targets.domain.sheets.project_v6 import PROJECT_V6

LAYOUTS = (PROJECT_V1, PLAN_V2, PLAN_V8, PLANS, PLANS_BY_GOAL, FLAT, PROJECT_V6, PROJECT_TWO_LEVELS)
OFFICIAL = {PROJECT: PROJECT_V1, PLAN: PLAN_V2}
