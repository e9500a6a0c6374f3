import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

RENEWAL_SECONDS = 60


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
