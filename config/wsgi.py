"""The application that gunicorn serves."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

GUNICORN_BOOT_ERROR = 3
"""Any other exit code makes gunicorn start the worker again, for ever."""

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
try:
    application = get_wsgi_application()
except ImproperlyConfigured as error:
    print(error, file=sys.stderr)
    sys.exit(GUNICORN_BOOT_ERROR)
