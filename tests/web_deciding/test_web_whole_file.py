"""The whole file on the screen: the page about it, and the PDF under a name that says what it is."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

import pytest
from django.db import connection

from kessai.decisions.wholefile import rules
from stage import Stage
from visitors import SignIn
from web_deciding.responses import put_away


def at(stage: Stage, case_id: UUID, rest: str = "whole-file/") -> str:
    return f"/cases/{stage.tenant_id}-{case_id}/{rest}"


def test_a_decided_case_is_opened_and_kept_under_its_number_and_title(stage: Stage, as_: SignIn) -> None:
    case_id = stage.submit(stage.draft("r1", files=[("名簿.csv", b"a,b\n")])).case_id
    stage.approve(case_id, "deputy_director", "director")
    number = stage.decide(case_id).number
    client = as_("chief")
    page = client.get(at(stage, case_id)).content.decode()
    assert f"{number}_地域振興の件.pdf" in page and "名簿" in page and "原本入り" in page
    shown = client.get(at(stage, case_id, "whole-file.pdf"))
    assert shown["Content-Type"] == "application/pdf"
    assert shown["Content-Disposition"].startswith("inline;")
    assert quote(f"{number}_地域振興の件.pdf") in shown["Content-Disposition"]
    assert "no-store" in shown["Cache-Control"] and "default-src 'none'" in shown["Content-Security-Policy"]
    assert b"".join(shown.streaming_content).startswith(b"%PDF-")
    put_away(shown)
    kept = client.get(at(stage, case_id, "whole-file.pdf?save"))
    assert kept["Content-Disposition"].startswith("attachment;")
    put_away(kept)
    assert at(stage, case_id) in client.get(at(stage, case_id, "")).content.decode()


def test_while_a_large_one_is_being_made_its_page_says_so_and_asks_again_by_itself(
    stage: Stage, as_: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "PAGES_AT_ONCE", -1)
    case_id = stage.submitted()
    client = as_("chief", "en")
    answer = client.get(at(stage, case_id, "whole-file.pdf"))
    assert answer.status_code == 302 and answer["Location"] == at(stage, case_id)
    page = client.get(at(stage, case_id)).content.decode()
    assert "being made" in page and 'hx-trigger="every 3s"' in page and "not decided" in page
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'decisions.make_whole_file'"
        )
        assert cursor.fetchone() == (1,)


def test_what_is_printed_of_a_case_says_what_it_is_and_whether_it_is_decided(
    stage: Stage, as_: SignIn
) -> None:
    case_id = stage.submitted()
    client = as_("chief")
    assert "<b>未決裁（進行中）</b>" in client.get(at(stage, case_id, "")).content.decode()
    stage.approve(case_id, "deputy_director", "director")
    number = stage.decide(case_id).number
    page = client.get(at(stage, case_id, "")).content.decode()
    assert f'data-paper="{number} 地域振興の件"' in page and "<b>決裁済み</b>" in page
