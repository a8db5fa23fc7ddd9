"""What every page keeps to: who may come in, what strangers get, which language it is in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from stage import Stage
from visitors import SignIn

OPEN_TO_ALL = {"healthz", "sign-in", "enter", "language", "log-file", "chart:became-of-all", "chart:became"}
"""The pages that ask nobody to sign in, besides allauth's own."""


def patterns(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from patterns(entry, inner)
        else:
            yield f"{namespace}{entry.name}", entry


PAGES = {
    name: str(entry.pattern) for name, entry in patterns(get_resolver()) if not name.startswith("account_")
}


def address(pattern: str, ref: str, place: str) -> str:
    """An address that fits a pattern; ``place`` for positions and ids inside a case."""
    known = {"ref:ref": ref, "int:tenant_id": "700", "path:path": "checkpoint", "str:kind": "orders"}

    def value(found: re.Match[str]) -> str:
        return known.get(found[1]) or (str(uuid4()) if found[1].startswith("uuid:") else place)

    return "/" + re.sub(r"<([^>]+)>", value, pattern)


@pytest.mark.parametrize("name", sorted(PAGES))
@pytest.mark.django_db
def test_whoever_is_not_signed_in_is_asked_to(name: str, client: Client) -> None:
    if name in OPEN_TO_ALL:
        return
    answer = client.get(address(PAGES[name], f"700-{uuid4()}", "1"))
    if answer.status_code == 405:
        # What is only sent comes back with what was typed, on the page that asks to sign in.
        assert client.post(address(PAGES[name], f"700-{uuid4()}", "1")).status_code == 401, name
        return
    assert answer.status_code == 302, name
    assert answer["Location"].startswith("/sign-in/?next=")


@pytest.mark.parametrize("name", sorted(name for name, pattern in PAGES.items() if "ref:ref" in pattern))
def test_a_stranger_gets_404_from_every_page_of_a_case(name: str, stage: Stage, as_: SignIn) -> None:
    case = stage.decided(files=[("仕様書.txt", b"1")])
    draft = stage.draft().draft_id
    # The personnel director stands on no route here
    stranger = as_("personnel")
    for id in (case, draft, uuid4()):
        where = address(PAGES[name], f"700-{id}", "1")
        answer = stranger.get(where)
        if answer.status_code == 405:
            # What is only ever sent to.
            answer = stranger.post(where)
        assert answer.status_code == 404, f"{name}: {id}"
        assert "このページは見つかりません" in answer.content.decode()


def test_a_page_is_japanese_unless_english_was_chosen(stage: Stage, as_: SignIn) -> None:
    stage.submitted()
    japanese = as_("deputy_director").get("/")
    english = as_("deputy_director", "en").get("/")
    assert '<html lang="ja">' in japanese.content.decode()
    assert "受信箱" in japanese.content.decode()
    assert '<html lang="en">' in english.content.decode()
    assert "Inbox" in english.content.decode()
    assert english["Content-Language"] == "en"
