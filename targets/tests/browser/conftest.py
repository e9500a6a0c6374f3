"""A real browser (Debian's Chromium) before the real 2023 forms. A fault in its console fails the test that caused it.

Of the two programs that Debian makes of it, the one without a window of its own is taken where there is one: pages are the
same to it, and the other would draw, for every test, tabs and menus that nobody looks at.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize, expect, sync_playwright
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from departments.models import Person

HERE = Path(__file__).parent
WINDOW: ViewportSize = {"width": 1366, "height": 768}
PATIENCE = 60_000
"""Milliseconds until a page that does not come, or does not say what it should, is a fault: a machine may be busy."""
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()

SignIn = Callable[..., Page]
"""`sign_in("jingban")`: a page of that person's own browser window; without a name, a visitor's."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if program is None:
        pytest.fail("没有找到 Chromium：请先安装（Debian：apt-get install chromium-headless-shell）。")
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE)
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def loaded() -> list[str]:
    """The demo as it was loaded first: reading five workbooks takes seconds, and every test wants them."""
    return []


@pytest.fixture
def demo(transactional_db: None, settings: Settings, loaded: list[str]) -> None:
    """What `make run` shows: departments, the 2023 forms, one account for each role."""
    settings.DEMO = True
    if loaded:
        ContentType.objects.all().delete()  # made anew after the last test emptied the tables
        connection.creation.deserialize_db_from_string(loaded[0])
    else:
        call_command("load_demo", verbosity=0)
        loaded.append(connection.creation.serialize_db_to_string())


@pytest.fixture
def sign_in(
    request: pytest.FixtureRequest, demo: None, browser: Browser, live_server: LiveServer, settings: Settings
) -> Iterator[SignIn]:
    faults: list[str] = []
    contexts = []

    refusals = request.node.get_closest_marker("refusals")

    def listen(message: ConsoleMessage) -> None:
        if refusals and "/cells/" in message.location.get("url", ""):
            return  # the test is about an answer that never comes, or says no
        if message.type in ("error", "warning"):
            faults.append(f"{message.text}（{message.location.get('url', '')}）")

    def sign_in(username: str = "", *, scripts: bool = True) -> Page:
        context = browser.new_context(
            base_url=live_server.url, viewport=WINDOW, locale="zh-CN", java_script_enabled=scripts
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("console", listen)
        page.on("pageerror", lambda error: faults.append(str(error)))
        if username:
            client = Client()  # whoever is to type his password does so in a test about that
            client.force_login(Person.objects.get(username=username), "django.contrib.auth.backends.ModelBackend")
            session = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
            page.goto("/admin/")
        return page

    yield sign_in
    for context in contexts:
        context.close()
    assert faults == []
