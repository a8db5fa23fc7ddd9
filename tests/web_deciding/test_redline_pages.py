"""What changed on the pages: the redline, a refused act with the way to go on, files of earlier revisions."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from forms import press
from kessai.decisions.models import Case, Event
from kessai.drafting import queries as drafts
from scenario import Scenario
from stage import Stage
from web_deciding.responses import put_away

R1 = ("deputy_director", "director")


@pytest.fixture
def scene(stage: Stage) -> Scenario:
    return Scenario(stage)


def where(stage: Stage, case_id: UUID, rest: str = "") -> str:
    return f"/cases/{stage.tenant_id}-{case_id}/{rest}"


def shown(as_: Any, stage: Stage, case_id: UUID, by: str, rest: str = "", language: str = "ja") -> str:
    answer = as_(by, language).get(where(stage, case_id, rest))
    assert answer.status_code == 200
    return str(answer.content.decode())


def block(page: str, name: str) -> str:
    """A part of a page, from the element with an id."""
    start = page.index(f'id="{name}"')
    return page[start : page.index("</div>\n" if "</div>\n" in page[start:] else "</div>", start)]


def plain(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


def test_A52_the_refused_decision_shows_the_difference_and_one_press_decides_the_new_revision(
    scene: Scenario, stage: Stage, as_: Any
) -> None:
    case_id = scene.routed("r1", *R1, text="12月1日とする。")
    screen = shown(as_, stage, case_id, "director_general")
    scene.revise(case_id, substance=False, text="12月8日とする。")
    client = as_("director_general")
    refused = press(client, screen, "decide", opinion="急いで進めること")
    assert refused.status_code == 409
    page = refused.content.decode()
    told = page[page.index('id="refusal"') :]
    assert "見ていた第1版から、いまの第2版への変更" in told
    assert '<del><span class="vh">[削除]</span>1日</del><ins><span class="vh">[追加]</span>8日</ins>' in told
    assert Case.objects.get(id=case_id).number == ""
    assert press(client, page, "decide", within='id="refusal"').status_code == 302
    decided = Event.objects.filter(case_id=case_id).latest("seq")
    assert (decided.kind, decided.revision, decided.remark) == ("decided", 2, "急いで進めること")


@pytest.mark.parametrize(
    ("do", "by", "before", "typed", "kind"),
    [
        ("approve", "deputy_director", (), {"opinion": "よい"}, "approved"),
        ("return", "director", R1[:1], {"reason": "直して"}, "returned"),
        ("return_to", "director_general", R1, {"reason": "見直し", "to": "1"}, "returned"),
        ("refuse", "budget", R1, {"reason": "財源がない"}, "refused"),
        ("reject", "director_general", R1, {"reason": "時期を改める"}, "rejected"),
        ("ahead_decide", "director_general", (), {"reason": "急ぐ"}, "decided"),
    ],
)
def test_A52_any_act_is_done_on_the_new_revision_by_one_press_with_what_was_typed(
    scene: Scenario,
    stage: Stage,
    as_: Any,
    do: str,
    by: str,
    before: tuple[str, ...],
    typed: dict[str, str],
    kind: str,
) -> None:
    case_id = scene.routed("r2" if by == "budget" else "r1", *before)
    screen = shown(as_, stage, case_id, by)
    scene.revise(case_id, substance=False, text="直した。")
    client = as_(by)
    page = press(client, screen, do, **typed).content.decode()
    press(client, page, do, within='id="refusal"')
    event = Event.objects.filter(case_id=case_id).latest("seq")
    said = typed.get("opinion") or typed["reason"]
    if do == "ahead_decide":
        said = ""
    assert (event.kind, event.revision, event.remark) == (kind, 2, said)


def test_A49_where_the_turn_is_lost_the_difference_is_shown_and_the_words_are_kept(
    scene: Scenario, stage: Stage, as_: Any
) -> None:
    case_id = scene.routed("r1", *R1)
    screen = shown(as_, stage, case_id, "director_general")
    scene.revise(case_id, substance=True, text="補助率を変えた。")
    page = press(as_("director_general"), screen, "decide", opinion="了承").content.decode()
    told = page[page.index('id="refusal"') :]
    assert "補助率を変えた" in told and "了承" in told and 'form="acts"' not in told


def test_who_was_faster_is_named_with_the_time(scene: Scenario, stage: Stage, as_: Any) -> None:
    case_id = scene.routed("r1", "deputy_director")
    screen = shown(as_, stage, case_id, "director")
    scene.stage.send_back(case_id, "director", "数字を確かめて")
    scene.course("cancel", case_id, reason="不要になった")
    page = press(as_("director"), screen, "approve").content.decode()
    told = plain(page[page.index('id="refusal"') :])
    assert "あなたが画面を開いた後に" in told
    assert re.search(r"10/6 12:\d\d 差戻し 振興課長 振興課長の人 数字を確かめて", told)
    assert re.search(r"10/6 12:\d\d 取止め 振興課 振興係長 振興係長の人 不要になった", told)


def test_A50_the_notice_leads_to_the_redline_and_there_the_unit_objects(
    scene: Scenario, stage: Stage, as_: Any
) -> None:
    case_id = scene.routed("r2", *R1, "budget", text="12月1日とする。")
    scene.revise(case_id, substance=False, text="12月8日とする。")
    client = as_("budget")
    link = where(stage, case_id, "changes/") + "?to=2"
    assert link in client.get("/").content.decode()
    page = client.get(link).content.decode()
    assert "8日</ins>" in page and "主旨は変わらない" in page
    assert press(client, page, "object", within='id="object"', reason="額に響く").status_code == 302
    assert Event.objects.filter(case_id=case_id).latest("seq").kind == "objected"


def test_A15_A49_the_case_page_says_in_a_line_what_changed_since_ones_consent(
    scene: Scenario, stage: Stage, as_: Any
) -> None:
    case_id = scene.routed("r2", *R1, "budget", "document")
    scene.stage.send_back(case_id, "director_general")
    scene.resubmit(case_id, substance=False, title="新しい件名", text="新しい伺い。")
    line = plain(block(shown(as_, stage, case_id, "budget"), "since"))
    assert re.search(r"あなたの同意（10/6 12:\d\d、第1版）の後に、変わったところ：件名 伺い文", line)
    assert "異議を述べる" in line
    assert "前の版（第1版）から" not in line
    first = plain(block(shown(as_, stage, case_id, "director_general"), "since"))
    assert re.search(r"あなたの差戻し（10/6 12:\d\d、第1版）の後に", first)


def test_the_line_is_there_in_english_too(scene: Scenario, stage: Stage, as_: Any) -> None:
    case_id = scene.routed("r1", "deputy_director")
    scene.revise(case_id, substance=False, text="直した。")
    line = plain(block(shown(as_, stage, case_id, "deputy_director", language="en"), "since"))
    assert "Since you acted (Approved, 6 Oct" in line and "this changed: Proposal" in line
    page = shown(as_, stage, case_id, "deputy_director", "changes/", language="en")
    assert "[deleted]" in page and "[added]" in page


def test_a_long_text_is_cut_to_its_changes_and_shown_whole_on_request(
    scene: Scenario, stage: Stage, as_: Any
) -> None:
    middle = "変わらない文が続く。" * 40
    case_id = scene.routed("r1", "deputy_director", text=f"初めは一月。{middle}終わりは三月。")
    scene.revise(case_id, substance=False, text=f"初めは二月。{middle}終わりは四月。")
    assert "（中略）" in shown(as_, stage, case_id, "director", "changes/")
    whole = shown(as_, stage, case_id, "director", "changes/?whole")
    assert "（中略）" not in whole and whole.count("変わらない文が続く。") == 40


def test_every_kind_of_change_has_its_words(scene: Scenario, stage: Stage, as_: Any) -> None:
    ref = stage.draft("contract", amount="8000000", counterparty="試験社", files=[("図面.pdf", b"a")])
    case_id = stage.submit(ref).case_id
    stage.approve(case_id, "deputy_director")
    scene.rework(
        case_id,
        begin=True,
        amount="12000000",
        counterparty="試験会社",
        deadline="2026-12-01",
        flags="important",
        text="下記のとおりとしてよろしいか伺います。\n\n",
        reason="字句 を直す",
    )
    scene.course("revise", case_id, substance=False)
    page = plain(shown(as_, stage, case_id, "director", "changes/?from=1&to=2"))
    for words in ("8,000,000円", "12,000,000円", "令和8年12月1日", "重要", "役割の変更", "追加", "試験会社"):
        assert words in page
    scene.revise(case_id, substance=False, reason="字句を直す")
    assert "␣" in shown(as_, stage, case_id, "director", "changes/?from=2&to=3")


def test_A53_a_file_is_replaced_in_one_step_and_each_revision_keeps_its_own(
    scene: Scenario, stage: Stage, as_: Any
) -> None:
    case_id = stage.submit(stage.draft("r1", files=[("見積書.txt", b"old"), ("仕様書.txt", b"spec")])).case_id
    stage.approve(case_id, "deputy_director")
    chief = as_("chief")
    chief.post(where(stage, case_id), {"do": "revise"})
    draft = f"/drafts/{stage.tenant_id}-{case_id}/"
    old = drafts.attachments(tenant_id=stage.tenant_id, draft_id=case_id)[0]
    form = {
        "shown_files": " ".join(
            str(a.id) for a in drafts.attachments(tenant_id=stage.tenant_id, draft_id=case_id)
        )
    }
    missing = chief.post(draft, {**form, "do": f"replace:{old.id}"})
    assert missing.status_code == 409 and "選ばれていません" in missing.content.decode()
    new = SimpleUploadedFile("見積書-2.txt", b"new")
    assert (
        chief.post(draft, {**form, "do": f"replace:{old.id}", f"replacement-{old.id}": new}).status_code
        == 302
    )
    first, second = drafts.attachments(tenant_id=stage.tenant_id, draft_id=case_id)
    assert (first.title, first.filename, second.title) == ("見積書", "見積書-2.txt", "仕様書")
    assert "添付1件" in plain(chief.get(draft).content.decode())
    scene.course("revise", case_id, substance=False)

    page = shown(as_, stage, case_id, "director")
    assert "添付1件" in plain(block(page, "since")) and "差し替え" in page
    redline = shown(as_, stage, case_id, "director", "changes/")
    assert "差し替え" in redline and old.sha256[:4] in redline and first.sha256[:4] in redline
    for by, revision, body in (("deputy_director", 1, b"old"), ("director", 2, b"new")):
        path = where(stage, case_id, f"revisions/{revision}/attachments/1/")
        assert path in redline
        answer = as_(by).get(path)
        assert b"".join(answer.streaming_content) == body
        put_away(answer)
    assert as_("personnel").get(where(stage, case_id, "revisions/1/attachments/1/")).status_code == 404
    assert as_("chief").get(where(stage, case_id, "revisions/3/attachments/1/")).status_code == 404


def test_a_file_for_another_place_comes_along_with_a_submission_and_is_not_lost(
    scene: Scenario, stage: Stage, as_: Any
) -> None:
    ref = stage.draft("r1", files=[("見積書.txt", b"old")])
    (old,) = drafts.attachments(tenant_id=ref.tenant_id, draft_id=ref.draft_id)
    answer = as_("chief").post(
        f"/drafts/{ref.tenant_id}-{ref.draft_id}/",
        {
            "title": "件名",
            "text": "伺い。",
            "shown_files": str(old.id),
            "do": "submit",
            "act_id": str(uuid4()),
            f"replacement-{old.id}": SimpleUploadedFile("新.txt", b"new"),
        },
    )
    assert answer.status_code == 302
    (sent,) = drafts.revision(tenant_id=ref.tenant_id, draft_id=ref.draft_id, number=1).attachments
    assert sent.filename == "新.txt"


def test_what_is_asked_for_wrongly_is_not_found_and_strangers_see_nothing(
    scene: Scenario, stage: Stage, as_: Any
) -> None:
    case_id = scene.routed("r1")
    assert as_("personnel").get(where(stage, case_id, "changes/")).status_code == 404
    assert as_("chief").get(where(stage, case_id, "changes/?from=1&to=7")).status_code == 404
    same = shown(as_, stage, case_id, "chief", "changes/?from=x&to=")
    assert "内容は同じです" in same
