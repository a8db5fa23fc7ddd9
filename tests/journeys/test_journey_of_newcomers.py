"""Whoever is new, and whoever has a phone in one hand: first drafts to decided, and ten cases handled by touch.

What the drafts and the acts take is counted by the browser's own events (docs/experience.md).
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from installation import Installation
from journeys import counted, thumb
from journeys.novices import DEPUTY, DIRECTOR, NOVICE, Novice
from journeys.ten_waiting import have_ten_wait

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_novice_takes_a_contract_a_notice_and_a_study_group_to_their_decision(
    opened: Browser, ministry: Installation, language: str
) -> None:
    novice = Novice(opened, ministry.url("/").rstrip("/"), language)
    took = novice.drafts()
    contract = took["contract"]
    assert set(contract.fields) == {"want", "title", "amount", "counterparty", "starts_on", "ends_on"}
    assert (contract.choices, contract.files) == (1, 1), "the kind of matter, the specification: eight in all"
    novice.decided()


@pytest.mark.parametrize(("language", "days"), [("ja", 1), ("en", 2)])
def test_a_director_handles_ten_cases_on_a_phone(
    opened: Browser, ministry: Installation, language: str, days: int
) -> None:
    word = f"携帯・{language}"
    have_ten_wait(ministry, word, days)
    thumb.handle_ten(opened, ministry.url("/").rstrip("/"), word, language)


def test_a_precedent_takes_four_fields_and_an_approval_two_clicks_or_two_keys(
    opened: Browser, ministry: Installation
) -> None:
    have_ten_wait(ministry, "数える承認", days=0, agreed=False)
    novice = Novice(opened, ministry.url("/").rstrip("/"))
    with novice.as_(DEPUTY) as (walker, tally):
        with tally.counting() as clicks:
            counted.approve_by_pointer(walker)
        walker.open("/")
        with tally.counting() as keys:
            counted.approve_by_keys(walker)
    assert (clicks.presses, clicks.keys) == (2, 0)
    assert (keys.presses, keys.keys) == (0, 2)
    with novice.as_(DIRECTOR) as (walker, _):
        counted.approve_by_pointer(walker)
    with novice.as_(NOVICE) as (walker, tally), tally.counting() as copied:
        counted.contract_from_precedent(walker, novice.say, "先例から始める集計業務")
    assert set(copied.fields) == {"title", "amount", "starts_on", "ends_on"}
