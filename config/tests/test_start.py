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
        timeout=600,
        check=False,
    )


@pytest.mark.parametrize("command", ["check", "migrate", "createsuperuser"])
def test_without_secret_key_a_command_ends_with_one_sentence(command):
    ended = start("manage.py", command, SECRET_KEY="")

    assert (ended.returncode, ended.stdout, ended.stderr) == (1, "", SENTENCES)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("MAX_UPLOAD_MB", "20M", "环境变量 MAX_UPLOAD_MB 应为整数，现为“20M”，系统未启动。请改正后重试。"),
        ("TRUSTED_PROXIES", "-1", "环境变量 TRUSTED_PROXIES 应为整数，现为“-1”，系统未启动。请改正后重试。"),
        ("HTTPS", "ture", "环境变量 HTTPS 应为 on 或 off，现为“ture”，系统未启动。请改正后重试。"),
        (
            "DATABASE_URL",
            "mysql://a",
            "环境变量 DATABASE_URL 只支持 sqlite 和 postgres，现为“mysql”，系统未启动。请改正后重试。",
        ),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused_by_name(name, value, sentence):
    ended = start("manage.py", "check", **{name: value})

    assert (ended.returncode, ended.stderr.splitlines()[0]) == (1, sentence)
    assert "Traceback" not in ended.stderr


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


def test_without_collected_files_pages_ask_for_plain_names_which_are_served_from_the_source_folders():
    """`collectstatic` is for speed: a server that has only its secret key answers with style all the same."""
    asks = (
        "from django.conf import settings; from django.templatetags.static import static; "
        "print(static('targets/shell.css'), settings.WHITENOISE_USE_FINDERS)"
    )
    told = start("manage.py", "shell", "--no-imports", "-c", asks, STATIC_COLLECTED="off")

    assert told.stdout == "/static/targets/shell.css True\n"
