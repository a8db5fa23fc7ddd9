"""Words pinned to a passage of the proposal or to a page of an attachment: with the words on the record."""

from __future__ import annotations

from uuid import UUID

import pytest

from kessai.decisions import queries
from kessai.decisions.anchors import Anchor, CannotPin, Page, Passage
from kessai.decisions.models import Event
from kessai.decisions.results import HistoryItem
from scenario import Scenario

TEXT = "次のとおりとしてよろしいか伺います。\n1　委託先　株式会社甲\n2　契約金額　金23,100,000円"
AMOUNT = Passage("text", "金23,100,000円", "契約金額　", "")
R1 = ("deputy_director", "director")


def last(on_stage: Scenario, case_id: UUID, by: str = "chief") -> HistoryItem:
    return on_stage.page(case_id, by).history[-1]


def test_a_question_about_a_passage_says_which_to_everybody_who_sees_the_case(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", "deputy_director", text=TEXT)
    on_stage.talk("ask", case_id, "director", to="chief", question="税込みですか", about=AMOUNT)
    for reader in ("chief", "director", "director_general"):
        anchor = last(on_stage, case_id, reader).anchor
        assert isinstance(anchor, Passage)
        assert (anchor.field, anchor.quote) == ("text", "金23,100,000円")
        assert anchor.prefix.endswith("2　契約金額　"), "what stood before it is kept as the text has it"


@pytest.mark.parametrize(
    ("act", "by", "words"),
    [
        ("approve", "deputy_director", "この額で進めてください"),
        ("return_to_drafter", "deputy_director", "積算を直してください"),
        ("refuse_consent", "budget", "予算の裏付けがありません"),
        ("approve", "document", "文言を確かめました"),
        ("decide", "director_general", "執行に当たり注意すること"),
    ],
)
def test_opinions_and_reasons_are_pinned_too(on_stage: Scenario, act: str, by: str, words: str) -> None:
    before = {"budget": R1, "document": R1, "director_general": (*R1, "budget", "document")}.get(by, ())
    case_id = on_stage.routed("r2", *before, text=TEXT)
    on_stage.act(act, case_id, by, words, about=AMOUNT)
    said = last(on_stage, case_id)
    assert said.remark == words
    assert isinstance(said.anchor, Passage) and said.anchor.quote == AMOUNT.quote


def test_an_opinion_that_was_asked_for_a_return_to_a_step_an_objection_and_a_reading(
    on_stage: Scenario,
) -> None:
    case_id = on_stage.routed("r1", "deputy_director", text=TEXT)
    on_stage.add(case_id, "director", "budget", kind="consult")
    on_stage.act("opine", case_id, "budget", "前例より高い", about=AMOUNT)
    assert last(on_stage, case_id).anchor is not None
    to = on_stage.position(case_id, "deputy_director")
    on_stage.act("return_to", case_id, "director", "額を確かめて", to=to, about=AMOUNT)
    assert last(on_stage, case_id).anchor is not None
    on_stage.add(case_id, "deputy_director", "personnel", kind="consent")
    on_stage.add(case_id, "deputy_director", "document", kind="circulate")
    on_stage.stage.approve(case_id, "deputy_director", "personnel")
    on_stage.revise(case_id, substance=False, text=TEXT.replace("甲", "乙"))
    on_stage.act("object_to", case_id, "personnel", "相手方が違います", about=Passage("text", "株式会社乙"))
    assert last(on_stage, case_id).anchor is not None
    on_stage.act("mark_read", case_id, "document", remark="承知しました", about=AMOUNT)
    assert last(on_stage, case_id).anchor is not None


def test_a_comment_on_a_field_or_on_a_page_of_a_file(on_stage: Scenario) -> None:
    stage = on_stage.stage
    draft = stage.draft("r1", files=[("見積書.txt", b"a"), ("仕様書.txt", b"b")], title="調査の委託")
    case_id = stage.submit(draft).case_id
    on_stage.talk(
        "ask", case_id, "director", to="chief", question="年度は", about=Passage("title", "調査の委託")
    )
    on_stage.talk("ask", case_id, "director", to="chief", question="この欄は", about=Page(2, 1))
    field, page = (item.anchor for item in on_stage.page(case_id).history[-2:])
    assert isinstance(field, Passage) and field.field == "title"
    files = on_stage.page(case_id).attachments
    assert page == Page(2, 1, files[1].file.sha256, files[1].file.title)


@pytest.mark.parametrize(
    ("about", "words", "said"),
    [
        (Passage("text", "この文はない"), "なぜ", "見つかりません"),
        (Passage("marking", "機密性2"), "なぜ", "見つかりません"),
        (Page(1, 1), "なぜ", "添付の頁が"),
        (AMOUNT, "  ", "質問がありません"),
    ],
)
def test_what_is_not_there_cannot_be_commented_on_and_a_place_alone_says_nothing(
    on_stage: Scenario, about: Anchor, words: str, said: str
) -> None:
    case_id = on_stage.routed("r1", text=TEXT)
    with pytest.raises(Exception, match=said):
        on_stage.talk("ask", case_id, "director", to="chief", question=words, about=about)


def test_an_approval_that_only_points_at_a_place_is_refused(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", text=TEXT)
    with pytest.raises(CannotPin, match="言葉がありません"):
        on_stage.act("approve", case_id, "deputy_director", " ", about=AMOUNT)


def test_a_passage_that_was_changed_since_the_page_was_opened_is_refused(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", "deputy_director", text=TEXT)
    on_stage.revise(case_id, substance=False, text=TEXT.replace("23,100,000", "19,800,000"))
    with pytest.raises(CannotPin, match="いまの版に見つかりません"):
        on_stage.talk("ask", case_id, "director", to="chief", question="税込みですか", about=AMOUNT)


def test_the_place_is_bound_with_the_words_and_is_in_the_decided_original(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", *R1, text=TEXT)
    on_stage.talk("ask", case_id, "director_general", to="chief", question="税込みですか", about=AMOUNT)
    event = Event.objects.filter(case_id=case_id).latest("seq")
    assert event.payload["anchor"]["quote"] == AMOUNT.quote
    on_stage.stage.decide(case_id)
    body, _, _ = queries.original(tenant_id=on_stage.stage.tenant_id, case_id=case_id)
    assert '"anchor":{"field":"text"' in body


def test_a_comment_stays_with_the_case_when_the_text_changes(on_stage: Scenario) -> None:
    case_id = on_stage.routed("r1", text=TEXT)
    on_stage.act("return_to_drafter", case_id, "deputy_director", "額を直して", about=AMOUNT)
    on_stage.resubmit(case_id, substance=True, text=TEXT.replace("23,100,000", "19,800,000"))
    kept = [item for item in on_stage.page(case_id).history if item.anchor]
    assert [(item.kind, item.revision) for item in kept] == [("returned", 1)]
