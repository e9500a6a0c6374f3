"""WHAT THEY PROMISE: years and their rules, declarations and indicators, revisions, review, intake, disclosure."""

from targets.models.assessment import Assessment, ReviewQuestion
from targets.models.attachment import Attachment
from targets.models.ceiling import Ceiling
from targets.models.decision import DecidedForm, Decision
from targets.models.declaration import Declaration, Indicator
from targets.models.disclosure import Disclosure, DisclosureItem
from targets.models.intake import ImportBatch, ImportedFile, ImportedForm
from targets.models.job import Job
from targets.models.kinds import BudgetProject, DepartmentPlan
from targets.models.library import LibraryIndicator
from targets.models.look import Look
from targets.models.phrase import StockPhrase
from targets.models.remark import Remark, RemarkReply
from targets.models.review import ReviewEvent, Waiver
from targets.models.revision import Revision
from targets.models.saved_filter import SavedFilter
from targets.models.sitting import Sitting
from targets.models.trail import AccessRecord, TrailSeal
from targets.models.year import BudgetYear, Campaign, Category, RuleSetting

__all__ = [
    "AccessRecord",
    "Assessment",
    "Attachment",
    "BudgetProject",
    "BudgetYear",
    "Campaign",
    "Category",
    "Ceiling",
    "DecidedForm",
    "Decision",
    "Declaration",
    "DepartmentPlan",
    "Disclosure",
    "DisclosureItem",
    "ImportBatch",
    "ImportedFile",
    "ImportedForm",
    "Indicator",
    "Job",
    "LibraryIndicator",
    "Look",
    "Remark",
    "RemarkReply",
    "ReviewEvent",
    "ReviewQuestion",
    "Revision",
    "RuleSetting",
    "SavedFilter",
    "Sitting",
    "StockPhrase",
    "TrailSeal",
    "Waiver",
]
