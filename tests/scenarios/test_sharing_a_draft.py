"""A draft is shared: read, commented on beside the text, written in together, and handed over to another post."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest

from clearances import MARKED, clear
from kessai.decisions import queries as cases
from kessai.decisions.anchors import CannotPin, Passage
from kessai.decisions.commenting import operations as comments
from kessai.decisions.commenting import queries as margin
from kessai.decisions.commenting.rules import CannotComment
from kessai.decisions.handing import operations as handing
from kessai.decisions.handing.rules import CannotHandOver
from kessai.decisions.models import DraftComment, Preview
from kessai.decisions.previewing import operations, queries
from kessai.decisions.previewing.rules import COMMENT, EDIT, READ, CannotPreview
from kessai.decisions.rules import CannotAct
from kessai.decisions.telling import queries as telling
from kessai.drafting import operations as drafting
from kessai.drafting import queries as drafts
from kessai.drafting.operations import CannotMerge, DraftRef
from kessai.drafting.versions import queries as versions
from kessai.kernel.errors import NotFound
from scenario import Scenario

TEXT = "下記のとおりとしてよろしいか伺います。"


@dataclass
class Shared:
    """A draft of the Section Chief, and what others do with it before its submission."""

    on: Scenario
    ref: DraftRef

    def here(self, by: str = "chief") -> dict[str, Any]:
        stage = self.on.stage
        return {
            "actor": stage.actor(by),
            "tenant_id": stage.tenant_id,
            "draft_id": self.ref.draft_id,
            "at": stage.later(),
        }

    def share(self, to: str, level: str = COMMENT, note: str = "") -> UUID:
        return operations.ask(
            **self.here(), post_id=self.on.stage.posts[to], act_id=uuid4(), level=level, note=note
        )

    def write(self, by: str, **typed: str) -> None:
        operations.write(**self.here(by), typed=typed, version=None)

    def comment(self, by: str, text: str, field: str = "text", quote: str = "", **around: str) -> UUID:
        return comments.comment(
            **self.here(by), act_id=uuid4(), about=Passage(field, quote, **around), text=text
        )

    def reply(self, by: str, thread: UUID, text: str) -> None:
        comments.reply(**self.here(by), thread_id=thread, act_id=uuid4(), text=text)

    def threads(self, by: str = "chief") -> list[tuple[str, str, list[str]]]:
        """By field, what became of the passage, and what was said."""
        found = margin.threads(**self.here(by))
        return [(one.field, one.place, [said.text for said in one.said]) for one in found]

    def told(self, by: str) -> list[tuple[str, str, str]]:
        found = telling.unseen(actor=self.on.stage.actor(by), at=self.on.stage.now)
        return [(one.about, one.person_name, one.remark) for one in found]

    def hand(self, to: str, by: str = "chief", note: str = "", act_id: UUID | None = None) -> None:
        handing.hand_over(
            **self.here(by), post_id=self.on.stage.posts[to], act_id=act_id or uuid4(), note=note
        )

    def typed(self) -> dict[str, str]:
        return drafts.draft_unchecked(
            tenant_id=self.ref.tenant_id, draft_id=self.ref.draft_id, at=self.on.stage.now
        ).typed

    def home(self, by: str) -> cases.Home:
        return cases.home(actor=self.on.stage.actor(by), at=self.on.stage.now)


@pytest.fixture
def draft(on_stage: Scenario) -> Shared:
    return Shared(on_stage, on_stage.stage.draft("r1", reason="理由"))


def test_who_is_to_read_only_reads_and_is_asked_for_nothing(draft: Shared) -> None:
    preview = draft.share("budget", READ)
    shown = queries.shown(**draft.here("budget"))
    assert (shown.asks, shown.comments, shown.writes) == (False, False, False)
    assert draft.home("budget").previews == ()
    assert [one.title for one in draft.home("budget").shared] == ["地域振興の件"]
    with pytest.raises(CannotPreview, match="読むために"):
        operations.remark(**draft.here("budget"), preview_id=preview, version=1, text="x")
    with pytest.raises(NotFound):
        draft.comment("budget", "一言")
    with pytest.raises(NotFound):
        draft.write("budget", title="別の件名")
    assert [(one.state, one.level) for one in queries.asked(**draft.here())] == [("reads", READ)]
    assert draft.threads("budget") == []
    draft.on.stage.submit(draft.ref)
    assert draft.home("budget").shared == ()


def test_who_writes_along_changes_the_text_and_nothing_that_is_the_drafters(draft: Shared) -> None:
    draft.share("budget", EDIT)
    draft.write("budget", title="二人で書く件名", marking=MARKED)
    assert (draft.typed()["title"], draft.typed().get("marking")) == ("二人で書く件名", None)
    assert [one.person_name for one in versions.versions(**draft.here())] == ["会計課長の人", "振興係長の人"]
    operations.remark(**draft.here("budget"), preview_id=Preview.objects.get().id, version=1)
    assert draft.home("budget").shared[0].writes, "it is found again after the answer"
    draft.write("budget", reason="二人で書く理由")
    for refused in (
        lambda: draft.on.stage.submit(draft.ref, "budget"),
        lambda: drafting.discard(**draft.here("budget")),
        lambda: draft.hand("document", by="budget"),
        lambda: drafting.attach(**draft.here("budget"), filename="a", title="", stream=io.BytesIO(b"a")),
    ):
        with pytest.raises(NotFound):
            refused()
    draft.on.stage.submit(draft.ref)
    with pytest.raises(NotFound):
        draft.write("budget", title="提出の後の件名")


def test_two_who_write_the_same_field_are_both_kept_and_one_chooses(draft: Shared) -> None:
    draft.share("budget", EDIT)
    seen = drafts.draft(**draft.here()).version
    draft.write("budget", title="会計課の件名")
    with pytest.raises(CannotMerge) as refused:
        drafting.save(**draft.here(), typed={"title": "起案者の件名"}, version=seen, screen="s")
    (theirs,) = refused.value.theirs
    assert (theirs.value, theirs.person_name, theirs.own) == ("会計課の件名", "会計課長の人", False)
    with pytest.raises(CannotMerge):
        operations.write(**draft.here("budget"), typed={"title": "さらに別の件名"}, version=seen, screen="t")


def test_a_draft_taken_back_or_marked_is_neither_written_nor_commented_on(draft: Shared) -> None:
    preview = draft.share("budget", EDIT)
    clear(draft.on.stage, "chief", covers=(MARKED,))
    drafting.save(**draft.here(), typed={"marking": MARKED}, version=None)
    with pytest.raises(NotFound):
        draft.write("budget", title="見えない件名")
    with pytest.raises(NotFound):
        draft.comment("budget", "見えない")
    drafting.save(**draft.here(), typed={"marking": ""}, version=None)
    operations.withdraw(**draft.here(), preview_id=preview)
    with pytest.raises(NotFound):
        draft.write("budget", title="取り下げの後の件名")


def test_a_comment_stays_with_its_passage_is_answered_and_settled(draft: Shared) -> None:
    draft.share("budget")
    thread = draft.comment("budget", "何によるのですか", quote="下記のとおり")
    draft.comment("budget", "長い", field="title")
    assert draft.threads() == [
        ("text", "there", ["何によるのですか"]),
        ("title", "", ["長い"]),
    ]
    drafting.save(**draft.here(), typed={"text": f"前置き。\n{TEXT}"}, version=None)
    assert draft.threads()[0][1] == "there"
    drafting.save(**draft.here(), typed={"text": "全く別の文にした。"}, version=None)
    assert draft.threads()[0][1] == "gone"
    draft.reply("chief", thread, "直しました")
    assert draft.threads("budget")[0][2] == ["何によるのですか", "直しました"]
    comments.settle(**draft.here(), thread_id=thread, settled=True)
    comments.settle(**draft.here(), thread_id=thread, settled=True)
    (first, _) = margin.threads(**draft.here("budget"))
    assert first.settled_by == "振興係長の人" and first.may_settle
    comments.settle(**draft.here("budget"), thread_id=thread, settled=False)
    assert margin.threads(**draft.here())[0].settled_at is None


def test_comments_are_told_once_until_they_are_seen(draft: Shared) -> None:
    draft.share("budget")
    thread = draft.comment("budget", "一つめ")
    draft.comment("budget", "二つめ", field="title")
    assert draft.told("chief") == [("commented", "会計課長の人", "二つめ")]
    draft.reply("chief", thread, "直しました")
    assert draft.told("budget") == [("replied", "振興係長の人", "直しました")]
    draft.share("document")
    draft.reply("document", thread, "同じ意見です")
    assert draft.told("document") == []
    assert [about for about, _, _ in draft.told("budget")] == ["replied"]


def test_the_drafters_own_comment_is_told_to_nobody_but_who_answers_it(draft: Shared) -> None:
    draft.share("budget")
    thread = draft.comment("chief", "ここを見てください")
    assert draft.told("budget") == []
    draft.reply("budget", thread, "見ました")
    assert draft.told("chief") == [("commented", "会計課長の人", "見ました")]


def test_a_comment_sent_again_counts_once(draft: Shared) -> None:
    draft.share("budget")
    act_id = uuid4()
    made = [
        comments.comment(**draft.here("budget"), act_id=act_id, about=Passage("text", ""), text="一度だけ")
        for _ in range(2)
    ]
    for _ in range(2):
        comments.reply(**draft.here(), thread_id=made[0], act_id=draft.ref.draft_id, text="はい")
    assert made[0] == made[1] and draft.threads() == [("text", "", ["一度だけ", "はい"])]


def test_who_did_not_write_a_comment_and_does_not_draft_does_not_settle_it(draft: Shared) -> None:
    draft.share("budget")
    draft.share("document")
    thread = draft.comment("budget", "一言")
    assert not margin.threads(**draft.here("document"))[0].may_settle
    for by, which in (("document", thread), ("personnel", thread), ("chief", uuid4())):
        with pytest.raises(NotFound):
            comments.settle(**draft.here(by), thread_id=which, settled=True)


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"text": "  "}, "空欄"),
        ({"text": "一言", "field": ""}, "項目がありません"),
        ({"text": "一言", "field": "nothing_of_the_form"}, "項目がありません"),
        ({"text": "一言", "field": "te\x00xt"}, "項目がありません"),
        ({"text": "一言", "field": "letter-2-text"}, "項目がありません"),
        ({"text": "一言", "quote": "どこにもない一節です"}, "見つかりません"),
    ],
)
def test_a_comment_says_something_about_something_that_is_there(
    draft: Shared, sent: dict[str, str], says: str
) -> None:
    draft.share("budget")
    with pytest.raises((CannotComment, CannotPin), match=says):
        draft.comment("budget", **sent)
    assert not DraftComment.objects.exists()


@pytest.mark.parametrize("field", ["title", "marking", "amount", "letter-1-text"])
def test_a_comment_is_about_any_field_of_the_form_or_of_its_letters(on_stage: Scenario, field: str) -> None:
    draft = Shared(on_stage, on_stage.stage.draft("contract"))
    draft.share("budget")
    draft.comment("budget", "一言", field=field)
    assert draft.threads() == [(field, "", ["一言"])]


def test_comments_are_no_part_of_the_record_and_go_when_the_case_ends(draft: Shared) -> None:
    draft.share("budget")
    draft.comment("budget", "作業中のやり取り")
    case_id = draft.on.stage.submit(draft.ref).case_id
    with pytest.raises(CannotComment, match="提出された"):
        draft.comment("chief", "提出の後")
    page = draft.on.page(case_id)
    assert "作業中のやり取り" not in repr(page)
    draft.on.stage.send_back(case_id, "deputy_director")
    assert draft.threads() == [("text", "", ["作業中のやり取り"])], "they help with the rework"
    draft.on.stage.submit(draft.ref)
    draft.on.stage.approve(case_id, "deputy_director", "director")
    draft.on.stage.decide(case_id)
    assert not DraftComment.objects.exists()


# ── handing over ──
def test_a_draft_is_handed_over_and_whoever_gave_it_goes_on_reading(draft: Shared) -> None:
    draft.share("document")
    act_id = uuid4()
    draft.hand("personnel", note="続きをお願いします", act_id=act_id)
    draft.hand("personnel", act_id=act_id)
    assert draft.told("personnel") == [("handed", "振興係長の人", "続きをお願いします")]
    assert [one.title for one in draft.home("personnel").drafts] == ["地域振興の件"]
    assert draft.home("chief").drafts == ()
    assert [one.title for one in draft.home("chief").shared] == ["地域振興の件"]
    shown = queries.shown(**draft.here("chief"))
    assert (shown.asks, shown.comments, shown.writes) == (False, False, False)
    with pytest.raises(NotFound):
        drafting.save(**draft.here("chief"), typed={"title": "x"}, version=None)
    drafting.save(**draft.here("personnel"), typed={"title": "引き継いだ件"}, version=None)
    kept = versions.versions(**draft.here("personnel"))
    assert [(one.why, one.person_name) for one in kept[1:]] == [("handed_over", "振興係長の人")]
    assert queries.shown(**draft.here("document")).draft.post_title == "人事課長"


def test_the_case_is_that_of_the_post_that_submits_it_and_the_giver_reads_it(draft: Shared) -> None:
    draft.hand("personnel")
    case_id = draft.on.stage.submit(draft.ref, "personnel").case_id
    page = draft.on.page(case_id, by="chief")
    assert page.drafter_post == "人事課長" and not page.mine
    event = draft.on.events(case_id)
    assert event == ["submitted"]
    assert not any("previewed" in repr(one) and "振興係長の人" in repr(one) for one in page.history)


def test_a_giver_who_is_shown_it_no_longer_does_not_see_the_case_either(draft: Shared) -> None:
    draft.hand("personnel")
    draft.hand("document", by="personnel")
    (row,) = Preview.objects.filter(level="gave", post_id=draft.on.stage.posts["personnel"])
    operations.withdraw(**draft.here("document"), preview_id=row.id)
    case_id = draft.on.stage.submit(draft.ref, "document").case_id
    now = draft.on.stage.now
    assert draft.on.page(case_id, by="chief").case_id == case_id
    with pytest.raises(NotFound):
        draft.on.page(case_id, by="personnel")
    assert cases.search(actor=draft.on.stage.actor("personnel"), words="地域振興の件", at=now) == ()
    assert len(cases.search(actor=draft.on.stage.actor("chief"), words="地域振興の件", at=now)) == 1


def test_a_draft_comes_back_to_the_post_that_gave_it(draft: Shared) -> None:
    draft.hand("personnel")
    draft.hand("chief", by="personnel")
    assert [one.title for one in draft.home("chief").drafts] == ["地域振興の件"]
    assert draft.home("chief").shared == ()
    assert [one.title for one in draft.home("personnel").shared] == ["地域振興の件"]


def test_what_was_submitted_or_is_the_posts_already_is_not_handed_over(draft: Shared) -> None:
    with pytest.raises(CannotHandOver, match="もうこの下書きの起案者"):
        draft.hand("chief")
    stage = draft.on.stage
    with pytest.raises(CannotHandOver, match="いまの組織にありません"):
        handing.hand_over(**draft.here(), post_id=0, act_id=uuid4())
    case_id = stage.submit(draft.ref).case_id
    stage.send_back(case_id, "deputy_director")
    with pytest.raises(CannotHandOver, match="一度提出した案件"):
        draft.hand("personnel")


def test_a_marked_draft_is_not_handed_to_a_post_where_nobody_may_see_it(draft: Shared) -> None:
    clear(draft.on.stage, "chief", covers=(MARKED,))
    drafting.save(**draft.here(), typed={"marking": MARKED}, version=None)
    with pytest.raises(CannotAct, match="扱える人がいません"):
        draft.hand("personnel")
