"""Who is at the other end of a request."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def address(request: HttpRequest) -> str | None:
    """The client's IP address; entries of X-Forwarded-For count only as far as our own proxies wrote them."""
    if settings.TRUSTED_PROXIES:
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
        if len(hops) >= settings.TRUSTED_PROXIES:
            return _valid(hops[-settings.TRUSTED_PROXIES])
    return _valid(request.META.get("REMOTE_ADDR", ""))


def _valid(text: str) -> str | None:
    """A proxy may write `unknown`, and a local socket has no address: the database takes addresses only."""
    try:
        return str(ip_address(text))
    except ValueError:
        return None
