"""The environment every test runs in; set here, before Django reads it."""

import gc
import os
import tempfile
from pathlib import Path

import django
import hypothesis
import pytest
from django.conf import settings

# The run's number keeps two runs on one machine (or one database server) apart; xdist's workers inherit it.
# SQLite's test database is a file: in memory, threads of one test would lock each other out.
run = os.environ.setdefault("TEST_RUN", str(os.getpid()))
folder = Path(tempfile.gettempdir())
database = os.environ.get("DATABASE_URL") or f"sqlite:///{folder / 'performance.sqlite3'}"

os.environ |= {
    "DATABASE_URL": database,
    "TEST_DATABASE": str(folder / f"test-{run}.sqlite3") if database.startswith("sqlite") else f"test_{run}",
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "SECRET_KEY": "only-for-tests",
    "DEBUG": "off",
    "DEMO": "off",
    "HTTPS": "off",
    "LOGIN_LOCKOUT": "off",
    "STATIC_COLLECTED": "off",
    "ALLOWED_HOSTS": "testserver,127.0.0.1,localhost",
    "CSRF_TRUSTED_ORIGINS": "",
    "TRUSTED_PROXIES": "0",
    "JOB_LEASE_SECONDS": "86400",  # no worker of a test is thought dead because the machine is slow
    "PGOPTIONS": "-c synchronous_commit=off",  # what a test stored need not outlive the machine's power
    # Playwright's synchronous interface runs an event loop in the thread of the test.
    "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
}

settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast; nothing here is secret
settings.WHITENOISE_AUTOREFRESH = (
    True  # looks at a static file when it is asked for, not at all of them for every new client
)
# Who waits for another's transaction, or for a connection, waits until it is his turn, however busy the machine is.
PATIENCE = 600
options = settings.DATABASES["default"]["OPTIONS"]
options.get("pool", options)["timeout"] = PATIENCE
django.setup()

# One commit gets one answer: the same examples every time, and neither a deadline nor a measure of their making that a busy
# machine would miss. A fixture may serve all examples of a test: they change nothing in it.
hypothesis.settings.register_profile(
    "suite",
    derandomize=True,
    deadline=None,
    suppress_health_check=[
        hypothesis.HealthCheck.too_slow,
        hypothesis.HealthCheck.data_too_large,
        hypothesis.HealthCheck.function_scoped_fixture,
    ],
)
hypothesis.settings.load_profile("suite")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`make fuzz` asks for more of the files that are changed at random than a run of the suite does."""
    parser.addoption("--mutants", type=int, default=100, help="how many changed files are read")
    parser.addoption("--imported", type=int, default=6, help="how many of them go the whole way into the database")


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What is here now, thousands of tests and all modules, stays to the end: nobody looks through it for garbage again."""
    gc.collect()
    gc.freeze()
