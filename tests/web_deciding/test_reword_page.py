"""Correcting the wording on the pages: write, see the redline, put it in; nothing typed is lost on a refusal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from forms import press
from kessai.decisions.models import Case
from scenario import Scenario
from stage import Stage


@pytest.fixture
def scene(stage: Stage) -> Scenario:
    return Scenario(stage)


def where(stage: Stage, case_id: UUID, rest: str = "reword/") -> str:
    return f"/cases/{stage.tenant_id}-{case_id}/{rest}"


def test_words_are_corrected_after_their_redline_was_seen(scene: Scenario, stage: Stage, as_: Any) -> None:
    case_id = scene.routed("r2", "deputy_director", text="\n誤字があｒます。")
    client = as_("director")
    assert where(stage, case_id) in client.get(where(stage, case_id, "")).content.decode()
    page = client.get(where(stage, case_id)).content.decode()
    preview = press(client, page, "preview", text="誤字があります。").content.decode()
    assert "あり</ins>" in preview and Case.objects.get(id=case_id).revision == 1
    again = press(client, preview, "edit").content.decode()
    assert "誤字があります。" in again
    done = press(client, press(client, again, "preview").content.decode(), "put", note="誤字")
    assert done.status_code == 302
    assert Case.objects.get(id=case_id).revision == 2
    history = as_("chief").get(where(stage, case_id, "")).content.decode()
    assert "字句の訂正" in history and "見え消しで見る" in history
    assert "changes/?to=2" in as_("chief").get("/").content.decode()
    assert as_("chief").get(where(stage, case_id, "changes/")).status_code == 200


def test_a_change_meanwhile_is_shown_and_the_words_are_put_in_by_one_press(
    scene: Scenario, stage: Stage, as_: Any
) -> None:
    case_id = scene.routed("r2", "deputy_director", text="誤字があｒます。")
    client = as_("director")
    page = client.get(where(stage, case_id)).content.decode()
    preview = press(client, page, "preview", text="誤字があります。").content.decode()
    scene.revise(case_id, substance=False, title="起案者の件名")
    refused = press(client, preview, "put")
    assert refused.status_code == 409
    told = refused.content.decode()
    assert "見ていた第1版から、いまの第2版への変更" in told and "誤字があります。" in told
    assert press(client, told, "put").status_code == 302
    assert Case.objects.get(id=case_id).revision == 3


def test_an_empty_title_is_named_and_where_it_is_not_allowed_the_words_are_kept(
    scene: Scenario, stage: Stage, as_: Any
) -> None:
    case_id = scene.routed("r2", "deputy_director")
    client = as_("director")
    page = client.get(where(stage, case_id)).content.decode()
    empty = press(client, page, "preview", title=" ")
    assert empty.status_code == 409 and "件名を入れてください" in empty.content.decode()
    stage.approve(case_id, "director")
    late = press(client, page, "preview", text="書いたものは残る。")
    assert late.status_code == 409 and "書いたものは残る。" in late.content.decode()
    other = scene.routed("r1", "deputy_director")
    assert "認めていません" in client.get(where(stage, other)).content.decode()
    assert "認めていません" in client.get(where(stage, other, "")).content.decode()
    assert as_("personnel").get(where(stage, other)).status_code == 404
