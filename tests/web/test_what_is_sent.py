"""What forms and addresses carry is read in one place; a crafted value is no number, no id, and breaks nothing."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

import pytest
from django.test import RequestFactory

from kessai.records.addressees import queries as addressees
from kessai.web.base import sent
from stage import Stage
from visitors import SignIn

ENORMOUS = "9" * 5_000


@pytest.mark.parametrize(
    "text",
    ["", "x", "-1", "1.0", "１２", " 1", "1_000", "\x00", ENORMOUS],
    ids=lambda text: text[:5] or "empty",
)
def test_what_is_no_short_row_of_plain_digits_is_no_number(text: str) -> None:
    assert sent.number(text) is None and sent.key(text) is None and sent.place(text) == -1


def test_a_number_is_read_as_far_as_its_column_reaches() -> None:
    assert sent.number("0") == 0 and sent.number("9" * 9) == 999_999_999 and sent.number("9" * 10) is None
    assert sent.key("9" * 18) == 10**18 - 1 and sent.key("9" * 19) is None
    assert sent.number("12345", longest=4) is None and sent.place("7") == 7


def test_an_act_without_an_id_is_a_new_one() -> None:
    known = uuid4()
    request = RequestFactory().post("/", {"act_id": str(known), "other": "nothing"})
    assert sent.act_id(request) == known
    assert isinstance(sent.act_id(request, "other"), UUID) and sent.act_id(request, "none") != known


def test_an_enormous_number_in_an_address_or_a_form_is_refused_and_breaks_nothing(
    stage: Stage, as_: SignIn
) -> None:
    ref = stage.draft("r1")
    chief, draft = as_("chief"), f"/drafts/{ref.tenant_id}-{ref.draft_id}/"
    assert chief.get(f"{draft}files/", {"look": ENORMOUS}).status_code == 200
    upload = chief.post(
        f"{draft}uploads/",
        headers={"Tus-Resumable": "1.0.0", "Upload-Length": "3", "Upload-Metadata": "filename YS50eHQ="},
    )
    part = chief.patch(
        upload["Location"],
        b"abc",
        content_type="application/offset+octet-stream",
        headers={"Tus-Resumable": "1.0.0", "Upload-Offset": ENORMOUS},
    )
    assert part.status_code == 400
    for name in ("add_after", "add_post_id"):
        typed = {
            "do": "addstep",
            "add_kind": "consult",
            "add_post": "なし",
            "add_reason": "理由",
            name: ENORMOUS,
        }
        assert chief.post(draft, typed).status_code == 409
    for at in ("/?post=", "/receipts/?page=", "/receipts/?year=", "/absence/?whose="):
        assert chief.get(at + ENORMOUS).status_code in (200, 404), at


def test_nul_is_read_as_if_it_were_not_there_whatever_is_typed(stage: Stage, as_: SignIn) -> None:
    keeper = as_("document")
    where = f"/rules/{stage.tenant_id}/addressees/"
    assert keeper.get(where, {"q": "\x00"}).status_code == 200
    kept = keeper.post(
        f"{where}new/", {"group": "市\x00町村", "members": "甲\x00市長\n乙市長", "effective": "令和9年1月4日"}
    )
    assert kept.status_code == 302
    group = addressees.group(tenant_id=stage.tenant_id, name="市町村", on=date(2027, 1, 4))
    assert group is not None and list(group.lines) == ["甲市長", "乙市長"]
