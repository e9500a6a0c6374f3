"""What a person reads whose request could not be done; each page asks the database nothing, which may be the reason."""

import logging
import sys
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import defaults

from departments.room import is_without_room
from targets.domain.sheets.problems import MEGABYTE

logger = logging.getLogger(__name__)

TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django calls it while the fault is being dealt with, wherever it was met: in reading the request, in a view, after it."""
    fault = sys.exc_info()[1]
    if fault is None or not is_without_room(fault):
        return defaults.server_error(request)
    logger.error("no room left on the disk, nothing was written for %s: %s", request.path, fault)
    return render(request, "507.html", status=HTTPStatus.INSUFFICIENT_STORAGE)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not isinstance(exception, TOO_MUCH):
        return defaults.bad_request(request, exception)
    limits = {
        "megabytes": (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0) // MEGABYTE,
        "fields": settings.DATA_UPLOAD_MAX_NUMBER_FIELDS,
    }
    return render(request, "413.html", limits, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
