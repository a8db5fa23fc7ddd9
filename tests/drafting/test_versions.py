"""Several screens write one draft and nothing is lost; what it was stays in versions, and can be had back."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest

import stage as the_stage
from kessai.drafting import operations
from kessai.drafting import queries as drafts
from kessai.drafting.models import Version
from kessai.drafting.operations import CannotMerge, CannotSave, DraftRef
from kessai.drafting.versions import operations as versions
from kessai.drafting.versions import queries
from kessai.drafting.versions.rules import mark_of
from kessai.drafting.versions.writes import MOST
from kessai.kernel.errors import NotFound
from stage import Stage


@dataclass
class Tab:
    """A screen on which the draft is open: it sends all fields, with the marks of what stood in them."""

    stage: Stage
    ref: DraftRef
    id: str
    shows: dict[str, str] = field(default_factory=dict)
    version: int = 0
    stood: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        page = drafts.draft(at=self.stage.now, **self.here)
        self.shows, self.version = {"reason": "", **page.typed}, page.version
        self.stood = {key: mark_of(value) for key, value in self.shows.items()}

    @property
    def here(self) -> dict[str, Any]:
        return {
            "actor": self.stage.actor("chief"),
            "tenant_id": self.ref.tenant_id,
            "draft_id": self.ref.draft_id,
        }

    def save(self, **typed: str) -> operations.Saved:
        self.shows |= typed
        return operations.save(
            typed=self.shows,
            version=self.version,
            screen=self.id,
            stood=self.stood,
            at=self.stage.later(seconds=10),
            **self.here,
        )


@pytest.fixture
def stage(db: None) -> Stage:
    return the_stage.build()


@pytest.fixture
def ref(stage: Stage) -> DraftRef:
    return stage.draft("r1", reason="理由")


def stored(stage: Stage, ref: DraftRef) -> dict[str, str]:
    return Tab(stage, ref, "reader").shows


def here(stage: Stage, ref: DraftRef, by: str = "chief") -> dict[str, Any]:
    return {
        "actor": stage.actor(by),
        "tenant_id": ref.tenant_id,
        "draft_id": ref.draft_id,
        "at": stage.later(seconds=1),
    }


def kept(stage: Stage, ref: DraftRef) -> list[tuple[str, str]]:
    """Why each version was kept, and its title, the latest first."""
    found = queries.versions(**here(stage, ref))
    return [("now" if one.now else one.why, one.typed["title"]) for one in found]


def test_two_tabs_that_write_different_fields_lose_nothing(stage: Stage, ref: DraftRef) -> None:
    one, other = Tab(stage, ref, "one"), Tab(stage, ref, "other")
    one.save(title="一枚目の件名")
    saved = other.save(reason="二枚目の理由")
    assert saved.taken == ("title",) and saved.elsewhere
    assert (stored(stage, ref)["title"], stored(stage, ref)["reason"]) == ("一枚目の件名", "二枚目の理由")


def test_the_same_field_in_two_tabs_is_shown_with_both_texts_and_all_else_is_saved(
    stage: Stage, ref: DraftRef
) -> None:
    one, other = Tab(stage, ref, "one"), Tab(stage, ref, "other")
    one.save(title="一枚目の件名")
    with pytest.raises(CannotMerge) as refused:
        other.save(title="二枚目の件名", reason="二枚目の理由")
    (theirs,) = refused.value.theirs
    assert (theirs.key, theirs.value, theirs.person_name, theirs.own) == (
        "title",
        "一枚目の件名",
        "振興係長の人",
        True,
    )
    assert (stored(stage, ref)["title"], stored(stage, ref)["reason"]) == ("一枚目の件名", "二枚目の理由")
    other.stood["title"] = theirs.mark
    other.save()
    assert stored(stage, ref)["title"] == "二枚目の件名"
    assert ("", "一枚目の件名") in kept(stage, ref), "what was not chosen is in a version"


def test_a_save_whose_answer_was_lost_is_no_conflict_with_the_next(stage: Stage, ref: DraftRef) -> None:
    tab = Tab(stage, ref, "one")
    tab.save(title="届いたが返事がない")
    tab.save(title="届いたが返事がないので続きを書いた")
    assert stored(stage, ref)["title"] == "届いたが返事がないので続きを書いた"


def test_typing_makes_no_version_a_pause_makes_one(stage: Stage, ref: DraftRef) -> None:
    tab = Tab(stage, ref, "one")
    for title in ("新", "新し", "新しい", "新しい件"):
        tab.save(title=title)
    assert kept(stage, ref) == [("now", "新しい件"), ("", "地域振興の件")]
    stage.later(minutes=6)
    tab.save(title="戻ってから直した件")
    assert kept(stage, ref) == [("now", "戻ってから直した件"), ("", "新しい件"), ("", "地域振興の件")]


def test_an_earlier_version_is_restored_with_its_files_and_nothing_is_lost(
    stage: Stage, ref: DraftRef
) -> None:
    where = here(stage, ref)
    first = operations.attach(**where, filename="積算.txt", title="積算", stream=io.BytesIO(b"one"))
    Tab(stage, ref, "one").save(title="直した件名", place="会議室")
    operations.detach(**here(stage, ref), attachment_id=first)
    before = next(
        one for one in queries.versions(**where) if one.files and one.typed["title"] == "直した件名"
    )
    Tab(stage, ref, "two").save(title="取り違えた件名", reason="")
    at_last = versions.restore(number=before.number, **here(stage, ref))
    page = drafts.draft(**here(stage, ref))
    assert (page.typed["title"], page.typed["reason"], page.typed["place"]) == (
        "直した件名",
        "理由",
        "会議室",
    )
    assert [file.title for file in page.attachments] == ["積算"] and page.version == at_last
    assert ("restored", "取り違えた件名") in kept(stage, ref)
    assert versions.restore(number=at_last, **here(stage, ref)) == at_last, "it is so already"


def test_a_tab_that_was_open_when_a_version_was_restored_undoes_nothing(stage: Stage, ref: DraftRef) -> None:
    tab = Tab(stage, ref, "one")
    tab.save(title="直した件名")
    old = Tab(stage, ref, "old")
    oldest = queries.versions(**here(stage, ref))[-1]
    versions.restore(number=oldest.number, **here(stage, ref))
    assert old.save(reason="書き足した理由").taken == ("title",)
    assert stored(stage, ref)["title"] == "地域振興の件"


def test_there_is_no_version_but_those_that_were_kept(stage: Stage, ref: DraftRef) -> None:
    for number in (0, 99):
        with pytest.raises(NotFound, match="その版はありません"):
            versions.restore(number=number, **here(stage, ref))
    with pytest.raises(NotFound, match="下書きは見つかりません"):
        queries.versions(**here(stage, ref, "budget"))


def test_a_submission_keeps_a_version_and_a_case_that_ends_takes_them_all(
    stage: Stage, ref: DraftRef
) -> None:
    Tab(stage, ref, "one").save(title="提出する件名")
    case_id = stage.submit(ref).case_id
    assert kept(stage, ref)[0] == ("now", "提出する件名")
    assert Version.objects.get(why="submitted").typed["title"] == "提出する件名"
    with pytest.raises(CannotSave, match="提出済み"):
        versions.restore(number=1, **here(stage, ref))
    stage.approve(case_id, "deputy_director", "director")
    assert Version.objects.exists()
    stage.decide(case_id)
    assert not Version.objects.exists()


def test_a_draft_that_is_thrown_away_takes_its_versions_with_it(stage: Stage, ref: DraftRef) -> None:
    Tab(stage, ref, "one").save(title="要らない件名")
    assert Version.objects.exists()
    operations.discard(**here(stage, ref))
    assert not Version.objects.exists()


def test_of_very_many_versions_the_oldest_go(stage: Stage, ref: DraftRef) -> None:
    Tab(stage, ref, "one").save(title="件名")
    row = Version.objects.get()
    Version.objects.bulk_create(
        Version(
            tenant_id=row.tenant_id,
            draft_id=row.draft_id,
            number=-number,
            typed=row.typed,
            files=[],
            person_id=row.person_id,
            person_name=row.person_name,
            saved_at=row.saved_at,
            kept_at=row.saved_at,
        )
        for number in range(MOST)
    )
    Tab(stage, ref, "two").save(title="次の件名")
    assert Version.objects.count() == MOST


def test_who_wrote_a_version_is_told_by_the_name_of_its_writer(stage: Stage, ref: DraftRef) -> None:
    case_id: UUID = stage.submit(ref).case_id
    stage.send_back(case_id, "deputy_director")
    assert {one.person_name for one in queries.versions(**here(stage, ref))} == {"振興係長の人"}
