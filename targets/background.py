"""What guards ask about forms besides the forms themselves."""

from collections.abc import Mapping, Sequence
from functools import cached_property

from targets.ceilings import off_ceilings
from targets.domain.signature import Signature
from targets.domain.steps import ASK_ADJUSTMENT, OFFICE_REVIEW, REFUSE_REQUEST, REQUEST_RETURN
from targets.findings import Judged, Years, judge, waivers_of
from targets.models import Assessment, Declaration, Indicator, Remark, ReviewEvent
from targets.models.assessment import LEVEL_AT
from targets.models.authorship import authorship_of, awaiting_confirmation


class Background:
    """Each question is put to the tables once, for all the forms, when a guard first asks it of one of them.

    So one form costs what its step's guards need, and a thousand cost no more statements than one.
    """

    def __init__(
        self,
        forms: Sequence[Declaration],
        judged: Mapping[int, list[Judged]] | None = None,
        events: Sequence[ReviewEvent] | None = None,
        authorship: Mapping[int, set[Signature]] | None = None,
    ) -> None:
        """Each of these where it is known already."""
        self._forms = forms
        self._ids = [form.pk for form in forms]
        if judged is not None:
            self.judged = judged
        if events is not None:
            self.events = events
        if authorship is not None:
            self.authorship = authorship

    @cached_property
    def judged(self) -> Mapping[int, list[Judged]]:
        rows, waivers, years = Indicator.objects.rows_of(self._ids), waivers_of(self._ids), Years()
        return {
            form.pk: judge(form.record(line.row for line in rows[form.pk]), years.rules_of(form), waivers[form.pk])
            for form in self._forms
        }

    @cached_property
    def authorship(self) -> Mapping[int, set[Signature]]:
        return authorship_of(self._forms)

    @cached_property
    def awaiting_confirmation(self) -> set[int]:
        return awaiting_confirmation(self._forms)

    @cached_property
    def events(self) -> Sequence[ReviewEvent]:
        """Every step taken on them, in order."""
        events = ReviewEvent.objects.filter(declaration__in=self._ids).order_by("number")
        who = ("person_id", "person_name", "stood_in_for_id", "stood_in_for_name")
        what = ("declaration_id", "number", "version", "from_state", "to_state", "step", "opinion", "at")
        return list(events.only(*what, *who))

    @cached_property
    def requests(self) -> Mapping[int, ReviewEvent]:
        """申请退回 that waits for an answer, by form (as `ReviewEvent.objects.open_requests`)."""
        found: dict[int, ReviewEvent] = {}
        for event in self.events:
            if event.step == REQUEST_RETURN:
                found[event.declaration_id] = event
            elif event.step == REFUSE_REQUEST or event.from_state != event.to_state:
                found.pop(event.declaration_id, None)
        return found

    @cached_property
    def asked_adjustments(self) -> Mapping[int, ReviewEvent]:
        """按控制数要求调整 that the unit has not followed yet, by form (as `ReviewEvent.objects.open_asks`)."""
        found: dict[int, ReviewEvent] = {}
        for event in self.events:
            if event.step == ASK_ADJUSTMENT:
                found[event.declaration_id] = event
            elif event.from_state != event.to_state:
                found.pop(event.declaration_id, None)
        return found

    @cached_property
    def last_steps(self) -> Mapping[int, str]:
        """Slug of the last step taken, by form; nothing for one that never took any."""
        return {event.declaration_id: event.step for event in self.events}

    @cached_property
    def first_signers(self) -> Mapping[int, Signature]:
        """Who last passed the form's present version on from 业务科室."""
        versions = {form.pk: form.version for form in self._forms}
        return {
            event.declaration_id: event.signature
            for event in self.events
            if (event.version, event.from_state, event.step)
            == (versions[event.declaration_id], OFFICE_REVIEW, "forward")
        }

    @cached_property
    def off_ceilings(self) -> Mapping[int, list[str]]:
        """Forms whose money does not agree with their 控制数, with why."""
        return off_ceilings(self._ids)

    @cached_property
    def unanswered_musts(self) -> Mapping[int, list[Remark]]:
        found: dict[int, list[Remark]] = {pk: [] for pk in self._ids}
        for remark in Remark.objects.filter(declaration__in=self._ids).unanswered_musts():
            found[remark.declaration_id].append(remark)
        return found

    @cached_property
    def remarked(self) -> set[int]:
        """Forms of which something is said that its reviewer has not accepted."""
        remarks = Remark.objects.filter(declaration__in=self._ids).exclude(state=Remark.State.ACCEPTED)
        return set(remarks.order_by().values_list("declaration", flat=True))

    @cached_property
    def assessments(self) -> Mapping[int, Assessment]:
        """审核表 by form: complete, of the text as it stands, and not yet taken along by a step."""
        drafts = Assessment.objects.filter(declaration__in=self._ids, event=None)
        found = {(one.declaration_id, one.level): one for one in drafts}
        own = {form.pk: found.get((form.pk, LEVEL_AT.get(form.state, ""))) for form in self._forms}
        return {form.pk: draft for form in self._forms if (draft := own[form.pk]) and draft.is_ready(form)}
