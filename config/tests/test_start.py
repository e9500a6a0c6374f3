"""What a start without, or with wrong, configuration says."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

SENTENCES = (
    "缺少环境变量 SECRET_KEY，系统未启动。请将其设为一段随机长字符串后重试（试用请执行 make run；说明见 docs/operations.md）。\n"
    "SECRET_KEY is not set, so nothing was started. Set it to a long random string "
    "(`make run` does so for a trial; see docs/operations.md).\n"
)


def start(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        env={**os.environ, **environment},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("command", ["check", "migrate", "createsuperuser"])
def test_without_secret_key_a_command_ends_with_one_sentence(command):
    ended = start("manage.py", command, SECRET_KEY="")

    assert (ended.returncode, ended.stdout, ended.stderr) == (1, "", SENTENCES)


def test_without_secret_key_the_server_ends_instead_of_restarting_for_ever():
    ended = start("-m", "gunicorn", "-c", "python:config.gunicorn", "config.wsgi", SECRET_KEY="", BIND="127.0.0.1:0")

    assert ended.returncode == 3
    assert SENTENCES in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_server_as_operations_describes_it_passes_the_deployment_checks():
    ended = start(
        "manage.py",
        "check",
        "--deploy",
        "--fail-level=WARNING",
        SECRET_KEY="vB7-wq_4ZrX1mNcY8tKpLs3dFgHj6QeRuTiOa0-9zWbEnMvCxD5f",
        HTTPS="on",
        STATIC_COLLECTED="on",
        LOGIN_LOCKOUT="on",
        ALLOWED_HOSTS="performance.example.gov.cn",
        DJANGO_ALLOW_ASYNC_UNSAFE="",
    )

    assert (ended.returncode, ended.stderr) == (0, "")
