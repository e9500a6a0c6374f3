"""Every address of the project, who asks it, and what the answer shows: for the permission matrices."""

import io
import re
import zipfile
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from departments.models import Person
from targets.models import AccessRecord
from targets.tests.rights import READ, Names
from targets.tests.samples import MARKS, Samples


@cache
def patterns() -> dict[str, str]:
    """Every address of the project: its name (its pattern where it has none) → pattern."""

    def walk(resolver: URLResolver, path: str, space: str) -> Iterator[tuple[str, str]]:
        for one in resolver.url_patterns:
            whole = f"{path}{one.pattern}"
            if isinstance(one, URLPattern):
                yield (f"{space}{one.name}" if one.name else whole), whole
            else:
                yield from walk(one, whole, f"{space}{one.namespace}:" if one.namespace else space)

    return dict(walk(get_resolver(), "", ""))


def of_pattern(pattern: str, samples: Samples) -> tuple[str, dict[str, Any]]:
    """The pattern as an address with holes, and the samples that fill them, by name; "" for an address that names nothing."""
    plain = re.sub(r"\^\(\?P<app_label>[^/]*/\$$", "targets/", pattern).replace("(?P<url>.*)$", "no-such-page/")
    if "<" not in plain:
        return plain, {"": None}
    model = "targets.disclosureitem" if plain.startswith("forms/") else ".".join(plain.split("/")[1:3])
    return plain, samples.things.get(model, {"school": samples.world.school})


def addresses(pattern: str, samples: Samples) -> dict[str, str]:
    """Name of the sample → address."""
    plain, things = of_pattern(pattern, samples)
    return {name: filled(plain, thing) for name, thing in things.items()}


def filled(plain: str, thing: Any) -> str:
    if thing is None:
        return f"/{plain}"
    item = thing.items.first() if hasattr(thing, "items") else None
    content_type = ContentType.objects.get_for_model(thing).pk
    attached = thing.attachments.first() if hasattr(thing, "attachments") else None
    values = {
        "attachment": attached.pk if attached else 0,
        "slug": "submit",
        "number": 1,
        "item": item.pk if item else 0,
        "content_type_id": content_type,
    }
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values.get(found[1], thing.pk)), plain)


def client_of(person: Person | None, **options: Any) -> Client:
    client = Client(**options)
    if person is not None:
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@cache
def questions() -> dict[str, str]:
    """Table → the question for all of its rows; asked thousands of times, so that it is written once."""
    told = {}
    for model in (model for label in ("departments", "targets") for model in apps.get_app_config(label).get_models()):
        if model is not AccessRecord and not model._meta.proxy:
            names = [one.name for one in model._meta.concrete_fields if one.name not in ("last_login", "content")]
            told[model._meta.label] = str(model._base_manager.order_by("pk").values_list(*names).query)
    return told


def stored() -> dict[str, list[tuple[Any, ...]]]:
    """Everything that departments and targets keep, row by row, but for log-ins, what was refused and the bytes of uploads."""
    told = {}
    with connection.cursor() as cursor:
        for label, question in questions().items():
            cursor.execute(question)
            told[label] = cursor.fetchall()
    return told


def words_in(response: Any) -> str:
    """A page's text, or that of every part of a workbook."""
    content = b"".join(response) if response.streaming else response.content
    if not content.startswith(b"PK"):
        return content.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return "".join(parts.read(name).decode(errors="replace") for name in parts.namelist())


def marks_in(response: Any) -> Names:
    words = words_in(response)
    return frozenset(name for name, mark in MARKS.items() if mark in words)


def may_read(who: str) -> Names:
    return frozenset(name for name in MARKS if who in READ[name])


GROUPS = 4


def groups(names: Names) -> list[tuple[str, ...]]:
    """A few people to each world that is made: making it takes as long as all that one of them asks."""
    ordered = sorted(names)
    return [tuple(ordered[start::GROUPS]) for start in range(GROUPS)]
