"""What every request passes through: client address, headers, session, lock-out, shared cache."""

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import RequestFactory
from django.urls import reverse

from config.client import address

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "", "10.0.0.9"),
        (0, "1.1.1.1", "10.0.0.9"),
        (1, "1.1.1.1", "1.1.1.1"),
        (1, "6.6.6.6, 1.1.1.1", "1.1.1.1"),
        (2, "6.6.6.6, 1.1.1.1, 10.0.0.1", "1.1.1.1"),
        (2, "1.1.1.1", "10.0.0.9"),
        (1, "", "10.0.0.9"),
        (1, "unknown", None),
        (1, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_address_believes_only_our_own_proxies(settings, proxies, forwarded, expected):
    settings.TRUSTED_PROXIES = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}

    assert address(RequestFactory().get("/", REMOTE_ADDR="10.0.0.9", headers=headers)) == expected


@pytest.mark.django_db
def test_log_in_page_carries_the_strict_policy(client):
    response = client.get(reverse("admin:login"))

    assert response.status_code == 200
    assert set(response["Content-Security-Policy"].split("; ")) == set(POLICY.split("; "))
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"


@pytest.mark.django_db
def test_five_wrong_passwords_lock_that_person_at_that_address_only(client, settings):
    settings.AXES_ENABLED = True
    for name in ("wang", "li"):
        get_user_model().objects.create_superuser(username=name, password="correct-horse-9", name=name)

    def log_in(name: str, password: str, ip: str) -> int:
        data = {"username": name, "password": password}
        return client.post(reverse("admin:login"), data, REMOTE_ADDR=ip).status_code

    assert [log_in("wang", "wrong", "10.0.0.1") for _ in range(5)] == [200, 200, 200, 200, 429]
    assert log_in("wang", "correct-horse-9", "10.0.0.1") == 429
    assert log_in("li", "correct-horse-9", "10.0.0.1") == 302
    assert log_in("wang", "correct-horse-9", "10.0.0.2") == 302


@pytest.mark.django_db
def test_locked_out_person_reads_why_and_until_when(client, settings):
    settings.AXES_ENABLED = True
    for _ in range(5):
        response = client.post(reverse("admin:login"), {"username": "wang", "password": "wrong"})

    assert response.status_code == 429
    assert "连续 5 次输错密码" in response.content.decode()
    assert "30 分钟" in response.content.decode()


@pytest.mark.django_db
def test_session_is_renewed_once_a_minute(client, admin_user):
    client.force_login(admin_user)
    client.get(reverse("admin:login"))
    first = client.session["renewed"]

    client.get(reverse("admin:login"))
    assert client.session["renewed"] == first

    session = client.session
    session["renewed"] = first - 61
    session.save()
    client.get(reverse("admin:login"))
    assert client.session["renewed"] >= first


@pytest.mark.django_db
def test_migrations_alone_make_the_cache_work():
    cache.set("preview", b"\x00\xff workbook")

    assert cache.get("preview") == b"\x00\xff workbook"
