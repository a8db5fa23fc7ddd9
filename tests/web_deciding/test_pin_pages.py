"""Comments at their place on the case page and beside a file: through their forms, nothing typed is lost."""

from __future__ import annotations

import html
import re
from typing import Any
from uuid import UUID, uuid4

from kessai.decisions.models import Request
from stage import Stage
from visitors import SignIn
from web_deciding.test_other_acts import sent

TEXT = "次のとおりとしてよろしいか伺います。\n1　委託先　株式会社甲\n2　契約金額　金23,100,000円"
AMOUNT = {"field": "text", "quote": "金23,100,000円", "prefix": "2契約金額", "suffix": ""}


def where(stage: Stage, case_id: UUID, more: str = "") -> str:
    return f"/cases/{stage.tenant_id}-{case_id}/{more}"


def page_of(stage: Stage, as_: SignIn, case_id: UUID, by: str, more: str = "", **query: Any) -> str:
    return html.unescape(as_(by).get(where(stage, case_id, more), query).content.decode())


def comment(stage: Stage, as_: SignIn, case_id: UUID, by: str, do: str, words: str, **about: str) -> Any:
    form = {"act_id": str(uuid4()), "seen": stage.seen(case_id), "words": words, **(about or AMOUNT)}
    form.setdefault("to", str(stage.posts["chief"]))
    return as_(by).post(where(stage, case_id, "comment/"), {**form, "do": do})


def answer(stage: Stage, as_: SignIn, case_id: UUID, words: str) -> None:
    request = str(Request.objects.filter(case_id=case_id).latest("seq").seq)
    sent(stage, as_, case_id, "chief", "answer", request=request, reason=words)


def beside_the_line(page: str) -> str:
    """The notes in the margin of the text."""
    return page[page.index('class="notes"') : page.index('id="h-route"')]


def test_a_question_about_a_passage_stands_beside_its_line_until_it_is_answered_and_folded_then(
    stage: Stage, as_: SignIn
) -> None:
    case_id = stage.submitted(text=TEXT)
    form = page_of(stage, as_, case_id, "deputy_director", "comment/", **AMOUNT)
    assert "<blockquote" in form and "金23,100,000円" in form and "質問する" in form
    assert comment(stage, as_, case_id, "deputy_director", "ask", "税込みですか").status_code == 302
    page = page_of(stage, as_, case_id, "director_general")
    assert "<mark>金23,100,000円</mark>" in page and "書き込み 1件（待ち 1）" in page
    assert "税込みですか" in beside_the_line(page) and "回答待ち" in page
    assert "#ta-" in beside_the_line(page_of(stage, as_, case_id, "chief")), "the drafter goes to answer"
    answer(stage, as_, case_id, "含みます")
    page = page_of(stage, as_, case_id, "director_general")
    assert "書き込み 1件</a>" in page, "nothing is open"
    note = beside_the_line(page)
    assert (
        note.index("<details") < note.index("回答済み") < note.index("税込みですか") < note.index("含みます")
    )


def test_without_scripts_each_item_has_a_link_that_opens_the_form_with_its_words(
    stage: Stage, as_: SignIn
) -> None:
    case_id = stage.submitted(text=TEXT)
    page = page_of(stage, as_, case_id, "deputy_director")
    links = re.findall(r'class="pin-it"[^>]*href="([^"]+)"', page)
    assert len(links) == 3
    form = html.unescape(as_("deputy_director").get(links[1]).content.decode())
    assert "1　委託先　株式会社甲" in form[form.index("<blockquote") :]
    others = page[page.index("pin-others") :]
    title = re.search(r'href="([^"]+field=title[^"]+)"', others)
    assert title and "地域振興の件" in as_("deputy_director").get(title[1]).content.decode()


def test_a_return_is_pinned_and_says_after_the_change_what_became_of_its_place(
    stage: Stage, as_: SignIn
) -> None:
    case_id = stage.submitted(text=TEXT)
    position = stage.step(case_id, "deputy_director")
    done = comment(stage, as_, case_id, "deputy_director", f"return-{position}", "積算が合いません")
    assert done.status_code == 302
    page = page_of(stage, as_, case_id, "chief")
    assert "直し待ち" in beside_the_line(page)
    assert "「" not in page[page.index("差し戻されています") :][:20], "the place is a quotation"
    assert '伺い文 <q lang="ja">金23,100,000円</q>' in page[page.index('id="h-odd"') :]


def test_who_has_nothing_to_say_is_offered_no_form_and_a_stranger_finds_nothing(
    stage: Stage, as_: SignIn
) -> None:
    case_id = stage.decided(text=TEXT)
    assert 'id="pin-on"' not in page_of(stage, as_, case_id, "chief")
    form = page_of(stage, as_, case_id, "chief", "comment/", **AMOUNT)
    assert "いま書き込めません" in form and "pin-words" not in form
    assert as_("personnel").get(where(stage, case_id, "comment/"), AMOUNT).status_code == 404
    late = comment(stage, as_, case_id, "chief", "ask", "なぜですか")
    assert late.status_code == 409 and "なぜですか" in late.content.decode()


def test_what_cannot_be_pinned_is_given_back_and_goes_without_its_place(stage: Stage, as_: SignIn) -> None:
    case_id = stage.submitted(text=TEXT)
    lost = comment(stage, as_, case_id, "director", "ask", "なぜですか", field="text", quote="この文はない")
    page = lost.content.decode()
    assert lost.status_code == 409 and "いまの版に見つかりません" in page
    assert "この文はない" in page and ">なぜですか</textarea>" in page
    assert 'name="quote"' not in page, "sent again it is about the whole"
    empty = comment(stage, as_, case_id, "deputy_director", "approve-1", " ")
    assert empty.status_code == 409 and 'value="金23,100,000円"' in empty.content.decode()
    assert comment(stage, as_, case_id, "director", "jump", "x").status_code == 409


def test_an_old_page_s_item_is_not_taken_for_another(stage: Stage, as_: SignIn) -> None:
    case_id = stage.submitted(text=TEXT)
    old = as_("deputy_director").get(
        where(stage, case_id, "comment/"), {"field": "text", "from": "0", "to": "9", "rev": "7"}
    )
    assert old.status_code == 409 and "見つかりません" in old.content.decode()


def test_a_comment_on_a_file_stands_beside_its_page_and_at_the_file_on_the_case(
    stage: Stage, as_: SignIn
) -> None:
    case_id = stage.submit(stage.draft("r1", files=[("積算.txt", "単価 500円".encode())])).case_id
    done = comment(stage, as_, case_id, "deputy_director", "ask", "単価の根拠は", attachment="1", page="1")
    assert done["Location"] == where(stage, case_id, "attachments/1/view/?page=1"), "one stays with the file"
    beside = page_of(stage, as_, case_id, "director_general", "attachments/1/view/")
    assert "単価の根拠は" in beside[beside.index('id="h-pins"') :]
    on_case = page_of(stage, as_, case_id, "director_general")
    assert "単価の根拠は" in on_case[on_case.index('class="pin-files"') :]
    gone = comment(stage, as_, case_id, "deputy_director", "ask", "頁", attachment="1", page="2")
    assert gone.status_code == 409


def test_from_a_file_and_from_the_redline_one_goes_on_to_the_next_case(stage: Stage, as_: SignIn) -> None:
    first = stage.submit(stage.draft("r1", files=[("積算.txt", b"a")])).case_id
    second = stage.submitted("r1")
    for more in ("attachments/1/view/", "changes/"):
        page = page_of(stage, as_, first, "deputy_director", more)
        assert f'href="{where(stage, second)}"' in page and "次の案件" in page
        assert f'href="{where(stage, first)}#acts"' in page


def test_the_comments_of_a_case_are_in_english_too(stage: Stage, as_: SignIn) -> None:
    case_id = stage.submitted(text=TEXT)
    comment(stage, as_, case_id, "deputy_director", "ask", "税込みですか")
    page = as_("chief", "en").get(where(stage, case_id)).content.decode()
    assert "1 comment (1 open)" in page and "awaiting an answer" in page
