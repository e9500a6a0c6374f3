"""Cells that a script sends while somebody types: read, checked, stored without a revision (自动保存), and what to say of them.

    {"by": 7, "state": "3.2", "keep": true, "edits": [
        {"row": "30236c7392d6", "field": "target", "old": "≥95%", "new": "≥96%"},     "" as row for the head, money in 万元
        {"add": {"key": "…", "continues": ["level1"], "texts": {"name": "…"}}, "after": "30236c7392d6"},
        {"remove": "…", "seen": {"key": "…", …}},  {"move": "…", "after": "…"}]}

Without `keep` nothing is stored: the answer says what the checks find in the form as typed.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils import timezone

from departments.models import Person
from departments.scoped_admin import person
from targets.admin.grid import rows_of
from targets.admin.parts import parts_of
from targets.admin.saving import once_a_row, place_of, said, who_wrote
from targets.domain.edits import CONTINUES, EXTRA, AddRow, Change, Conflict, Edit, MoveRow, RemoveRow, merge
from targets.domain.labels import field_label
from targets.domain.record import MONEY, IndicatorRow, Record, money_text
from targets.domain.sheets.amounts import read_amount
from targets.editing import EditRefused, Outcome, apply_changes, why_not_editable
from targets.findings import judge
from targets.forms import CELLS, HEAD, LONGEST, ROW_KEY, head_names, head_text
from targets.models import Declaration
from targets.paper import MERGEABLE, paper_of

NAMES = ("title", "code")
"""Stored after everything else: another form may have them already, and the rest must not wait for that."""


class Unreadable(Exception):
    """Not what our script sends."""


@dataclass(slots=True)
class Sent:
    """What came in: edits that can be stored, and why others cannot."""

    edits: list[Edit] = field(default_factory=list)
    faults: list[dict[str, str]] = field(default_factory=list)


def cells_view(request: HttpRequest, declaration: Declaration, back: str) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseRedirect(back)
    user = person(request)
    if not declaration.editable_by(user):
        return JsonResponse({"refusal": why_not_editable(declaration, user)}, status=409)
    try:
        data = json.loads(request.body)
        if data["by"] != user.pk:
            return JsonResponse(
                {"refusal": f"现在登录的是{user}，不是打开这一页的人，没有保存。请用原来的账号登录。"}, status=409
            )
        sent = read_edits(data["edits"], declaration)
        seen = str(data["state"])
        keeps = data["keep"] is True
    except (ValueError, KeyError, TypeError, AttributeError, Unreadable):
        return JsonResponse({"refusal": "没有保存：收到的内容不完整。请刷新页面后重试。"}, status=400)
    if not keeps:
        return JsonResponse(_judged(declaration, sent, user))
    try:
        return JsonResponse(_stored(declaration, sent, seen, user))
    except EditRefused as refusal:
        return JsonResponse({"refusal": str(refusal)}, status=409)


# In ---------------------------------------------------------------------------------------------------------------------


def read_edits(data: Any, declaration: Declaration) -> Sent:
    """Raises Unreadable (or KeyError and the like) for what no page of ours sends."""
    sent = Sent()
    kind = declaration.kind
    for one in data:
        if "add" in one:
            row = _row(one["add"], kind)
            sent.faults += [_fault(row.key, name, fault, kind) for name, fault in _too_long(row, kind)]
            sent.edits.append(AddRow(_cut(row, kind), _key(one["after"])))
        elif "remove" in one:
            sent.edits.append(RemoveRow(_key(one["remove"]), _row(one["seen"], kind)))
        elif "move" in one:
            sent.edits.append(MoveRow(_key(one["move"]), _key(one["after"])))
        else:
            _read_change(one, declaration, sent)
    return sent


def _read_change(one: dict[str, Any], declaration: Declaration, sent: Sent) -> None:
    row, name = _key(one["row"]), one["field"]
    old, new = _text(one["old"]), _text(one["new"])
    kind = declaration.kind
    if not row and name not in HEAD[kind] and name.removeprefix(EXTRA) not in declaration.extra:
        raise Unreadable
    if row and name not in (*CELLS[kind], CONTINUES):
        raise Unreadable
    if not row and name in MONEY:
        amount = read_amount(new, "万元")
        if amount.fault:
            fault = f"“{new}”{amount.fault}。请只写数字（单位万元），如 494.39。"
            sent.faults.append(_fault(row, name, fault, kind))
            return
        old, new = money_text(read_amount(old, "万元").value), money_text(amount.value)
    elif len(new) > LONGEST.get(name, len(new)):
        sent.faults.append(_fault(row, name, _long(name, new), kind))
        return
    if name == CONTINUES:
        new = " ".join(word for word in new.split() if word in MERGEABLE[kind] or word in old.split())
    if name == "title" and not new.strip():
        sent.faults.append(_fault(row, name, "为空，没有保存。请填写。", kind))
        return
    sent.edits.append(Change(row, name, old, new))


def _text(text: Any) -> str:
    if not isinstance(text, str):
        raise Unreadable
    return text.replace("\x00", "")


def _key(key: Any) -> str:
    text = _text(key)
    if text and not ROW_KEY.fullmatch(text):
        raise Unreadable
    return text


def _row(data: dict[str, Any], kind: str) -> IndicatorRow:
    key = _key(data["key"])
    if not key:
        raise Unreadable
    texts = {name: _text(text) for name, text in data["texts"].items() if name in CELLS[kind]}
    continues = tuple(name for name in data["continues"] if name in MERGEABLE[kind])
    return IndicatorRow(key=key, **texts, continues=continues)


def _too_long(row: IndicatorRow, kind: str) -> Iterator[tuple[str, str]]:
    for name in CELLS[kind]:
        text = getattr(row, name)
        if len(text) > LONGEST.get(name, len(text)):
            yield name, _long(name, text)


def _cut(row: IndicatorRow, kind: str) -> IndicatorRow:
    """Without what is too long for its column, which waits on the page."""
    long = dict.fromkeys((name for name, _ in _too_long(row, kind)), "")
    return IndicatorRow(**{name: getattr(row, name) for name in (*CELLS[kind], "key", "continues")} | long)


def _long(name: str, text: str) -> str:
    return f"有{len(text)}个字，最多{LONGEST[name]}个字。请缩短。"


def _fault(row: str, name: str, said: str, kind: str) -> dict[str, str]:
    return {"row": row, "field": name, "message": f"{field_label(kind, name)}：{said}"}


# Out --------------------------------------------------------------------------------------------------------------------


def _judged(declaration: Declaration, sent: Sent, user: Person) -> dict[str, Any]:
    """The checks' word on the form as typed; nothing is stored."""
    record = merge(declaration.record(), sent.edits).record
    rules = declaration.budget_year.rules()
    judged = judge(record, rules, declaration.waivers.all())
    return parts_of(declaration, paper_of(record, judged), judged, user)


def _stored(declaration: Declaration, sent: Sent, seen: str, user: Person) -> dict[str, Any]:
    before = declaration.text_state
    outcome, faults = _apply(declaration, sent, user)
    declaration = Declaration.objects.select_related("current_revision", "sitting").get(pk=declaration.pk)
    number = seen.partition(".")[0]
    since = int(number) if number.isdecimal() and len(number) < 9 else 0
    answer: dict[str, Any] = {
        "state": declaration.text_state,
        "saved": f"{timezone.localtime():%H:%M}",
        "stale": declaration.stale,
        "faults": [*sent.faults, *faults],
        "conflicts": [
            _told(declaration, conflict, outcome.record, since) for conflict in once_a_row(outcome.conflicts)
        ],
        "kept": [_told_kept(declaration, key, outcome.record, since) for key in outcome.kept_rows],
    }
    if seen != before or outcome.conflicts or outcome.kept_rows:
        answer |= {"rows": rows_of(outcome.record), "head": _head(outcome.record)}
    return answer


def _apply(declaration: Declaration, sent: Sent, user: Person) -> tuple[Outcome, list[dict[str, str]]]:
    names = [one for one in sent.edits if isinstance(one, Change) and not one.row and one.field in NAMES]
    others = [one for one in sent.edits if one not in names]
    outcome = apply_changes(declaration, others, by=user, is_sitting=True)
    try:
        if names:
            last = apply_changes(declaration, names, by=user, is_sitting=True)
            outcome = Outcome(last.record, None, (*outcome.conflicts, *last.conflicts), outcome.kept_rows)
    except EditRefused as refusal:
        return outcome, [{"row": "", "field": one.field, "message": str(refusal)} for one in names]
    return outcome, []


def _head(record: Record) -> dict[str, str]:
    return {name: head_text(record, name) for name in head_names(record)}


def _told(declaration: Declaration, conflict: Conflict, record: Record, since: int) -> dict[str, Any]:
    """Both values and who wrote the other one; `stored` is None where the row itself is gone."""
    change, stored = conflict.change, conflict.stored
    who = who_wrote(declaration, change, stored, since)
    if stored is None:
        message = f"这一行已被{who}删除，您改过的内容还在本页。请选重新加入，或也删除。"
    elif change.field == CONTINUES:
        message = f"{place_of(change, record)}：{who}改过合并，您也改了合并。请选用哪一个。"
    else:
        theirs, mine = said(change.field, stored), said(change.field, change.new)
        message = f"{place_of(change, record)}：{who}改为“{theirs}”，您改为“{mine}”。请选用哪一个。"
    shown = stored
    if stored is not None and not change.row and change.field in MONEY:
        shown = head_text(record, change.field)
    return {"row": change.row, "field": change.field, "stored": shown, "message": message}


def _told_kept(declaration: Declaration, key: str, record: Record, since: int) -> dict[str, str]:
    number, row = next((number, row) for number, row in record.numbered_rows() if row.key == key)
    who = who_wrote(declaration, Change(key, "name", "", ""), row.name, since)
    return {"row": key, "message": f"第{number}行“{row.name}”：您要删除的这一行{who}刚改过，没有删除。请看过再定。"}
