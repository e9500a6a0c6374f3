"""Who may do what, written out by hand: for every address of the project, and for every deed.

A new address that is not in `GET` fails a test; whoever adds one decides here who reaches it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from targets.tests.samples import MARKS

Names = frozenset[str]


def people(words: str) -> Names:
    return frozenset(words.split())


# Who there is (targets.tests.world, targets.tests.samples) --------------------------------------------------------------

FILLERS = people("filler sibling stranger")
OFFICES = people("office other_office")
PERFORMANCE = people("perf perf2 far")
ADMINS = people("admin root far")
OVERSEERS = ADMINS | {"auditor"}
WHOLE_DIVISION = people("perf perf2 budget admin auditor root")
EVERYBODY = FILLERS | OFFICES | PERFORMANCE | OVERSEERS | {"boss", "budget"}
WITHOUT_A_ROLE = people("nobody anonymous")
THE_WORLD = EVERYBODY | WITHOUT_A_ROLE

# Who sees what is there (a form's existence, an entry of the register) …
SEEN = {
    "school": WHOLE_DIVISION | people("filler boss office"),
    "kindergarten": WHOLE_DIVISION | people("sibling boss office"),
    "health": WHOLE_DIVISION | people("stranger other_office"),
    "elsewhere": people("root far"),
    "sent": WHOLE_DIVISION | people("filler boss office"),
    "prepared": WHOLE_DIVISION | people("filler boss office"),
    "published": WHOLE_DIVISION | people("filler boss office"),
}
# … and who reads the words of a draft.
READ = SEEN | {
    "school": people("filler boss"),
    "kindergarten": people("sibling boss"),
    "health": people("stranger"),
    "elsewhere": people(""),
}
FILLS_IN = dict.fromkeys(SEEN, people("")) | {
    "school": people("filler"),
    "kindergarten": people("sibling"),
    "health": people("stranger"),
}
"""While a form is its unit's."""
ATTACHED = dict.fromkeys(SEEN, people("")) | {"school": READ["school"], "sent": SEEN["sent"]}
"""Papers go with the text: of a draft its unit's alone."""
NOBODYS = dict.fromkeys(SEEN, people(""))
JUDGED = NOBODYS | {"sent": SEEN["sent"]}
"""With a review form that went with a step: whoever sees the form sees it."""
OURS_AND_THEIRS = {"here": people("admin auditor root"), "elsewhere": people("root far")}
YEARS = {"here": people("perf perf2 admin auditor root"), "elsewhere": people("root far")}
OFFICES_SEEN = {"here": WHOLE_DIVISION, "elsewhere": people("root far")}
ACCOUNTS = {
    "filler": people("admin auditor root"),
    "root": people("root"),
    "nobody": people("root"),  # without a post an account belongs to no division: superusers give the first one
    "far": people("root far"),
}
POSTS = {name: ACCOUNTS[name] for name in ("filler", "far")}
BATCHES = {
    "filler": people("filler admin root"),
    "office": people("office admin root"),
    "stored": people("filler admin root"),
    "reading": people("filler admin root"),
}
UPLOADS = {
    "filler": people("filler"),
    "office": people("office"),
    "stored": people("filler"),
    "reading": people("filler"),
}
SETS = {
    "prepared": WHOLE_DIVISION,
    "published": EVERYBODY - {"far"},
    "elsewhere": people("root far"),
}
MAKES_SETS = {"prepared": people("perf perf2"), "published": people(""), "elsewhere": people("far")}
UNPUBLISHED = {"prepared": SETS["prepared"], "elsewhere": SETS["elsewhere"], "published": people("")}
ITEMS = {"published": THE_WORLD, "prepared": people("")}

OPEN, LED, FORBIDDEN, MISSING, NOT_READ = 200, 302, 403, 404, 405
"""LED: to another page, with a sentence. FORBIDDEN: the address is no secret, but not this person's. NOT_READ: only POST."""


@dataclass(frozen=True)
class Rule:
    """`may`: who gets `status` (by sample, or for all). Others who may know of it, `known`, get `instead`; the rest 404."""

    may: Mapping[str, Names] | Names
    known: Mapping[str, Names] | Names = field(default_factory=frozenset)
    instead: int = FORBIDDEN
    status: int = OPEN
    outsiders: int = LED

    def answer(self, sample: str, who: str) -> int:
        if who in _for(self.may, sample):
            return self.status
        if who in WITHOUT_A_ROLE:
            return self.outsiders
        return self.instead if who in _for(self.known, sample) else MISSING


def _for(names: Mapping[str, Names] | Names, sample: str) -> Names:
    return names[sample] if isinstance(names, Mapping) else names


def screen(
    label: str, seen: Mapping[str, Names], *, lists: Names = EVERYBODY, adds: Names = ADMINS, changed: bool = True
) -> dict[str, Rule]:
    """The pages that Django's admin has for a model; nothing is ever deleted, and who sees no list is told so."""
    name = label.replace(".", "_")
    return {
        f"admin:{name}_changelist": Rule(lists, EVERYBODY),
        f"admin:{name}_add": Rule(adds, EVERYBODY),
        f"admin:{name}_change": Rule(seen),
        f"admin:{name}_history": Rule(seen),
        f"admin:{name}_delete": Rule(people(""), seen),
        f"admin/{label.replace('.', '/')}/<path:object_id>/": Rule(EVERYBODY, status=LED),
    }


def tables(label: str, *, imports: Names = ADMINS, exports: Names = EVERYBODY) -> dict[str, Rule]:
    name = label.replace(".", "_")
    return {
        f"admin:{name}_import": Rule(imports, EVERYBODY),
        f"admin:{name}_process_import": Rule(EVERYBODY, status=NOT_READ),
        f"admin:{name}_export": Rule(exports, EVERYBODY),
    }


def forms(name: str, attached: Mapping[str, Names], judged: Mapping[str, Names]) -> dict[str, Rule]:
    own = {
        f"admin:targets_{name}_step": Rule(SEEN, status=LED),
        f"admin:targets_{name}_before": Rule(FILLS_IN, SEEN, instead=LED),
        f"admin:targets_{name}_waive": Rule(SEEN, status=LED),
        f"admin:targets_{name}_cells": Rule(SEEN, status=LED),
        f"admin:targets_{name}_renewed": Rule(SEEN, status=LED),
        f"admin:targets_{name}_remark": Rule(SEEN, status=LED),
        f"admin:targets_{name}_looked": Rule(SEEN, status=LED),
        f"admin:targets_{name}_attach": Rule(SEEN, status=LED),
        f"admin:targets_{name}_attachment": Rule(attached),
        f"admin:targets_{name}_detach": Rule(SEEN, status=LED),
        f"admin:targets_{name}_assessment": Rule(judged, SEEN, instead=LED),
        f"admin:targets_{name}_assessment_read": Rule(judged),
        f"admin:targets_{name}_assessment_workbook": Rule(judged),
        f"admin:targets_{name}_revision": Rule(READ),
        f"admin:targets_{name}_revision_paper": Rule(READ),
        f"admin:targets_{name}_paper": Rule(READ),
        f"admin:targets_{name}_workbook": Rule(READ, SEEN, instead=LED),
        f"admin:targets_{name}_export": Rule(EVERYBODY),
        f"admin:targets_{name}_filters": Rule(EVERYBODY, status=LED),
        f"admin:targets_{name}_add": Rule(FILLERS, EVERYBODY, instead=LED),
    }
    return screen(f"targets.{name}", SEEN) | own


DUTY_KEEPERS = FILLERS | ADMINS | {"boss"}
REVIEWERS = OFFICES | PERFORMANCE | {"boss"}
PHRASES = {"own": people("perf"), "shared": REVIEWERS - {"far"}}
YEAR_MANAGERS = PERFORMANCE | ADMINS
CEILING_KEEPERS = PERFORMANCE | ADMINS | {"budget"}
CEILINGS = {"here": people("perf perf2 budget admin auditor root"), "elsewhere": people("root far")}
IMPORTERS = FILLERS | OFFICES | PERFORMANCE | ADMINS | {"budget"}

GIVES_BACK = frozenset({"admin:targets_importbatch_annotated"})
"""A person's own file comes back, whatever he wrote in it."""

GET: dict[str, Rule] = {
    "public:list": Rule(THE_WORLD),
    "public:form": Rule(ITEMS, outsiders=MISSING),
    "public:workbook": Rule(ITEMS, outsiders=MISSING),
    "admin:login": Rule(WITHOUT_A_ROLE, EVERYBODY, instead=LED),
    "admin:logout": Rule(EVERYBODY, status=NOT_READ),
    "admin:index": Rule(EVERYBODY),
    "admin:password_change": Rule(EVERYBODY),
    "admin:password_change_done": Rule(EVERYBODY),
    "admin:jsi18n": Rule(EVERYBODY),
    "admin:autocomplete": Rule(people(""), EVERYBODY),  # of nothing; with what may be searched: see below
    "admin:view_on_site": Rule(people("")),
    "admin:app_list": Rule(EVERYBODY, status=LED),
    "admin/(?P<url>.*)$": Rule(people("")),
    "admin:targets_setup": Rule(people("root")),
    "admin:targets_basics": Rule(ADMINS),
    **screen("departments.division", OURS_AND_THEIRS, lists=OVERSEERS, adds=people("root")),
    **screen("departments.department", {name: SEEN[name] for name in MARKS}),
    **tables("departments.department"),
    **screen("departments.office", OFFICES_SEEN),
    **tables("departments.office"),
    **screen("departments.duty", {name: SEEN[name] for name in MARKS}, adds=DUTY_KEEPERS),
    **tables("departments.duty", imports=DUTY_KEEPERS),
    **screen("departments.person", ACCOUNTS, lists=OVERSEERS),
    "admin:auth_user_password_change": Rule(
        {
            "filler": people("admin root"),
            "root": people("root"),
            "nobody": people("root"),
            "far": people("root far"),
        },
        ACCOUNTS,
    ),
    **screen("departments.membership", POSTS, lists=OVERSEERS),
    **tables("departments.membership", exports=OVERSEERS),
    **screen("departments.deputation", OURS_AND_THEIRS, lists=OVERSEERS),
    "admin:departments_deputation_own": Rule(EVERYBODY),
    **screen("targets.budgetyear", YEARS, lists=YEAR_MANAGERS | {"auditor"}, adds=YEAR_MANAGERS),
    **screen("targets.campaign", YEARS, lists=YEAR_MANAGERS | {"auditor"}, adds=YEAR_MANAGERS),
    **forms("budgetproject", ATTACHED, JUDGED),
    **forms("departmentplan", NOBODYS, NOBODYS),
    "admin:targets_copy": Rule(FILLERS),
    "admin:targets_day_summary": Rule(people("filler sibling stranger boss")),
    "admin:targets_day_letter": Rule(FILLERS | {"boss"}),
    "admin:targets_day": Rule(FILLERS | {"boss"}),
    "admin:targets_feedback": Rule(EVERYBODY),
    "admin:targets_feedback_workbook": Rule(EVERYBODY, status=LED),  # nothing was sent to anybody yet
    **screen("targets.stockphrase", PHRASES, lists=REVIEWERS, adds=REVIEWERS),
    "admin:targets_approve": Rule(PERFORMANCE | {"budget"}),
    "admin:targets_decisions": Rule(FILLERS | REVIEWERS | {"budget"}),
    "admin:targets_decision": Rule({"own": people("perf"), "held": people("perf")}),
    "admin:targets_held": Rule(OFFICES | PERFORMANCE | {"budget"}),
    "admin:targets_released": Rule({"own": people("perf")}),
    "admin:targets_library": Rule(EVERYBODY),
    "admin:targets_library_suggest": Rule(EVERYBODY),
    **screen("targets.libraryindicator", YEARS, lists=YEAR_MANAGERS | {"auditor"}, adds=PERFORMANCE),
    **tables("targets.libraryindicator", imports=PERFORMANCE, exports=YEAR_MANAGERS | {"auditor"}),
    "admin:targets_libraryindicator_build": Rule(PERFORMANCE, status=LED),
    "admin:targets_adopt": Rule(ADMINS),
    "admin:targets_opening": Rule(PERFORMANCE),
    **screen("targets.ceiling", CEILINGS, lists=CEILING_KEEPERS | {"auditor"}, adds=CEILING_KEEPERS),
    **tables("targets.ceiling", imports=CEILING_KEEPERS, exports=CEILING_KEEPERS | {"auditor"}),
    "admin:targets_ceiling_returns": Rule(PERFORMANCE | {"budget"}),
    "admin:targets_trail": Rule(OVERSEERS),
    "admin:targets_waivers": Rule(PERFORMANCE),
    "admin:targets_blanks": Rule(IMPORTERS),
    **screen("targets.importbatch", BATCHES, lists=IMPORTERS, adds=people("")),
    "admin:targets_importbatch_change": Rule(  # what is not stored yet leads its uploader back to the preview
        BATCHES | {"filler": people("admin root"), "office": people("admin root")},
        BATCHES,
        instead=LED,
    ),
    "admin:targets_importbatch_upload": Rule(IMPORTERS),
    "admin:targets_importbatch_preview": Rule(
        UPLOADS | {"stored": people(""), "reading": people("")}, UPLOADS, instead=LED
    ),
    "admin:targets_importbatch_problems": Rule(UPLOADS),
    "admin:targets_importbatch_annotated": Rule(UPLOADS),
    "admin:targets_importbatch_confirm": Rule(EVERYBODY, status=NOT_READ),
    "admin:targets_importbatch_discard": Rule(EVERYBODY, status=NOT_READ),
    "admin:targets_importbatch_cancel": Rule(EVERYBODY, status=NOT_READ),
    "admin:targets_importbatch_undo": Rule(EVERYBODY, status=NOT_READ),
    **screen("targets.disclosure", SETS, adds=PERFORMANCE),
    "admin:targets_disclosure_choose": Rule(MAKES_SETS, SETS, instead=LED),
    "admin:targets_disclosure_publish": Rule(MAKES_SETS, SETS, instead=LED),
    "admin:targets_disclosure_offer_foreword": Rule(SETS, status=NOT_READ),
    "admin:targets_disclosure_report": Rule(SETS, status=NOT_READ),
    "admin:targets_disclosure_preview": Rule(UNPUBLISHED, SETS, instead=LED),
    "admin:targets_disclosure_preview_form": Rule(  # there is nothing in the set elsewhere
        UNPUBLISHED | {"elsewhere": people("")}, SETS | {"elsewhere": people("")}, instead=LED
    ),
}

# Deeds: address, sample and what is sent → who thereby changes anything. Nobody else does, whatever he is answered.
DEEDS: dict[tuple[str, str, str], Names] = {
    ("admin:targets_budgetproject_change", "school", "edit"): people("filler"),
    ("admin:targets_departmentplan_change", "school", "edit"): people("filler"),
    ("admin:targets_budgetproject_change", "sent", "edit"): people(""),
    ("admin:targets_budgetproject_add", "", "new"): people("filler"),
    ("admin:targets_budgetproject_step", "school", "submit"): people("filler"),
    ("admin:targets_budgetproject_before", "school", "nothing"): people(""),  # without the text that was looked over
    ("admin:targets_budgetproject_before", "school", "looked over"): people("filler"),
    ("admin:targets_budgetproject_before", "sent", "looked over"): people(""),
    ("admin:targets_budgetproject_step", "school", "void"): people("boss admin root"),
    ("admin:targets_budgetproject_step", "kindergarten", "submit"): people("sibling"),
    ("admin:targets_budgetproject_step", "elsewhere", "submit"): people(""),
    ("admin:targets_budgetproject_step", "sent", "forward"): people("office"),
    ("admin:targets_budgetproject_step", "sent", "return"): people("office"),
    ("admin:targets_budgetproject_step", "sent", "reject"): people("office"),
    ("admin:targets_budgetproject_step", "sent", "pass"): people(""),
    ("admin:targets_budgetproject_step", "sent", "withdraw"): people(""),
    ("admin:targets_budgetproject_step", "school", "open_alone"): people("perf perf2"),
    ("admin:targets_opening", "", "open"): people("perf perf2"),
    ("admin:targets_ceiling_change", "here", "ceiling"): people("perf perf2 budget admin root"),
    ("admin:targets_ceiling_delete", "here", "delete"): people(""),
    ("admin:targets_ceiling_returns", "", "by ceiling"): people("perf perf2 budget"),
    ("admin:targets_budgetproject_step", "off ceiling", "return_by_ceiling"): people("perf perf2 budget"),
    ("admin:targets_budgetproject_step", "sent", "return_by_ceiling"): people(""),
    ("admin:targets_budgetproject_step", "prepared", "ask_adjustment"): people(""),
    ("admin:targets_budgetproject_step", "sent", "request_return"): people("filler"),
    ("admin:targets_budgetproject_step", "sent", "refuse_request"): people(""),
    ("admin:targets_budgetproject_step", "asked back", "refuse_request"): people("office"),
    ("admin:targets_budgetproject_step", "asked back", "return"): people("office"),
    ("admin:targets_budgetproject_step", "passed", "approve"): people("perf perf2 budget"),
    ("admin:targets_budgetproject_step", "passed", "return"): people("perf perf2"),
    ("admin:targets_budgetproject_step", "prepared", "adjust"): people("filler"),
    ("admin:targets_budgetproject_step", "adjusting", "abandon"): people("filler"),
    ("admin:targets_budgetproject_waive", "school", "refuse"): people("perf perf2"),
    ("admin:targets_budgetproject_attach", "school", "paper"): people("filler"),
    ("admin:targets_budgetproject_attach", "sent", "paper"): people(""),
    ("admin:targets_budgetproject_detach", "school", "nothing"): people("filler"),
    ("admin:targets_budgetproject_detach", "sent", "nothing"): people(""),
    ("admin:targets_budgetproject_remark", "school", "remark"): people(""),
    ("admin:targets_budgetproject_remark", "sent", "remark"): people("office"),
    ("admin:targets_budgetproject_looked", "school", "look"): people(""),
    ("admin:targets_budgetproject_looked", "sent", "look"): people("boss office perf perf2"),
    ("admin:targets_budgetproject_remark", "passed", "remark"): people("perf perf2"),
    ("admin:targets_budgetproject_assessment", "school", "judge"): people(""),
    ("admin:targets_budgetproject_assessment", "sent", "judge"): people("office"),
    ("admin:targets_budgetproject_assessment", "passed", "judge"): people("perf perf2"),
    ("admin:targets_budgetproject_assessment", "sent", "key"): people("office perf perf2"),
    ("admin:targets_budgetproject_assessment", "elsewhere", "key"): people("far"),
    ("admin:targets_budgetproject_assessment_read", "sent", "judge"): people(""),
    ("admin:targets_budgetproject_changelist", "", "key projects"): people("perf perf2"),
    ("admin:targets_stockphrase_change", "own", "phrase"): people("perf"),
    ("admin:targets_stockphrase_change", "shared", "phrase"): people("perf perf2"),
    ("admin:targets_waivers", "", "refuse"): people("perf perf2"),
    ("admin:targets_approve", "", "approve"): people("perf perf2 budget"),
    ("admin:targets_decision", "own", "ask for more"): people("perf"),
    ("admin:targets_decision", "own", "confirm many"): people("perf"),
    ("admin:targets_held", "", "release"): people("perf perf2 budget"),
    ("admin:targets_held", "", "take back"): people("perf perf2 budget"),
    ("admin:targets_held", "", "set a day"): people("perf perf2 budget"),
    ("admin:targets_released", "own", "nothing"): people(""),  # it is over
    ("admin:targets_budgetproject_changelist", "", "choose many"): people("filler boss office perf perf2 budget"),
    ("admin:targets_libraryindicator_build", "", "nothing"): people("perf perf2"),
    ("admin:targets_libraryindicator_change", "here", "indicator"): people("perf perf2"),
    ("admin:targets_libraryindicator_changelist", "", "accept"): people("perf perf2"),
    ("admin:targets_libraryindicator_delete", "here", "delete"): people(""),
    ("admin:targets_adopt", "", "adopt"): people("admin root"),
    ("admin:targets_copy", "", "copy"): people("filler"),
    ("admin:targets_day", "", "send many"): people("filler"),
    ("admin:targets_day", "", "forward many"): people("boss"),
    ("admin:targets_feedback", "", "answers"): people("filler"),
    ("admin:targets_budgetproject_filters", "", "filter"): EVERYBODY,  # of one's own
    ("admin:targets_departmentplan_filters", "", "filter"): EVERYBODY,
    ("admin:targets_budgetproject_filters", "", "another's filter"): people("perf"),
    ("admin:targets_budgetproject_renewed", "school", "renewed"): people("filler"),
    ("admin:targets_budgetproject_delete", "school", "delete"): people(""),
    ("admin:targets_importbatch_confirm", "filler", "import"): people("filler"),
    ("admin:targets_importbatch_confirm", "office", "import"): people("office"),
    ("admin:targets_importbatch_discard", "filler", "nothing"): people("filler"),
    ("admin:targets_importbatch_undo", "stored", "nothing"): people("filler admin root"),
    ("admin:targets_importbatch_cancel", "reading", "nothing"): people("filler admin root"),
    ("admin:targets_importbatch_cancel", "stored", "nothing"): people(""),
    ("admin:targets_importbatch_delete", "filler", "delete"): people(""),
    ("admin:targets_disclosure_choose", "prepared", "nothing"): people("perf perf2"),
    ("admin:targets_disclosure_choose", "published", "nothing"): people(""),
    ("admin:targets_disclosure_offer_foreword", "prepared", "nothing"): people("perf perf2"),
    ("admin:targets_disclosure_report", "prepared", "report"): people("perf perf2"),
    ("admin:targets_disclosure_publish", "prepared", "nothing"): people("perf perf2"),
    ("admin:targets_disclosure_publish", "published", "nothing"): people(""),
    ("admin:targets_disclosure_change", "prepared", "reword"): people("perf perf2"),
    ("admin:targets_disclosure_change", "published", "reword"): people(""),
    ("admin:targets_disclosure_delete", "prepared", "delete"): people(""),
    ("admin:departments_division_change", "here", "division"): people("admin root"),
    ("admin:departments_division_add", "", "new division"): people("root"),
    ("admin:departments_duty_change", "school", "duty"): people("filler boss admin root"),
    ("admin:departments_duty_delete", "school", "delete"): people(""),
    ("admin:departments_person_delete", "nobody", "delete"): people(""),
    ("admin:auth_user_password_change", "filler", "password"): people("admin root"),
    ("admin:auth_user_password_change", "root", "password"): people("root"),
    ("admin:departments_membership_add", "", "post"): people("admin root"),
    ("admin:departments_membership_change", "filler", "post"): people("admin root"),
    ("admin:departments_deputation_add", "", "deputation"): people("admin root"),
    ("admin:departments_deputation_changelist", "", "end deputations"): people("admin root"),
    ("admin:departments_deputation_delete", "here", "delete"): people(""),
    ("admin:departments_deputation_own", "", "stand in"): people("office other_office perf budget"),
    ("admin:departments_deputation_own", "", "end"): people("filler"),
    ("admin:targets_campaign_change", "here", "round"): people("perf perf2 admin root"),
    ("admin:targets_setup", "", "setup"): people("root"),
}
