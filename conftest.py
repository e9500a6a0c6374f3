"""The environment every test runs in; set here, before Django reads it."""

import os
import tempfile
from pathlib import Path

import django
from django.conf import settings

# The run's number keeps two runs on one machine (or one database server) apart; xdist's workers inherit it.
run = os.environ.setdefault("TEST_RUN", str(os.getpid()))
database_file = Path(tempfile.gettempdir()) / f"performance-test-{run}.sqlite3"

os.environ |= {
    "DATABASE_URL": os.environ.get("DATABASE_URL") or f"sqlite:///{database_file}",
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "SECRET_KEY": "only-for-tests",
    "TEST_DATABASE_FILE": str(database_file),
    "DEBUG": "off",
    "DEMO": "off",
    "HTTPS": "off",
    "LOGIN_LOCKOUT": "off",
    "STATIC_COLLECTED": "off",
    "ALLOWED_HOSTS": "testserver,127.0.0.1,localhost",
    "CSRF_TRUSTED_ORIGINS": "",
    "TRUSTED_PROXIES": "0",
    # Playwright's synchronous interface runs an event loop in the thread of the test.
    "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
}

settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast; nothing here is secret
django.setup()
