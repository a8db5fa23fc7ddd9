"""The drafter sees what is worth a second look beside the draft, and can submit all the same."""

from __future__ import annotations

import pytest

from kessai.decisions import queries
from stage import Stage
from visitors import SignIn
from web.conftest import as_ as as_
from web.conftest import stage as stage

FIELDS = {"title": "意識調査の委託", "counterparty": "青葉総合調査株式会社"}


@pytest.fixture
def before(stage: Stage) -> None:
    """Four contracts of some five million, each with its specification."""
    for amount in (4_000_000, 5_000_000, 5_500_000, 6_000_000):
        ref = stage.draft("contract", files=[("仕様書.txt", b"x")], **FIELDS, amount=str(amount))
        case_id = stage.submit(ref).case_id
        stage.approve(case_id, "deputy_director", "budget")
        stage.decide(case_id, "director")


def test_an_unusual_amount_and_a_missing_file_are_said_and_stop_nothing(
    stage: Stage, as_: SignIn, before: None
) -> None:
    ref = stage.draft("contract", **FIELDS, amount="9000000")
    preview = queries.preview(
        actor=stage.actor("chief"), tenant_id=ref.tenant_id, draft_id=ref.draft_id, at=stage.now
    )
    assert [problem.field for problem in preview.advice] == ["amount", "files"] and not preview.problems
    where = f"/drafts/{ref.tenant_id}-{ref.draft_id}/"
    page = as_("chief").get(where).content.decode()
    assert "確かめる 2" in page and 'href="#f-files"' in page and "そのまま提出できます" in page
    assert "2 to check" in as_("chief", "en").get(where).content.decode()
    assert stage.submit(ref).case_id == ref.draft_id


def test_the_first_of_its_kind_is_called_unusual_in_nothing(stage: Stage) -> None:
    ref = stage.draft("contract", **FIELDS, amount="9000000")
    preview = queries.preview(
        actor=stage.actor("chief"), tenant_id=ref.tenant_id, draft_id=ref.draft_id, at=stage.now
    )
    assert preview.advice == ()
