import time
from collections.abc import Callable
from contextlib import suppress

from django.http import HttpRequest, HttpResponse

RENEWAL_SECONDS = 60
HEARD_AT_ONCE = 64 * 1024
HEARD_OUT = 256 * 1024 * 1024
"""Bytes of a request that are still taken when its answer is known: several times the largest upload."""


def end_request(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """What was half sent when a fault ended the request leaves nothing behind, and the sender reads why."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        _let_go(request)
        if request.method == "POST":
            _hear_out(request)
        return response

    return middleware


def _let_go(request: HttpRequest) -> None:
    """Django closes the files that came whole. One that did not would hold its room until somebody collects garbage."""
    for handler in request.upload_handlers:
        if file := getattr(handler, "file", None):
            with suppress(OSError):  # that there is no room for what it still wanted to write
                file.close()


def _hear_out(request: HttpRequest) -> None:
    """A browser that is still sending when the connection ends shows that, and not the answer."""
    left = HEARD_OUT
    with suppress(OSError):  # nobody is there any more
        while left > 0 and (piece := request.read(HEARD_AT_ONCE)):
            left -= len(piece)


def keep_busy_session_alive(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Let a session end after idle minutes, not minutes since log-in, with one write a minute instead of one a request."""

    def middleware(request: HttpRequest) -> HttpResponse:
        now = int(time.time())
        if request.user.is_authenticated and now - request.session.get("renewed", 0) >= RENEWAL_SECONDS:
            request.session["renewed"] = now
        return get_response(request)

    return middleware
