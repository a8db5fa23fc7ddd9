"""施行文 on the screen: written beside the proposal, seen as it will look, read on the case, fetched as it was sent."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from office import issue, states
from paper import BODY, PREFECTURES, decided, drafted, lay_out, submitted
from test_issue_pages import form

from kessai.decisions.issuing import queries as issuing
from kessai.drafting import queries as drafts
from stage import Stage
from visitors import SignIn
from web_deciding.responses import put_away

LIVE = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def _layouts(stage: Stage) -> None:
    lay_out(stage)


def of_draft(stage: Stage, ref: Any) -> str:
    return f"/drafts/{stage.tenant_id}-{ref.draft_id}/"


def of_case(stage: Stage, case_id: UUID) -> str:
    return f"/cases/{stage.tenant_id}-{case_id}/"


def fetched(answer: Any) -> bytes:
    found = b"".join(answer.streaming_content)
    put_away(answer)
    return found


def typed(stage: Stage, ref: Any) -> dict[str, str]:
    return dict(drafts.draft_unchecked(tenant_id=stage.tenant_id, draft_id=ref.draft_id, at=stage.now).typed)


def test_the_form_of_a_matter_that_is_issued_has_one_letter_and_others_none(
    stage: Stage, as_: SignIn
) -> None:
    shown = as_("chief").get(of_draft(stage, stage.draft("notice"))).content.decode()
    assert shown.count("施行文の本文") == 1 and "別の施行文を加える" in shown and "案の1" not in shown
    assert "施行文の本文" not in as_("chief").get(of_draft(stage, stage.draft("contract"))).content.decode()


def test_a_letter_is_shown_as_left_over_only_where_a_matter_has_none(stage: Stage, as_: SignIn) -> None:
    left = "様式から外れた項目"
    assert left not in as_("chief").get(of_draft(stage, drafted(stage))).content.decode()
    shown = as_("chief").get(of_draft(stage, stage.draft("r1", **{"letter-1-text": BODY}))).content.decode()
    assert left in shown and "施行文の本文" in shown


def test_another_letter_is_added_and_taken_off_and_nothing_typed_is_lost(stage: Stage, as_: SignIn) -> None:
    ref, client = drafted(stage), as_("chief")
    sent = {"letters": "1", "letter-1-text": "一つ目", "do": "addletter"}
    assert client.post(of_draft(stage, ref), sent).headers["Location"].endswith("#h-letters")
    assert typed(stage, ref)["letters"] == "1 2"
    shown = client.get(of_draft(stage, ref)).content.decode()
    assert "案の2" in shown and "一つ目" in shown
    sent = {"letters": "1 2", "letter-1-text": "一つ目", "letter-2-text": "二つ目", "do": "dropletter:1"}
    client.post(of_draft(stage, ref), sent)
    now = typed(stage, ref)
    assert (now["letters"], now["letter-1-text"], now["letter-2-text"]) == ("2", "", "二つ目")


def test_the_text_of_a_letter_is_tidied_at_a_press(stage: Stage, as_: SignIn) -> None:
    ref = drafted(stage)
    sent = {"letters": "1", "letter-1-text": "2 あ\n5 い", "text": "2 う", "do": "tidy:letter-1-text"}
    answer = as_("chief").post(of_draft(stage, ref), sent)
    assert answer.headers["Location"].endswith("#f-letter-1-text")
    assert (typed(stage, ref)["letter-1-text"], typed(stage, ref)["text"]) == ("1　あ\n2　い", "2 う")


def test_the_pages_of_a_draft_are_pictures_and_a_pdf_for_its_drafter_alone(stage: Stage, as_: SignIn) -> None:
    ref, client = drafted(stage), as_("chief")
    at = of_draft(stage, ref) + "letters/1"
    whole, part = client.get(f"{at}/").content.decode(), client.get(f"{at}/", **LIVE).content.decode()
    assert "letter-pages" in whole and "<h1>" in whole
    assert "letter-pages" in part and "<h1>" not in part
    assert fetched(client.get(f"{at}/pages/1/960/"))[8:12] == b"WEBP"
    assert client.get(f"{at}/pages/9/960/").status_code == 404
    assert fetched(client.get(f"{at}.pdf")).startswith(b"%PDF")
    assert as_("budget").get(f"{at}/").status_code == 404
    assert client.get(of_draft(stage, ref) + "letters/2/").status_code == 404
    assert "刷り上がりが出ます" in client.get(of_draft(stage, ref) + "letters/2/", **LIVE).content.decode()


def test_a_problem_of_a_letter_is_said_beside_its_field(stage: Stage, as_: SignIn) -> None:
    ref = drafted(stage, **{"letter-1-text": "", "letter-1-title": "件名だけ"})
    answer = as_("chief").post(of_draft(stage, ref), {"do": "submit"})
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert 'href="#f-letter-1-text"' in shown and 'id="f-letter-1-text"' in shown


def test_who_approves_reads_the_letter_and_sees_its_pages(stage: Stage, as_: SignIn) -> None:
    many = "\n".join(f"第{n}県知事" for n in range(1, 48))
    case_id, client = submitted(stage, addressees=many), as_("deputy_director")
    shown = client.get(of_case(stage, case_id)).content.decode()
    assert "下記のとおり定めたので通知します。" in shown and "全部で47件" in shown
    at = of_case(stage, case_id) + "letters/1"
    assert "（2/2頁）" in client.get(f"{at}/").content.decode()
    assert as_("budget").get(f"{at}.pdf").status_code == 404


def test_a_letter_is_sent_by_the_form_of_the_issue_and_fetched_from_its_record(
    stage: Stage, as_: SignIn
) -> None:
    case_id, client = decided(stage), as_("chief")
    page = of_case(stage, case_id)
    assert "文書番号と施行の日が入ったPDF" in client.get(page + "issue/").content.decode()
    assert client.post(page + "issue/", form(stage)).status_code == 302
    seq = issuing.issues(tenant_id=stage.tenant_id, case_id=case_id)[0].seq
    address = f"{page}issued/{seq}/1/"
    assert address in client.get(page).content.decode()
    assert fetched(client.get(address)).startswith(b"%PDF")
    assert as_("budget").get(address).status_code == 404
    assert client.get(f"{page}issued/{seq}/2/").status_code == 404


def test_addressees_that_no_letter_names_get_the_one_that_is_chosen(stage: Stage, as_: SignIn) -> None:
    case_id = decided(
        stage,
        letters="1 2",
        addressees="甲県知事",
        **{"letter-2-text": "別の文", "letter-2-addressees": "乙社"},
    )
    sent = form(stage, addressee=["甲県知事"], others="町村会", others_letter="2", act_id=str(uuid4()))
    assert as_("chief").post(of_case(stage, case_id) + "issue/", sent).status_code == 302
    (view,) = issuing.issues(tenant_id=stage.tenant_id, case_id=case_id)
    assert [each.to for each in view.letters] == [("甲県知事",), ("乙社",)]


def test_fifty_letters_to_each_are_folded_on_the_record(stage: Stage, as_: SignIn) -> None:
    case_id = decided(stage, addressees=PREFECTURES + "\n丁県知事\n戊県知事", **{"letter-1-layout": "sealed"})
    issue(stage, case_id, *PREFECTURES.split("\n"), "丁県知事", "戊県知事")
    assert "全部で5件" in as_("chief").get(of_case(stage, case_id)).content.decode()
    assert states(stage, case_id) == ["out"] and BODY


def test_two_screens_that_write_the_same_letter_are_asked_which_text_stays(stage: Stage, as_: SignIn) -> None:
    ref, client = drafted(stage), as_("chief")
    shown = client.get(of_draft(stage, ref)).content.decode()
    stood = re.findall(r'name="stood" value="([^"]+)"', shown)
    assert any(line.startswith("letter-1-text ") for line in stood)
    screens: list[dict[str, Any]] = [{"screen": name, "stood": stood, "letters": ""} for name in ("a", "b")]
    assert client.post(of_draft(stage, ref), screens[0] | {"letter-1-text": "こちら"}).status_code == 302
    answer = client.post(of_draft(stage, ref), screens[1] | {"letter-1-text": "あちら"})
    assert answer.status_code == 409 and "施行文の本文" in answer.content.decode()
    assert typed(stage, ref)["letter-1-text"] == "こちら"


def test_a_version_names_what_was_written_in_letters(stage: Stage, as_: SignIn) -> None:
    ref, client = drafted(stage), as_("chief")
    stage.later(days=1)
    client.post(of_draft(stage, ref), {"letters": "1 2", "letter-2-text": "二つ目", "do": "save"})
    shown = client.get(of_draft(stage, ref) + "versions/").content.decode()
    assert "施行文の本文（案の2）" in shown and "letter-2" not in shown
