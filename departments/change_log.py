"""What is changed outside the texts and steps of forms, in words and with both values: rows of Django's admin log.

They are read as one list with everything else in 留痕查询, and never changed or deleted.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.db import models
from django.db.models import Model
from django.utils import timezone

from departments.models import Person

EMPTY = "（空）"
LONGEST_VALUE = 200
SECRET = "password"  # noqa: S105 - part of a field's name


def note(
    by: Person, things: Iterable[Model], words: str, *, absent: Person | None = None, is_new: bool = False
) -> None:
    """He did this with each of them, in the place of `absent`."""
    said = f"{words}{in_place_of(absent)}"
    LogEntry.objects.log_actions(by.pk, list(things), ADDITION if is_new else CHANGE, said)


def in_place_of(absent: Person | None) -> str:
    return f"（代{absent}）" if absent else ""


# Values ---------------------------------------------------------------------------------------------------------------


def in_words(value: Any, choices: Iterable[tuple[Any, Any]] = ()) -> str:
    """As a page would show it."""
    if value is None or value in ("", [], {}):
        return EMPTY
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dict):
        return "、".join(f"{name}={number}" for name, number in value.items())[:LONGEST_VALUE]
    known = {str(key): str(label) for key, label in choices}
    if isinstance(value, list | tuple | set | models.QuerySet):
        return "、".join(known.get(str(one), str(one)) for one in value)[:LONGEST_VALUE]
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return known.get(str(value), str(value))[:LONGEST_VALUE]


def changed(label: str, old: str, new: str) -> str:
    return f"{label}：{old} → {new}"


def differences(old: Model | None, new: Model) -> str:
    """Of two states of one row; of a new row what it says."""
    return "；".join(_differences(old, new))


def _differences(old: Model | None, new: Model) -> Iterator[str]:
    for field in new._meta.concrete_fields:
        if not field.editable or field.primary_key:
            continue
        told = [in_words(_value(one, field), field.flatchoices or ()) for one in (old, new) if one is not None]
        if old is None and told[0] != EMPTY:
            yield f"{field.verbose_name}：{told[0]}"
        elif old is not None and told[0] != told[1]:
            yield changed(str(field.verbose_name), *told)


def _value(row: Model, field: models.Field[Any, Any]) -> Any:
    return getattr(row, field.name)


# Pages of the admin ---------------------------------------------------------------------------------------------------


def said_on(form: Any, formsets: Sequence[Any], *, is_new: bool) -> str:
    """What a saved page changed, of the thing itself and of the lines below it."""
    return "；".join([*_of_form(form, is_new=is_new), *(line for formset in formsets for line in _of_lines(formset))])


def _of_lines(formset: Any) -> Iterator[str]:
    name = formset.model._meta.verbose_name
    by_row = {id(form.instance): form for form in formset.forms}
    for row in formset.new_objects:
        yield f"新增{name}“{row}”（{'，'.join(_of_form(by_row[id(row)], is_new=True))}）"
    for row, _ in formset.changed_objects:
        yield f"修改{name}“{row}”（{'，'.join(_of_form(by_row[id(row)], is_new=False))}）"
    for row in formset.deleted_objects:
        yield f"删除{name}“{row}”"


def _of_form(form: Any, *, is_new: bool) -> Iterator[str]:
    for name in form.changed_data:
        field = form.fields.get(name)
        if field is None or SECRET in name:
            if name in (SECRET, f"{SECRET}1"):
                yield "设置密码"
            continue
        label = str(field.label or name)
        new = _typed(field, form.cleaned_data.get(name))
        old = EMPTY if is_new else _typed(field, form[name].initial)
        if old != new:  # a number that is written otherwise is no change
            yield f"{label}：{new}" if is_new else changed(label, old, new)


def _typed(field: forms.Field, value: Any) -> str:
    if isinstance(field, forms.ModelChoiceField):
        if value and not isinstance(value, Model | models.QuerySet | list):
            value = (
                field.queryset.model._default_manager.filter(pk=value).first() if field.queryset is not None else None
            )
        return in_words(value)
    choices = getattr(field, "choices", ())
    flat = [(key, label) for key, label in choices if not isinstance(label, list | tuple)]
    return in_words(value, flat)
