"""Every deed that a person may ask for: what his browser sends, what must be there before, and who thereby changes anything."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from departments.roles import FILLER
from targets.models import BudgetYear, Declaration, Remark, SavedFilter, Waiver
from targets.tests.asking import client_of, filled, of_pattern, patterns, stored
from targets.tests.rights import DEEDS
from targets.tests.samples import APPROVAL, Samples
from targets.tests.world import ADJUSTMENT

Deed = tuple[str, str, str]


def sent_with(samples: Samples) -> Mapping[str, dict[str, Any]]:
    """What a browser would send for a deed of the table, hidden fields included; for a step what does for any."""
    world, forms = samples.world, samples.things["targets.budgetproject"]
    day = timezone.localdate().isoformat()
    days = {"valid_from": day, "valid_to": timezone.localdate() + timedelta(days=3), "reason": "出差"}
    everything: dict[str, dict[str, Any]] = {
        "nothing": {},
        "looked over": {"state": "1.0", "opinion": "请看附件"},
        "edit": {"revision": 1, "end": 1, "do": "save", "goal": "改过的目标，为全区1200名幼儿发放补助。", "row": []},
        "new": {"budget_year": world.year.pk, "unit": world.school.pk, "title": "又一个项目"},
        "approve": {"form": forms["passed"].pk, "document_number": "川财绩〔2023〕1号", "document_date": "2023-01-10"},
        "refuse": {
            "waiver": Waiver.objects.get().pk,
            "rule": "R01",
            "row": "",
            "field": "",
            "decision": "refused",
            "reason": "请改正",
        },
        "indicator": {"name": "改名的指标", "state": "accepted"},
        "accept": {"action": "accept", "_selected_action": samples.things["targets.libraryindicator"]["here"].pk},
        "adopt": {"form": forms["last year"].pk, "document_number": "川财〔2022〕1号", "document_date": "2022-01-10"},
        "send many": {"form": forms["school"].pk},
        "forward many": {
            "do": "forward",
            "form": (sent := forms.get("waiting", forms["school"])).pk,
            f"seen:{sent.pk}": 1,
        },
        "answers": {
            "do": "confirm",
            "remark": f"{(asked := Remark.objects.get(declaration__title='退回的项目')).pk}-0",
            f"answer:{asked.pk}": "已改",
        },
        "choose many": {"action": "take_steps", "_selected_action": forms["sent"].pk},
        "ask for more": {"step": "return", "opinion": "请改", "to_level": "returned"},
        "confirm many": {"do": "confirm"},
        "release": {"do": "release", "line": (held := samples.things["bulk.<int:pk>"]["held"].forms.get()).pk},
        "take back": {"do": "take_back", "line": held.pk},
        "set a day": {"do": "day", "line": held.pk, "release_at": "2099-01-10T09:00"},
        "filter": {"do": "save", "name": "常用", "query": "turn=mine"},
        "another's filter": {"do": f"remove:{SavedFilter.objects.get().pk}"},
        "copy": {"form": forms["last year"].pk},
        "by ceiling": {"form": forms["off ceiling"].pk},
        "ceiling": {
            "budget_year": world.year.pk,
            "unit": world.school.pk,
            "code": "",
            "title": "控制数不符的项目",
            "wan": "60",
            "document_number": "",
        },
        "open": {
            "form": forms["school"].pk,
            "opinion": "请改",
            "open_until": timezone.localdate() + timedelta(days=30),
        },
        "renewed": {"place": "goal"},
        "paper": {"file": SimpleUploadedFile("依据.pdf", b"%PDF-1.7 other")},
        "look": {"seen_revision": "1"},
        "remark": {"do": "remark", "text": "依据不足", "level": "must", "audience": "unit"},
        "judge": {"do": "save", "revision": 1, "saves": 0, "opinion": "可行"},
        "key": {"do": "key"},
        "key projects": {"action": "mark_as_key", "_selected_action": forms["sent"].pk},
        "phrase": {"text": "请补充依据。", "is_used": "on", "is_shared": "on"},
        "delete": {"post": "yes"},
        "import": {"shown": "0", "form": "0"},
        "report": {"reported_on": "2023-01-10"},
        "reword": {"title": "另一个标题", "foreword": "说明"},
        "division": {"code": "370302000", "name": "改名的区", "short_name": "改名"},
        "new division": {"code": "370399000", "name": "新区", "short_name": "新区"},
        "duty": {
            "department": world.school.pk,
            "year": 2023,
            "number": "2",
            "name": "改名的职责",
            "group": "",
            "goal": "",
        },
        "password": {"usable_password": "true", "password1": "quite another 1", "password2": "quite another 1"},
        "post": {"person": world.stranger.pk, "department": world.kindergarten.pk, "role": FILLER, "office": ""},
        "deputation": {"absent": world.boss.pk, "deputy": world.stranger.pk, **days},
        "end deputations": {
            "action": "end",
            "_selected_action": samples.things["departments.deputation"]["here"].pk,
        },
        "stand in": {"deputy": world.perf2.pk, **days},
        "end": {"end": samples.things["departments.deputation"]["here"].pk},
        "round": {
            "budget_year": world.year.pk,
            "name": "改名",
            "notice": "",
            "opens_at_0": "2023-01-01",
            "opens_at_1": "00:00",
            "closes_at_0": "2023-02-01",
            "closes_at_1": "00:00",
        },
        "setup": {"part": "departments", "departments-lines": "999 新的局"},
    }
    said = {
        "opinion": "请改",
        "seen_revision": 1,
        "document_number": "川财绩〔2023〕1号",
        "document_date": "2023-01-10",
        "open_until": timezone.localdate() + timedelta(days=30),
        **ADJUSTMENT,
    }
    return defaultdict(lambda: said, everything)


def made_ready(samples: Samples) -> Samples:
    """With what some deeds need besides: a form that passed, one of last year, an explanation and a mark that wait."""
    things = samples.things["targets.budgetproject"]
    world = samples.world
    things["passed"] = world.advance(world.declaration(title="通过的项目"), "submit", "forward", "forward", "pass")
    world.advance(world.declaration(title="退回的项目"), "submit", "forward", "return")
    things["asked back"] = world.advance(
        world.declaration(title="申请退回的项目"), "submit", "forward", "request_return"
    )
    things["off ceiling"] = world.advance(world.declaration(title="控制数不符的项目"), "submit")
    things["adjusting"] = world.advance(world.declaration(title="调整的项目"), *APPROVAL, "adjust")
    SavedFilter.objects.create(owner=world.perf, kind="project", name="绩效科的", query="turn=mine")
    things["waiting"] = world.advance(world.declaration(title="等部门审核的项目"), "submit")
    last_year = BudgetYear.objects.create(division=world.division, year=2022, is_closed=True)
    things["last year"] = world.declaration(title="上年的项目", year=2022)
    Declaration.objects.filter(pk=things["last year"].pk).update(budget_year=last_year)
    Declaration.objects.filter(pk=things["school"].pk).update(stale=["goal"])
    world.note(things["passed"], world.perf)
    things["prepared"] = samples.things["targets.disclosure"]["prepared"].items.get().declaration
    Waiver.objects.create(
        declaration=things["school"], rule="R01", message="错误", explanation="说明", asked_by=world.filler
    )
    return samples


def address_of(samples: Samples, name: str, sample: str, what: str) -> str:
    plain, things = of_pattern(patterns()[name].replace("<slug:slug>", what), samples)
    return filled(plain, things[sample])


def who_does(samples: Samples, tried: Mapping[str, Iterable[Deed]]) -> dict[Deed, set[str]]:
    """Person → what he tries; by deed, who of them has thereby changed anything. Nothing remains of it."""
    sent = sent_with(samples)
    asked = {deed: (address_of(samples, *deed), sent[deed[2]]) for deed in DEEDS}
    before = stored()
    done: dict[Deed, set[str]] = defaultdict(set)
    for who, deeds in tried.items():
        client = client_of(samples.people.get(who))
        signed_in = {name: cookie.value for name, cookie in client.cookies.items()}
        for deed in deeds:
            client.cookies = SimpleCookie(signed_in)  # a session that a deed renewed goes with the deed
            address, data = asked[deed]
            for file in data.keys() & {"file"}:
                data[file].seek(0)
            with transaction.atomic():
                response = client.post(address, data)
                if stored() != before:
                    done[deed].add(who)
                transaction.set_rollback(True)
            assert response.status_code < 500
    return done
