#!/usr/bin/env python
"""Administrative commands."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from departments.room import SENTENCE, is_without_room


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        _ = settings.SECRET_KEY
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    try:
        execute_from_command_line(sys.argv)
    except Exception as fault:
        if not is_without_room(fault):
            raise
        sys.exit(f"{SENTENCE}（{fault}）")


if __name__ == "__main__":
    main()
