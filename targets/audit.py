"""Who did what when: revisions, steps, log-ins, refused steps and changed data as one list, newest first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import BigIntegerField, CharField, F, Model, PositiveIntegerField, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from departments.models import Department, Person
from departments.roles import ADMIN, AUDITOR
from targets.domain.steps import STEPS
from targets.models import AccessRecord, ReviewEvent, Revision

REVISION, EVENT, ACCESS, DATA = "revision", "event", "access", "data"
TEXT, NOTHING = Value("", CharField()), Value(0, PositiveIntegerField())
NO_TEXT, NO_FORM = Cast(Value(None), CharField()), Cast(Value(None), BigIntegerField())
OF_A_FORM = {
    "unit": F("declaration__unit__name"),
    "form": F("declaration_id"),
    "kind": F("declaration__kind"),
    "title": F("declaration__title"),
    "about": NOTHING,
}


@dataclass(frozen=True, slots=True)
class Source:
    """One table of the list: the fields in which it holds what the list shows."""

    model: type[Model]
    at: str
    deed: str
    who: str
    account: str
    said: str
    absent: str = ""
    """Where the name of the person stood in for is; such rows exist of revisions and steps."""
    columns: dict[str, Any] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.who, self.account, self.absent)))


def _of_form(number: str) -> dict[str, Any]:
    return {**OF_A_FORM, "number": F(number), "address": TEXT}


SOURCES: dict[str, Source] = {
    REVISION: Source(
        *(Revision, "created_at", "reason", "author_name", "author__username", "note", "stood_in_for_name"),
        columns=_of_form("number"),
    ),
    EVENT: Source(
        *(ReviewEvent, "at", "step", "person_name", "person__username", "opinion", "stood_in_for_name"),
        columns=_of_form("revision__number"),
    ),
    ACCESS: Source(
        *(AccessRecord, "at", "deed", "person_name", "username", "sentence"),
        columns={**OF_A_FORM, "number": NOTHING, "address": F("address")},
    ),
    DATA: Source(
        *(LogEntry, "action_time", "action_flag", "user__name", "user__username", "change_message"),
        columns={
            "unit": NO_TEXT,
            "form": NO_FORM,
            "kind": NO_TEXT,
            "title": Cast("object_repr", CharField()),
            "number": NOTHING,
            "address": TEXT,
            "about": Coalesce("content_type_id", NOTHING, output_field=PositiveIntegerField()),
        },
    ),
}


def _steps() -> dict[str, str]:
    """Slug → words; steps of one slug at two levels have two."""
    words: dict[str, list[str]] = {}
    for step in STEPS:
        words.setdefault(step.slug, []).append(step.label)
    return {slug: "／".join(dict.fromkeys(labels)) for slug, labels in words.items()}


DEEDS: dict[str, tuple[str, dict[str, str]]] = {
    REVISION: ("修改", {str(value): str(label) for value, label in Revision.Reason.choices}),
    EVENT: ("办理", _steps()),
    ACCESS: ("进出和被拒", {str(value): str(label) for value, label in AccessRecord.Deed.choices}),
    DATA: ("数据维护", {str(ADDITION): "新增", str(CHANGE): "修改", str(DELETION): "删除"}),
}
"""Source → how its deeds are called together, and each of them by its code."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for; `deed` is a source, or source:code."""

    person: str = ""
    unit: str = ""
    since: date | None = None
    until: date | None = None
    deed: str = ""


@dataclass(frozen=True, slots=True)
class Deed:
    """One line of the list."""

    at: datetime
    source: str
    pk: int
    code: str
    who: str
    account: str
    absent: str
    unit: str | None
    form: int | None
    kind: str | None
    title: str | None
    said: str
    number: int
    address: str
    about: int
    """Of changed data: the kind of thing (a content type)."""

    @property
    def label(self) -> str:
        if self.source == DATA:
            kind = ContentType.objects.get_for_id(self.about).model_class() if self.about else None
            return f"{DEEDS[DATA][1][self.code]}{kind._meta.verbose_name if kind else ''}"
        words = DEEDS[self.source][1].get(self.code, self.code)
        return f"修改（{words}）" if self.source == REVISION else words


NAMES = tuple(one.name for one in fields(Deed))


def may_audit(user: Person) -> bool:
    return user.is_superuser or user.scope.holds(ADMIN, AUDITOR)


def found(asked: Asked, user: Person) -> QuerySet[Any]:
    """Tuples of `NAMES`, newest first; two queries however many there are: one to count, one for a page."""
    wanted, _, code = asked.deed.partition(":")
    first, *others = (_rows(name, asked, code, user) for name in SOURCES if wanted in ("", name))
    return (first.union(*others, all=True) if others else first).order_by("-t_at", "-t_source", "-t_pk")


def told(rows: Iterable[tuple[Any, ...]]) -> Iterator[Deed]:
    return (Deed(*row) for row in rows)


def _rows(name: str, asked: Asked, code: str, user: Person) -> QuerySet[Any]:
    source = SOURCES[name]
    rows = _seen(name, source.model._default_manager.order_by(), user)
    if code:
        rows = rows.filter(**{source.deed: code})
    for word in asked.person.split():
        by_name = [Q(**{f"{field_name}__icontains": word}) for field_name in source.names]
        if name == DATA:  # whose deputy it was stands in the words
            by_name.append(Q(change_message__icontains=f"（代{word}"))
        rows = rows.filter(reduce(or_, by_name))
    if asked.unit:
        rows = rows.filter(_of_unit(name, asked.unit))
    if asked.since:
        rows = rows.filter(**{f"{source.at}__gte": _midnight(asked.since)})
    if asked.until:
        rows = rows.filter(**{f"{source.at}__lt": _midnight(asked.until + timedelta(days=1))})
    columns = {
        "at": F(source.at),
        "source": Value(name, CharField()),
        "pk": F("pk"),
        "code": Cast(source.deed, CharField()),
        "who": F(source.who),
        "account": F(source.account),
        "absent": F(source.absent) if source.absent else TEXT,
        "said": Cast(source.said, TextField()),
        **source.columns,
    }
    named = {f"t_{one}": columns[one] for one in NAMES}
    return rows.annotate(**named).values_list(*named)


def _seen(name: str, rows: QuerySet[Any], user: Person) -> QuerySet[Any]:
    """Of the divisions that he runs or audits, whatever else he sees."""
    if name == ACCESS:
        return AccessRecord.objects.visible_to(user).order_by()
    if name == DATA:
        people = Person.objects.watched_by(user).order_by().values("pk")
        return LogEntry.objects.filter(user__in=people).order_by()
    return rows if user.is_superuser else rows.filter(declaration__unit__in=user.scope.reach(ADMIN, AUDITOR))


def _of_unit(name: str, words: str) -> Q:
    """A form's by its unit or department, a coming or going by where the person holds or held a post, changed data also by its own name."""
    called = Q(name__icontains=words) | Q(short_name__icontains=words) | Q(code=words)
    units = Department.objects.filter(called).order_by().values("pk")
    people = Person.objects.filter(memberships__department__in=units).order_by().values("pk")
    if name == DATA:
        return Q(user__in=people) | Q(object_repr__icontains=words)
    of_forms = Q(declaration__unit__in=units) | Q(declaration__department__in=units)
    if name != ACCESS:
        return of_forms
    return of_forms | Q(declaration=None, person__in=people)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
