"""What every page carries, its language, and the health of the whole."""

from __future__ import annotations

import gzip
import re
from base64 import b64encode
from datetime import timedelta
from hashlib import sha256

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone, translation

from kessai.config import health, middleware, migrating
from kessai.ledger.models import Heartbeat


def _language(**headers: str) -> str:
    seen: list[str] = []

    def page(request: HttpRequest) -> HttpResponse:
        seen.append(translation.get_language())
        return HttpResponse("")

    request = RequestFactory().get("/", headers=headers)
    response = middleware.ChosenLanguage(page)(request)
    assert response.headers["Content-Language"] == seen[0]
    assert "Cookie" in response.headers["Vary"]
    return seen[0]


def test_pages_are_japanese_whatever_the_browser_prefers() -> None:
    assert _language(accept_language="en-GB,en;q=0.9") == "ja"


def test_a_person_can_choose_english() -> None:
    assert _language(cookie="kessai_language=en") == "en"


def test_a_language_there_is_not_is_japanese() -> None:
    assert _language(cookie="kessai_language=tlh") == "ja"


def test_nothing_inline_and_nothing_from_elsewhere_may_run(client: Client, db: None) -> None:
    policy = client.get("/healthz").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    for directive in (
        "default-src 'self'",
        "object-src 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    ):
        assert directive in policy


def test_the_style_sheets_in_a_page_are_ours_by_their_hashes(client: Client, db: None) -> None:
    answer = client.get("/accounts/login/")
    sheets = re.findall(r"<style[^>]*>(.*?)</style>", answer.content.decode(), re.DOTALL)
    allowed = answer.headers["Content-Security-Policy"].split("style-src ")[1].split(";")[0].split()
    assert sheets
    for sheet in sheets:
        assert f"'sha256-{b64encode(sha256(sheet.encode()).digest()).decode()}'" in allowed


@pytest.mark.parametrize(
    ("kind", "status", "compressed"),
    [
        ("text/html; charset=utf-8", 200, True),
        ("text/css", 200, True),
        ("text/html", 409, True),
        ("application/pdf", 200, False),
        ("application/octet-stream", 200, False),
        ("text/css", 206, False),
    ],
)
def test_pages_travel_compressed_and_files_as_they_are(kind: str, status: int, compressed: bool) -> None:
    request = RequestFactory().get("/", headers={"accept-encoding": "gzip, br"})
    body = "決裁".encode() * 500
    answer = middleware.Compressed(lambda _: HttpResponse(body, content_type=kind, status=status))(request)
    assert (answer.headers.get("Content-Encoding") == "gzip") is compressed
    assert (gzip.decompress(answer.content) if compressed else answer.content) == body


def test_visitors_make_no_accounts(client: Client, db: None) -> None:
    answer = client.get("/accounts/signup/")
    assert b'name="password1"' not in answer.content


def test_health_names_what_is_not_ready(client: Client, db: None) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {
        "status": "not ready",
        "server": "ok",
        "database": "ok",
        "sequencer": "not ready",
        "timestamps": "not ready",
        "witnesses": "not ready",
        "signatures": "not ready",
    }


def test_health_is_good_while_the_sequencer_beats(client: Client, db: None) -> None:
    Heartbeat.objects.create(name="sequencer", at=timezone.now())
    assert client.get("/healthz").json()["status"] == "ok"
    Heartbeat.objects.update(at=timezone.now() - timedelta(seconds=11))
    assert client.get("/healthz").status_code == 503


def test_health_says_when_migrations_are_missing(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrating, "all_applied", lambda connection: False)
    monkeypatch.setattr(health, "_at_this_version", False)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["database"] == "migrations not applied"
