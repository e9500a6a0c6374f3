"""What people type on the form pages: from POST to rows, from rows to edits. A row is `row=KEY` and one `KEY.field` a cell.

Cells are read plainly, without a Django field each: a plan of 49 rows has 833 of them. Text is kept as typed.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone

from departments.models import Department, Person
from departments.roles import FILLER
from targets.domain.edits import CONTINUES, EXTRA, AddRow, Change, Edit, MoveRow, RemoveRow, head_value
from targets.domain.labels import field_label
from targets.domain.record import MONEY, PLAN, PROJECT, ROW_TEXTS, IndicatorRow, Record, money_text
from targets.domain.sheets.amounts import read_amount
from targets.models import BudgetYear, Declaration, Indicator
from targets.paper import MERGEABLE, PLAN_COLUMNS, PROJECT_COLUMNS, cell_anchor, continues_above
from targets.row_buttons import ROW_BUTTONS, spread
from targets.templatetags.targets_ui import money

HEAD = {PROJECT: ("title", "code", *MONEY, "goal"), PLAN: ()}
"""Fields of the head that are typed. A plan's head is that of its unit; so is 实施单位, by which an import finds the form."""
CELLS = {
    PROJECT: tuple(column.field for column in PROJECT_COLUMNS),
    PLAN: tuple(column.field for column in PLAN_COLUMNS),
}
ONE_LINE = frozenset({"title", "code", *MONEY, "level1", "level2"})
"""Typed as one line: a line break that gets in (pasted, imported) is not kept when the cell is changed."""
ROW_KEY = re.compile(r"[0-9a-f]{8,16}")
BEFORE, AFTER = "before", "after"
"""Keys of the rows on other pages, so that they are not taken for deleted ones."""
END = "end"
"""The last field of the form: without it the rest was cut off on its way, and missing rows are not deleted rows."""

LONGEST = {
    model_field.name: model_field.max_length
    for model in (Declaration, Indicator)
    for model_field in model._meta.concrete_fields
    if model_field.max_length
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Why something typed cannot be stored, with the address of its input on the page."""

    anchor: str
    message: str


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the inputs of a form page; money as typed, in 万元."""

    kind: str
    head: Mapping[str, str]
    rows: tuple[IndicatorRow, ...]
    faults: tuple[Fault, ...] = field(default=())
    page: slice = field(default_factory=lambda: slice(None))
    """Rows with inputs on the page; the others stand as they are."""


PAGE_ROWS = 50
"""So many rows have inputs at a time where no script makes a grid of them."""


def page_from(typed: Typed, first: int) -> Typed:
    """With inputs for the rows from the `first` one (1 is the top)."""
    start = max(0, min(first - 1, len(typed.rows) - 1)) // PAGE_ROWS * PAGE_ROWS
    return replace(typed, page=slice(start, start + PAGE_ROWS))


def shown(record: Record) -> Typed:
    """What the inputs of `record` show before anybody types."""
    head = {name: head_text(record, name) for name in head_names(record)}
    return Typed(record.kind, head, record.rows)


def head_names(record: Record) -> tuple[str, ...]:
    """What of the head is typed: its fields, then the cells that have only a label."""
    return (*HEAD[record.kind], *(f"{EXTRA}{label}" for label in record.extra))


def head_text(record: Record, name: str) -> str:
    """What the input shows: amounts in 万元 with commas, more than two decimals only where two would hide something."""
    if name not in MONEY:
        return head_value(record, name)
    amount = getattr(record, name)
    return "" if amount is None else money(amount)


def is_blank(row: IndicatorRow, kind: str) -> bool:
    return not any(getattr(row, name).strip() for name in CELLS[kind] if name not in row.continues)


# From POST ------------------------------------------------------------------------------------------------------------


def is_complete(post: QueryDict) -> bool:
    return END in post


def read_typed(post: QueryDict, base: Record) -> Typed:
    """What was typed over `base`; a cell that comes back as a browser sends the stored one is the stored one."""
    head = {
        name: _typed(str(post[name]), head_text(base, name), name) if name in post else head_text(base, name)
        for name in head_names(base)
    }
    known = {row.key: row for row in base.rows}
    before, after = (
        [known[key] for key in dict.fromkeys(post.get(place, "").split()) if key in known] for place in (BEFORE, AFTER)
    )
    rows = [*before]
    for key in dict.fromkeys(post.getlist("row")):
        if key in known or ROW_KEY.fullmatch(key):
            rows.append(_read_row(post, known.get(key, IndicatorRow(key=key)), rows[-1] if rows else None, base.kind))
    typed = Typed(base.kind, head, (*rows, *after), page=slice(len(before), len(rows)))
    return replace(typed, faults=tuple(_faults(typed)))


def _read_row(post: QueryDict, old: IndicatorRow, above: IndicatorRow | None, kind: str) -> IndicatorRow:
    mergeable = MERGEABLE[kind]
    said = post.get(f"{old.key}.{CONTINUES}", "").split()
    merged = [name for name in mergeable if name in said and above is not None]
    values = {}
    for name in CELLS[kind]:
        typed = post.get(f"{old.key}.{name}")
        if name in merged and above is not None:
            values[name] = getattr(above, name)
        elif typed is not None:
            values[name] = _typed(typed, getattr(old, name), name)
    others = [name for name in old.continues if name not in mergeable]
    continues = (*merged, *others)
    return old.with_cells(**values, continues=old.continues if set(continues) == set(old.continues) else continues)


def _typed(text: str, stored: str, name: str) -> str:
    plain = _as_sent(text.replace("\x00", ""), name)
    return stored if plain == _as_sent(stored, name) else plain


def _as_sent(text: str, name: str) -> str:
    return re.sub(r"[\r\n]", "", text) if name in ONE_LINE else re.sub(r"\r\n?", "\n", text)


def _faults(typed: Typed) -> Iterator[Fault]:
    for name, text in typed.head.items():
        label = field_label(typed.kind, name)
        if name in MONEY:
            if fault := read_amount(text, "万元").fault:
                yield Fault(f"f-{name}", f"{label}：“{text}”{fault}。请只写数字（单位万元），如 494.39。")
        elif len(text) > LONGEST.get(name, len(text)):
            yield Fault(f"f-{name}", f"{label}：有{len(text)}个字，最多{LONGEST[name]}个字。请缩短。")
    for number, row in enumerate(typed.rows, start=1):
        for name in CELLS[typed.kind]:
            text = getattr(row, name)
            if name not in row.continues and len(text) > LONGEST.get(name, len(text)):
                place = f"第{number}行 {field_label(typed.kind, name)}"
                message = f"{place}：有{len(text)}个字，最多{LONGEST[name]}个字。请缩短。"
                yield Fault(cell_anchor(row.key, name), message)


# Buttons that change rows without saving ------------------------------------------------------------------------------


def press(typed: Typed, action: str, base: Record) -> Typed | None:
    """The page after a row button was pressed: `add`, `below:KEY`, `merge:KEY:FIELD` …; None when it is no such button."""
    verb, _, rest = action.partition(":")
    key, _, name = rest.partition(":")
    if verb == "theirs":
        return take_stored(typed, key, name, base)
    if verb not in ROW_BUTTONS:
        return None
    keys = [row.key for row in typed.rows]
    if key and key not in keys:
        return typed
    place = keys.index(key) if key else len(keys)
    rows = tuple(ROW_BUTTONS[verb](list(typed.rows), place, name, typed.kind))
    return replace(typed, rows=rows, page=_page_after(typed, rows))


def _page_after(typed: Typed, rows: Sequence[IndicatorRow]) -> slice:
    """Whatever has inputs keeps them, wherever it went, and so do new rows: what is typed in them is nowhere else."""
    elsewhere = {row.key for row in typed.rows} - {row.key for row in typed.rows[typed.page]}
    places = [place for place, row in enumerate(rows) if row.key not in elsewhere]
    return slice(places[0], places[-1] + 1) if places else slice(0, 0)


def take_stored(typed: Typed, key: str, name: str, base: Record) -> Typed:
    """Give up one's own words in one cell for those that are stored."""
    if not key:
        return replace(typed, head={**typed.head, name: head_text(base, name)}) if name in typed.head else typed
    stored = next((row for row in base.rows if row.key == key), None)
    if stored is None or name not in CELLS[typed.kind]:
        return typed
    rows = [row.with_cells(**{name: getattr(stored, name)}) if row.key == key else row for row in typed.rows]
    return replace(typed, rows=tuple(spread(rows, key, name)))


# To edits -------------------------------------------------------------------------------------------------------------


def edits_of(base: Record, typed: Typed) -> list[Edit]:
    """How to come from the base record to what was typed; each change says what its author saw."""
    rows = [row for row in typed.rows if row.key in {one.key for one in base.rows} or not is_blank(row, typed.kind)]
    return [*_head_edits(base, typed), *_row_edits(base, rows)]


def _head_edits(base: Record, typed: Typed) -> Iterator[Edit]:
    for name, text in typed.head.items():
        if text == head_text(base, name):
            continue
        if name in MONEY:
            old, new = money_text(getattr(base, name)), money_text(read_amount(text, "万元").value)
        else:
            old, new = head_value(base, name), text
        if old != new:
            yield Change("", name, old, new)


def _row_edits(base: Record, rows: Sequence[IndicatorRow]) -> Iterator[Edit]:
    known = {row.key: row for row in base.rows}
    kept = {row.key for row in rows}
    order = [row.key for row in base.rows if row.key in kept]
    yield from (RemoveRow(row.key, seen=row) for row in base.rows if row.key not in kept)
    before = dict(zip([row.key for row in base.rows], ["", *(row.key for row in base.rows)], strict=False))
    above: IndicatorRow | None = None
    for place, row in enumerate(rows):
        after = above.key if above else ""
        true = row.with_cells(continues=tuple(one for one in row.continues if _is_true(row, above, one, base.kind)))
        if row.key not in known:
            order.insert(place, row.key)
            yield AddRow(true, after)
        else:
            if order[place] != row.key:
                order.remove(row.key)
                order.insert(place, row.key)
                yield MoveRow(row.key, after)
            yield from _cell_edits(known[row.key], true, stays=before[row.key] == after)
        above = row


def _is_true(row: IndicatorRow, above: IndicatorRow | None, name: str, kind: str) -> bool:
    return name not in MERGEABLE[kind] or name in continues_above(row, above, (name,))


def _cell_edits(old: IndicatorRow, new: IndicatorRow, *, stays: bool) -> Iterator[Edit]:
    for name in ROW_TEXTS:
        if name == "key" or getattr(old, name) == getattr(new, name):
            continue
        if not (stays and name in old.continues and name in new.continues):  # else it follows the cell above by itself
            yield Change(old.key, name, getattr(old, name), getattr(new, name))
    if set(old.continues) != set(new.continues):
        yield Change(old.key, CONTINUES, " ".join(old.continues), " ".join(new.continues))


def typed_over(record: Record, typed: Typed, unsettled: Iterable[Change]) -> Typed:
    """The stored record with the words of `typed` where they are not stored yet: what the page shows after a conflict."""
    stored = shown(record)
    head = dict(stored.head)
    rows = list(record.rows)
    mine = {row.key: row for row in typed.rows}
    for change in unsettled:
        place = next((place for place, row in enumerate(rows) if row.key == change.row), None)
        if not change.row:
            head[change.field] = typed.head[change.field]
        elif place is None and change.row in mine:
            rows.insert(min(len(rows), list(mine).index(change.row)), mine[change.row].with_cells(continues=()))
        elif place is not None and change.field != CONTINUES:
            rows[place] = rows[place].with_cells(**{change.field: change.new})
            rows = spread(rows, change.row, change.field)
    return Typed(record.kind, head, tuple(rows), page=slice(0, len(rows)))


# Small forms ----------------------------------------------------------------------------------------------------------


class UnitChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj)


class NewDeclaration(forms.Form):
    """Which form to begin: for a unit of one's own, in a year that is open."""

    unit = UnitChoice(Department.objects.none(), label="实施单位", empty_label=None)
    budget_year = forms.ModelChoiceField(BudgetYear.objects.none(), label="预算年度", empty_label=None)
    title = forms.CharField(
        label="项目名称",
        max_length=LONGEST["title"],
        error_messages={"required": "项目名称为空，没有新建。请填写项目名称。"},
    )
    code = forms.CharField(
        label="项目代码", max_length=LONGEST["code"], required=False, help_text="尚无代码的可空，以后再填。"
    )

    def __init__(self, *args: Any, kind: str, user: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Department.objects.filter(pk__in=user.scope.reach(FILLER)).select_related("parent", "division")
        years = BudgetYear.objects.filter(is_closed=False, division__departments__in=user.scope.reach(FILLER))
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        self.fields["budget_year"].queryset = years.distinct()  # type: ignore[attr-defined]
        now = timezone.now()
        with_open_round = years.filter(campaigns__opens_at__lte=now, campaigns__closes_at__gte=now)
        self.initial.setdefault("budget_year", with_open_round.first())
        if kind == PLAN:
            del self.fields["title"], self.fields["code"]


class Approval(forms.Form):
    """The document of a step on many forms at once; `label` is what the step is called."""

    document_number = forms.CharField(label="批复文号", max_length=60)
    document_date = forms.DateField(label="发文日期", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))

    def __init__(self, *args: Any, label: str = "批复", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        number, date = self.fields["document_number"], self.fields["document_date"]
        number.error_messages["required"] = f"没有{label}：文号为空。请填写文号。"
        date.error_messages["required"] = f"没有{label}：发文日期为空。请填写发文日期。"
        date.error_messages["invalid"] = f"没有{label}：发文日期不是日期。请写成如 2023-01-15。"


class StepOrder(forms.Form):
    """What is said with a step; what is missing or wrong the engine refuses in words."""

    seen_revision = forms.IntegerField(required=False, min_value=0)
    opinion = forms.CharField(required=False, strip=False)
    to_level = forms.CharField(required=False, max_length=20)
    document_number = forms.CharField(
        required=False, max_length=60, error_messages={"max_length": "文号最多60个字。请缩短。"}
    )
    document_date = forms.DateField(
        required=False, error_messages={"invalid": "发文日期不是日期。请写成如 2023-01-15。"}
    )
    content = forms.CharField(required=False, strip=False)
    budget_effect = forms.CharField(required=False, strip=False)
    open_until = forms.DateField(
        required=False, error_messages={"invalid": "开放至哪一天不是日期。请写成如 2023-01-15。"}
    )
