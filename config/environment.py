"""Reads variables of the environment; a value that cannot be meant is refused with its name, not guessed."""

from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
SWITCH = {"on": True, "true": True, "yes": True, "1": True, "off": False, "false": False, "no": False, "0": False}

env = environ.Env()
env.read_env(BASE_DIR / ".env")  # optional; the real environment wins over the file


def text(name: str, default: str = "") -> str:
    return str(env.str(name, default=default)).strip() or default


def names(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def number(name: str, default: int) -> int:
    value = text(name, str(default))
    if not value.isdecimal():
        raise ImproperlyConfigured(
            f"环境变量 {name} 应为整数，现为“{value}”，系统未启动。请改正后重试。\n"
            f"{name} must be a whole number, not {value!r}; nothing was started."
        )
    return int(value)


def switch(name: str, *, default: bool) -> bool:
    value = text(name, "on" if default else "off")
    if value.lower() not in SWITCH:
        raise ImproperlyConfigured(
            f"环境变量 {name} 应为 on 或 off，现为“{value}”，系统未启动。请改正后重试。\n"
            f"{name} must be on or off, not {value!r}; nothing was started."
        )
    return SWITCH[value.lower()]


def database(name: str, default: str) -> dict[str, Any]:
    value = text(name, default)
    scheme = value.partition(":")[0]
    if scheme not in {"sqlite", "postgres", "postgresql"}:
        raise ImproperlyConfigured(
            f"环境变量 {name} 只支持 sqlite 和 postgres，现为“{scheme}”，系统未启动。请改正后重试。\n"
            f"{name} must name SQLite or PostgreSQL, not {scheme!r}; nothing was started."
        )
    return dict(env.db_url_config(value))


def required(name: str) -> str:
    value = text(name)
    if not value:
        raise ImproperlyConfigured(
            f"缺少环境变量 {name}，系统未启动。请将其设为一段随机长字符串后重试"
            "（试用请执行 make run；说明见 docs/operations.md）。\n"
            f"{name} is not set, so nothing was started. Set it to a long random string "
            "(`make run` does so for a trial; see docs/operations.md)."
        )
    return value
