"""One save of a form page: typed text against the revision that was on the screen, and what met somebody else's words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils import timezone

from departments.models import Person
from targets.domain.edits import CONTINUES, AddRow, Change, Conflict, Edit, MoveRow, RemoveRow, head_value
from targets.domain.labels import field_label
from targets.domain.record import MONEY, ROW_TEXTS, Record, money_value
from targets.editing import Outcome, apply_changes
from targets.forms import Typed, edits_of, head_text, shown, typed_over
from targets.models import Declaration, Revision, Sitting
from targets.paper import cell_anchor
from targets.templatetags.targets_ui import money

PLACES_TOLD = 4


@dataclass(frozen=True, slots=True)
class Clash:
    """One place where somebody else was quicker: said in words, with the button that takes theirs ("" for none)."""

    message: str
    anchor: str
    action: str = ""


@dataclass(frozen=True, slots=True)
class Saved:
    """`number` is the revision that is stored now; `typed` what the page shows when there are clashes."""

    number: int
    message: str
    typed: Typed
    clashes: Sequence[Clash] = ()


def save(declaration: Declaration, base: Revision, seen: Record, typed: Typed, *, by: Person) -> Saved:
    """Store what was typed over `seen`; raises EditRefused. Words of others are never overwritten unseen.

    `base` is the revision before `seen`, which may have been typed further since.
    """
    edits = edits_of(seen, typed)
    outcome = apply_changes(declaration, edits, by=by)
    conflicts = [*outcome.conflicts, *_rows_stored_before(edits, outcome.record)]
    conflicts = [conflict for conflict in conflicts if not (conflict.change.field == CONTINUES and conflict.stored)]
    later = declaration.revisions.filter(number__gt=base.number).order_by("number")
    others = [revision for revision in later if outcome.revision is None or revision.pk != outcome.revision.pk]
    number = outcome.revision.number if outcome.revision else (others[-1].number if others else base.number)
    clashes = [_clash(conflict, seen, outcome.record, others) for conflict in once_a_row(conflicts)]
    clashes += [_kept(key, outcome.record, others) for key in outcome.kept_rows]
    if outcome.revision is not None and seen != base.record:  # tell the whole sitting, not only its last page
        before = declaration.revisions.filter(number__lt=outcome.revision.number).latest("number").record
        message = _message(edits_of(before, shown(outcome.record)), conflicts, outcome)
    else:
        message = _message(edits, conflicts, outcome)
    page = typed_over(outcome.record, typed, [conflict.change for conflict in conflicts])
    return Saved(number, message, page, clashes)


def _rows_stored_before(edits: Iterable[Edit], stored: Record) -> list[Conflict]:
    """A page sent twice adds its new rows once; what was corrected in between is asked about."""
    rows = {row.key: row for row in stored.rows}
    return [
        Conflict(Change(edit.row.key, name, "", getattr(edit.row, name)), getattr(rows[edit.row.key], name))
        for edit in edits
        if isinstance(edit, AddRow) and edit.row.key in rows
        for name in ROW_TEXTS
        if getattr(edit.row, name) != getattr(rows[edit.row.key], name)
    ]


def once_a_row(conflicts: Iterable[Conflict]) -> list[Conflict]:
    """A row that is gone is told once, not for each of its cells."""
    gone: set[str] = set()
    told = []
    for conflict in conflicts:
        if conflict.stored is None and conflict.change.row in gone:
            continue
        if conflict.stored is None:
            gone.add(conflict.change.row)
        told.append(conflict)
    return told


def _clash(conflict: Conflict, seen: Record, stored: Record, others: Sequence[Revision]) -> Clash:
    change = conflict.change
    if conflict.stored is None:
        number, row = next((number, row) for number, row in seen.numbered_rows() if row.key == change.row)
        who = _who(others, change, None)
        message = f"您打开时的第{number}行“{row.name}”已被{who}删除。这一行还在下面，保存即重新加入；不需要请删除本行。"
        return Clash(message, f"row-{change.row}")
    place = place_of(change, stored)
    mine, theirs = (said(change.field, text) for text in (change.new, conflict.stored))
    who = _who(others, change, conflict.stored)
    message = f"{place}：{who}改为“{theirs}”，您改为“{mine}”。栏内是您写的，保存即采用；也可改用对方的。"
    anchor = cell_anchor(change.row, change.field) if change.row else f"f-{change.field}"
    return Clash(message, anchor, f"theirs:{change.row}:{change.field}")


def still_open(places: Iterable[str], base: Record, typed: Typed) -> list[Clash]:
    """Of the clashes the page was about (`theirs:ROW:FIELD`), those where one's own words still stand in the input."""
    clashes = []
    stored, mine = ({row.key: row for row in rows} for rows in (base.rows, typed.rows))
    for action in places:
        _, _, place = action.partition(":")
        key, _, name = place.partition(":")
        if key in stored and key in mine and name in ROW_TEXTS:
            theirs, own = getattr(stored[key], name), getattr(mine[key], name)
        elif not key and name in typed.head:
            theirs, own = head_text(base, name), typed.head[name]
        else:
            continue
        if theirs != own:
            said = f"对方写的是“{theirs or '（空）'}”，您写的是“{own or '（空）'}”"
            message = f"{place_of(Change(key, name, '', ''), base)}：{said}。栏内是您写的，保存即采用；也可改用对方的。"
            clashes.append(Clash(message, cell_anchor(key, name) if key else f"f-{name}", action))
    return clashes


def _kept(key: str, stored: Record, others: Sequence[Revision]) -> Clash:
    number, row = next((number, row) for number, row in stored.numbered_rows() if row.key == key)
    who = _signed(others[-1]) if others else "他人"
    return Clash(
        f"第{number}行“{row.name}”：您要删除的这一行{who}刚改过，没有删除。看过以后仍要删除的，请再删一次。",
        f"row-{key}",
    )


def who_wrote(declaration: Declaration, change: Change, stored: str | None, since: int) -> str:
    """Who wrote what stands in a cell now, and when: in what is being typed, else in a revision after number `since`."""
    others = list(declaration.revisions.filter(number__gt=since).order_by("number"))
    sitting = Sitting.objects.select_related("person").filter(declaration=declaration).first()
    if sitting is not None and not any(_value(one.record, change) == stored for one in others):
        return f"{sitting.person} {timezone.localtime(sitting.touched_at):%H:%M} "
    return _who(others, change, stored)


def _who(others: Sequence[Revision], change: Change, stored: str | None) -> str:
    """Who wrote the stored words, and when: the first of the later revisions that says them."""
    for revision in others:
        if _value(revision.record, change) == stored:
            return _signed(revision)
    return _signed(others[-1]) if others else "他人"


def _signed(revision: Revision) -> str:
    return f"{revision.signature} {timezone.localtime(revision.created_at):%H:%M} "


def _value(record: Record, change: Change) -> str | None:
    if change.row:
        row = next((row for row in record.rows if row.key == change.row), None)
        return str(getattr(row, change.field)) if row and change.field != CONTINUES else None
    return head_value(record, change.field)


def said(name: str, text: str) -> str:
    if name in MONEY:
        return f"{money(money_value(text))} 万元"
    return text or "（空）"


def place_of(change: Change, record: Record) -> str:
    label = field_label(record.kind, change.field)
    number = next((number for number, row in record.numbered_rows() if row.key == change.row), 0)
    return f"第{number}行 {label}" if number else label


def _message(edits: Sequence[Edit], conflicts: Sequence[Conflict], outcome: Outcome) -> str:
    """What was saved, in one sentence; "" when nothing was."""
    if outcome.revision is None:
        return ""
    unsettled = {(conflict.change.row, conflict.change.field) for conflict in conflicts}
    changes = [edit for edit in edits if isinstance(edit, Change) and (edit.row, edit.field) not in unsettled]
    places = list(dict.fromkeys(place_of(one, outcome.record) for one in changes if one.field != CONTINUES))
    said = []
    if places:
        more = "等" if len(places) > PLACES_TOLD else ""
        said.append(f"改动{len(places)}处（{'、'.join(places[:PLACES_TOLD])}{more}）")
    numbers = {sort: sum(isinstance(edit, sort) for edit in edits) for sort in (AddRow, RemoveRow, MoveRow)}
    numbers[RemoveRow] -= len(outcome.kept_rows)
    words = {AddRow: "新增", RemoveRow: "删除", MoveRow: "移动"}
    said += [f"{words[sort]}{number}行" for sort, number in numbers.items() if number]
    if not said:
        said.append("调整合并单元格")
    return f"已保存为第{outcome.revision.number}稿：{'，'.join(said)}。"
