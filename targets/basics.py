"""导入基础数据: entries of a reference file against what is stored: what would be added and changed, then stored at once."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import DatabaseError, models, transaction
from django.utils import timezone

from departments.change_log import changed, in_words, note
from departments.models import Division, Office, Person
from departments.roles import ADMIN
from targets.basics_file import (
    KINDS,
    BasicsRefused,
    Item,
    Key,
    Kind,
    field_label,
    is_reference,
    read_items,
    reference,
    shortened,
)
from targets.models import BudgetYear
from targets.tasks import recheck_year

CREATE, UPDATE, UNCHANGED = "新增", "更新", "无变化"
SMALL_AT_MOST = 32767
"""What both databases can hold in a small column; SQLite alone would take more."""


class Follows(Exception):
    """The entry belongs to one that was refused: told once, there."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Line:
    """What becomes of one entry."""

    place: int
    kind: str
    title: str
    action: str
    changes: tuple[FieldChange, ...] = ()


@dataclass(slots=True)
class Outcome:
    """`problems` stop the whole file; without them `lines` is what would be (or was) stored."""

    lines: list[Line] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def count(self, action: str) -> int:
        return sum(line.action == action for line in self.lines)

    @property
    def created(self) -> int:
        return self.count(CREATE)

    @property
    def updated(self) -> int:
        return self.count(UPDATE)

    @property
    def unchanged(self) -> int:
        return self.count(UNCHANGED)

    @property
    def shown(self) -> list[Line]:
        return [line for line in self.lines if line.action != UNCHANGED]

    @property
    def digest(self) -> str:
        """Names exactly this outcome, so that a confirmation holds only for what was shown."""
        return hashlib.sha256(repr(self.lines).encode()).hexdigest()


def preview_basics(content: bytes, *, by: Person) -> Outcome:
    """What the file would do. Nothing remains: it is tried in a transaction that is rolled back."""
    return _run(content, by=by, confirmed=None)


def store_basics(content: bytes, *, by: Person, confirmed: str) -> Outcome:
    """Store the file in one transaction if it still does what was shown (`confirmed` is that outcome's digest)."""
    return _run(content, by=by, confirmed=confirmed)


def add_missing(content: bytes) -> Outcome:
    """For set-up: store what is not there yet and leave alone what somebody may have changed since."""
    with transaction.atomic():
        loading = Loading(read_items(content), None, only_new=True)
        outcome = loading.run()
        if outcome.problems:
            raise BasicsRefused(outcome.problems)
    return outcome


def _run(content: bytes, *, by: Person, confirmed: str | None) -> Outcome:
    try:
        items = read_items(content)
    except BasicsRefused as refusal:
        return Outcome(problems=refusal.sentences)
    try:
        with transaction.atomic():
            outcome = Loading(items, by).run()
            if not outcome.problems and confirmed not in (None, outcome.digest):
                outcome.problems = ["预览之后基础数据有了变化，没有写入。请重新核对下面的内容后再确认。"]
            if outcome.problems or confirmed is None:
                transaction.set_rollback(True)
    except DatabaseError:
        return Outcome(problems=["有的数据互相冲突，数据库没有接受，没有写入任何数据。请核对代码和名称是否重复。"])
    return outcome


class Loading:
    """One pass over the entries in the order of KINDS; an office that a department names may come later in the file."""

    def __init__(self, items: Sequence[Item], by: Person | None, *, only_new: bool = False) -> None:
        order = {name: place for place, name in enumerate(KINDS)}
        self.items = sorted(items, key=lambda item: (order[item.kind.name], bool(item.values.get("parent"))))
        self.by = by
        self.only_new = only_new
        self.coming = {(item.kind.name, item.key) for item in items}
        self.known = _stored({item.key[0] for item in items})
        self.outcome = Outcome()
        self.waiting: list[tuple[Item, tuple[str, Key]]] = []
        self.left_out: list[Item] = []
        self.years: set[int] = set()

    def run(self) -> Outcome:
        allowed = self._divisions()
        for item in self.items:
            if allowed is not None and item.key[0] not in allowed:
                self.outcome.problems.append(f"{item.title}：区划“{item.key[0]}”不归您管理，不能导入。请删去这一条。")
                continue
            self._take(item)
        for item, office in self.waiting:
            instance = self.known.get((item.kind.name, item.key))
            if instance is not None and office in self.known:
                instance.business_office = self.known[office]
                self._save(item, instance)
        if self.left_out and not self.outcome.problems:
            self.outcome.problems.append(f"{self.left_out[0].title}：文件中的上下级互相指向，请核对。")
        self.outcome.problems = shortened(self.outcome.problems)
        self.outcome.lines.sort(key=lambda line: line.place)
        if not self.outcome.problems:
            for year in self.years:
                transaction.on_commit(partial(recheck_year.enqueue, year))
        return self.outcome

    def _divisions(self) -> set[str] | None:
        """Codes of the divisions the person manages; None for all."""
        if self.by is None or self.by.is_superuser:
            return None
        managed = Division.objects.filter(departments__in=self.by.scope.reach(ADMIN))
        return set(managed.values_list("code", flat=True))

    def _take(self, item: Item) -> None:
        stored = self.known.get((item.kind.name, item.key))
        if stored is not None and self.only_new:
            self.outcome.lines.append(Line(item.place, item.kind.label, str(stored), UNCHANGED))
            return
        instance = stored if stored is not None else item.kind.model()
        try:
            changes, faults = self._fill(item, instance, is_new=stored is None)
        except Follows:
            self.left_out.append(item)
            return
        if faults:
            self.outcome.problems += faults
            return
        if stored is None or changes:
            if not self._save(item, instance):
                return
            self.known[item.kind.name, item.key] = instance
            if self.by is not None:
                told = [
                    f"{one.label}：{one.new}" if stored is None else changed(one.label, one.old, one.new)
                    for one in changes
                ]
                note(self.by, [instance], f"导入基础数据：{'；'.join(told)}", is_new=stored is None)
        action = CREATE if stored is None else UPDATE if changes else UNCHANGED
        self.outcome.lines.append(Line(item.place, item.kind.label, str(instance), action, tuple(changes)))

    def _fill(self, item: Item, instance: Any, *, is_new: bool) -> tuple[list[FieldChange], list[str]]:
        changes: list[FieldChange] = []
        faults: list[str] = []
        for name, raw in item.values.items():
            spec = item.kind.model._meta.get_field(name)
            assert isinstance(spec, models.Field)  # noqa: S101 - read_items let nothing else pass
            label = str(spec.verbose_name)
            if self._must_wait(item, name, raw):
                changes.append(FieldChange(label, _shown(spec, getattr(instance, name)), str(raw[-1])))
                continue
            try:
                value = self._linked(item, spec, raw) if isinstance(spec, models.ForeignKey) else _value(spec, raw)
            except ValidationError as fault:
                faults += [f"{item.title} {label}：{message}" for message in fault.messages]
                continue
            old = None if is_new else getattr(instance, name)
            if is_new or old != value:
                setattr(instance, name, value)
                if value not in (None, "", []) or not is_new:
                    changes.append(FieldChange(label, "" if is_new else _shown(spec, old), _shown(spec, value)))
        return changes, faults

    def _must_wait(self, item: Item, name: str, raw: Any) -> bool:
        """An office that comes with the same file exists only after its departments."""
        address = (Office._meta.label_lower, reference(raw))
        if name != "business_office" or address in self.known or address not in self.coming:
            return False
        self.waiting.append((item, address))
        return True

    def _linked(self, item: Item, spec: models.ForeignKey[Any, Any], raw: Any) -> Any:
        if raw is None:
            return None
        if not is_reference(raw):
            raise ValidationError("须用代码和名称指明，不能用内部编号，请改正。")
        address = (spec.related_model._meta.label_lower, reference(raw))
        found = self.known.get(address)
        if found is None and address in self.coming:
            raise Follows
        if found is None:
            raise ValidationError(
                f"找不到“{'/'.join(part for part in reference(raw) if part)}”，请核对或一并写入文件。"
            )
        return found

    def _save(self, item: Item, instance: Any) -> bool:
        try:
            instance.full_clean()
        except ValidationError as fault:
            self.outcome.problems += _sentences(item, fault)
            return False
        with transaction.atomic():
            instance.save()
        year = instance if isinstance(instance, BudgetYear) else getattr(instance, "budget_year", None)
        if year is not None:
            self.years.add(year.pk)
        return True


def _stored(divisions: set[str]) -> dict[tuple[str, Key], Any]:
    """Everything of these divisions by its key; one query for each kind."""
    found: dict[tuple[str, Key], Any] = {}
    for kind in KINDS.values():
        things = kind.model._default_manager.filter(**{f"{_division_path(kind)}__in": divisions})
        for thing in things.select_related(*kind.loaded) if kind.loaded else things:
            found[kind.name, kind.key_of(thing)] = thing
    return found


def _division_path(kind: Kind) -> str:
    """code · division__code · department__division__code …: the way to the first part of the key."""
    path: list[str] = []
    model: Any = kind.model
    while True:
        first = KINDS[model._meta.label_lower].key[0]
        path.append(first)
        spec = model._meta.get_field(first)
        if not spec.is_relation:
            return "__".join(path)
        model = spec.related_model


def _value(spec: models.Field[Any, Any], raw: Any) -> Any:
    if raw is None or isinstance(spec, models.JSONField):
        return raw
    if isinstance(spec, models.CharField | models.TextField) and not isinstance(raw, str):
        raise ValidationError("应是文字，请加上引号。")
    if isinstance(spec, models.IntegerField) and (isinstance(raw, bool) or not isinstance(raw, int)):
        raise ValidationError("应是整数，请改正。")
    if isinstance(spec, models.PositiveSmallIntegerField) and not 0 <= raw <= SMALL_AT_MOST:
        raise ValidationError(f"应在0到{SMALL_AT_MOST}之间，请改正。")
    if isinstance(spec, models.BooleanField) and not isinstance(raw, bool):
        raise ValidationError("只能是 true 或 false，请改正。")
    try:
        value = spec.to_python(raw)
        if isinstance(value, datetime):
            aware = timezone.make_aware(value) if timezone.is_naive(value) else value
            return aware.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise ValidationError(f"“{str(raw)[:40]}”不能用在这一栏，请改正。") from None
    return value


def _shown(spec: models.Field[Any, Any], value: Any) -> str:
    return in_words(value, spec.flatchoices or ())


def _sentences(item: Item, fault: ValidationError) -> list[str]:
    said = []
    for name, messages in fault.message_dict.items():
        label = "" if name == NON_FIELD_ERRORS else f" {field_label(item.kind.model, name)}"
        said += [f"{item.title}{label}：{message}" for message in messages]
    return said
