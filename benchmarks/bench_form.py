"""The form of a plan, beside the plain Django admin with the same rows, in turns; then 自动保存 with and without the checks.

python benchmarks/bench_form.py [--sizes 20 100 300] [--repeat 3]
python benchmarks/bench_form.py --paste http://127.0.0.1:8000      a paste of 100 x 17 cells in Chromium, on a running demo
"""

import argparse
import json
import os
import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

import scene
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from peer import form as peer
from playwright.sync_api import sync_playwright

from departments.models import Membership, Person
from targets.domain.checks.engine import check
from targets.domain.record import PLAN, IndicatorRow
from targets.models import Declaration
from targets.tests.world import World, make_world

GET, POST, SAVE = "GET", "POST, one row changed", "自动保存 of 17 cells"
PASTED = 100


def row(number: int) -> IndicatorRow:
    texts = {name: f"{name}{number}，保障全区工作顺利开展" for name in peer.COLUMNS}
    values = dict.fromkeys(("target", "plan_value", "standard_value", "average_3y", "last_year"), f"≥{number + 3}所")
    return IndicatorRow(**(texts | values | {"number": str(number // 5 + 1)}))


def plan(world: World, rows: int) -> Declaration:
    Declaration.objects.filter(kind=PLAN).update(state="void")
    money = {"total": None, "fiscal": None, "other": None, "goal": ""}
    title = {"kind": PLAN, "title": "2023年整体绩效目标表"}
    return world.declaration(**title, **money, rows=tuple(row(number) for number in range(rows)))


def deeds(form: Declaration, ours: Client, plain: Client) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Name → what is done once; each time with another value, so that there always is a change."""
    page = reverse("admin:targets_departmentplan_change", args=[form.pk])
    cells = reverse("admin:targets_departmentplan_cells", args=[form.pk])
    theirs = f"/plain/targets/departmentplan/{form.pk}/change/"
    person = Membership.objects.get(person__username="filler").person
    turn = iter(range(10**6))

    sent = peer.Sent(plain.get(theirs).content.decode()).fields

    def change_plainly() -> Any:
        return plain.post(theirs, sent | {"indicators-0-note": f"改{next(turn)}"})

    def save(fields: tuple[str, ...]) -> Any:
        stored = Declaration.objects.select_related("current_revision", "sitting").get(pk=form.pk)
        first = stored.record().rows[0]
        edits = [
            {"row": first.key, "field": name, "old": getattr(first, name), "new": f"{name}{next(turn)}"}
            for name in fields
        ]
        body = {"by": person.pk, "state": stored.text_state, "keep": True, "edits": edits}
        return ours.post(cells, json.dumps(body), content_type="application/json")

    def finish() -> Any:
        """The button 保存, after a row was typed into and stored: the sitting becomes a revision."""
        return ours.post(page, {"grid": 1, "revision": 1, "end": 1, "do": "save"})

    yield f"plain admin, {GET}", lambda: plain.get(theirs)
    yield f"ours, {GET}", lambda: ours.get(page)
    yield f"plain admin, {POST}", change_plainly
    yield f"ours, {POST}", lambda: save(("note",))
    yield "ours, then 保存", finish
    yield f"ours, {SAVE}", lambda: save(peer.COLUMNS)
    yield "the checks alone", lambda: check(form.record(), form.budget_year.rules())


def beside_the_peer(sizes: list[int], repeat: int) -> None:
    world = make_world()
    settings.ROOT_URLCONF = "peer.form"  # both sides behind one address
    ours, plain = (Client(HTTP_HOST="localhost") for _ in range(2))
    backend = "django.contrib.auth.backends.ModelBackend"
    ours.force_login(world.filler, backend=backend)
    Person.objects.filter(pk=world.root.pk).update(is_staff=True)
    plain.force_login(world.root, backend=backend)
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 100_000  # else the peer refuses 100 rows altogether
    for size in sizes:
        form = plan(world, size)
        every = list(deeds(form, ours, plain))
        took: dict[str, list[float]] = {name: [] for name, _ in every}
        asked = {}
        for turn in range(repeat + 1):
            for name, deed in every:
                with CaptureQueriesContext(connection) as queries:
                    start = time.process_time()
                    answer = deed()
                    took[name] += [(time.process_time() - start) * 1000] if turn else []
                status = getattr(answer, "status_code", 200)
                if status not in (200, 302):
                    raise SystemExit(f"{name}: {status}")
                asked[name] = len(queries)
        print(f"\n{size} rows: ms of processor, median of {repeat} in turns; queries")
        middle = {name: statistics.median(times) for name, times in took.items()}
        for name, ms in middle.items():
            print(f"  {name:<34}{ms:9.1f}{asked[name]:6}")
        for what in (GET, POST):
            print(f"  plain admin : ours, {what} = {middle[f'plain admin, {what}'] / middle[f'ours, {what}']:.1f}")


def paste(address: str) -> None:
    """Milliseconds from the paste to the drawn grid, in a browser on a running demo (benchmark of the page alone)."""
    with sync_playwright() as playwright:
        program = shutil.which("chromium-headless-shell") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(base_url=address, viewport={"width": 1366, "height": 768}, locale="zh-CN")
        page.goto("/admin/login/")
        page.get_by_label("用户名").fill("jingban")
        page.get_by_label("密码").fill("yanshi-2023")
        page.get_by_role("button", name="登录").click()
        page.wait_for_url("**/admin/")
        page.get_by_role("navigation").get_by_role("link", name="部门整体").first.click()
        page.get_by_role("link", name="2023年整体绩效目标表").first.click()
        page.locator(".jx-box").wait_for(state="attached")
        clip = "\n".join("\t".join(getattr(row(number), name) for name in peer.COLUMNS) for number in range(PASTED))
        took = [
            page.evaluate(
                """clip => {
                  const box = document.querySelector(".jx-box");
                  box.focus();
                  const data = new DataTransfer();
                  data.setData("text/plain", clip);
                  const start = performance.now();
                  box.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, cancelable: true }));
                  document.querySelector(".jx-grid").getBoundingClientRect();
                  return performance.now() - start;
                }""",
                clip,
            )
            for _ in range(5)
        ]
        print(
            f"paste of {PASTED} x {len(peer.COLUMNS)} cells: first {took[0]:.0f} ms, then {[round(one) for one in took[1:]]}"
        )
        browser.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[20, 100, 300])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--paste", metavar="ADDRESS", help="of a running demo")
    options = parser.parse_args()
    if options.paste:
        paste(options.paste)
        return
    with scene.database() as database:
        print(f"{database}, {os.cpu_count()} cores")
        beside_the_peer(options.sizes, options.repeat)


if __name__ == "__main__":
    main()
