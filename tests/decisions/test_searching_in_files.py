"""The search finds cases by the text of their attachments, and says where; nobody finds what they may not see."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

import pytest

import documents
import stage as the_stage
from clearances import ALL, clear
from kessai.decisions import queries
from kessai.decisions.results import Found
from kessai.drafting import operations as drafting
from kessai.drafting.finding import queries as finding
from kessai.drafting.inspecting import operations as inspecting
from kessai.drafting.models import Attachment, Findable, Inspection, Scan
from kessai.drafting.operations import DraftRef

SPEC = documents.docx("仕様書", "受託者は、再委\n託をしてはならない。", "Plan B による。")


@pytest.fixture
def stage(db: None) -> the_stage.Stage:
    return the_stage.build()


def look(stage: the_stage.Stage) -> None:
    for row in Attachment.objects.filter(tenant_id=stage.tenant_id):
        inspecting.inspect(tenant_id=stage.tenant_id, sha256=bytes(row.sha256).hex(), at=stage.now)


def submitted(stage: the_stage.Stage, *files: tuple[str, bytes], matter: str = "r1", **typed: str) -> UUID:
    case_id = stage.submit(stage.draft(matter, files=files or [("仕様書.docx", SPEC)], **typed)).case_id
    look(stage)
    return case_id


def found(stage: the_stage.Stage, words: str, by: str = "chief", **more: Any) -> tuple[Found, ...]:
    return queries.search(actor=stage.actor(by), words=words, at=stage.now, **more)


@pytest.mark.parametrize("words", ["再委託", "受託者　ＰＬＡＮ", "plan 再委託", "b"])
def test_a_case_is_found_by_the_words_of_one_of_its_files(stage: the_stage.Stage, words: str) -> None:
    case_id = submitted(stage, ("経緯.txt", "経緯のみ".encode()), ("仕様書.docx", SPEC))
    hits = found(stage, words)
    if len(words) == 1:
        assert hits == (), "one letter is too little to search files by"
        return
    (hit,) = hits
    assert hit.case_id == case_id and hit.file is not None
    assert (hit.file.position, hit.file.title) == (2, "仕様書")
    passage = hit.file.passage
    assert passage.before + passage.word + passage.after in (
        "仕様書受託者は、再委託をしてはならない。 Plan B による。",
        "仕様書 受託者は、再委託をしてはならない。 Plan B による。",
        "託者は、再委託をしてはならない。 Plan B による。",
    )


@pytest.mark.parametrize("words", ["再受託", "再委託 契約書", "書仕"])
def test_words_that_no_one_file_has_find_nothing_though_all_their_letters_are_there(
    stage: the_stage.Stage, words: str
) -> None:
    submitted(
        stage,
        ("仕様書.docx", SPEC),
        ("受.txt", "再受、受託、様書、書、仕様".encode()),
    )
    assert found(stage, words) == ()


def test_a_hit_by_the_title_says_nothing_of_files_and_the_latest_come_first(stage: the_stage.Stage) -> None:
    first = submitted(stage, title="再委託の基準")
    second = submitted(stage)
    hits = found(stage, "再委託")
    assert [hit.case_id for hit in hits] == [second, first]
    assert hits[1].file is None and hits[0].file is not None
    assert len(found(stage, "再委託", limit=1)) == 1


def test_only_the_files_of_the_version_on_the_route_count(stage: the_stage.Stage) -> None:
    case_id = submitted(stage)
    stage.send_back(case_id, "deputy_director")
    where = {"actor": stage.actor("chief"), "tenant_id": stage.tenant_id, "draft_id": case_id}
    (attached,) = Attachment.objects.filter(draft_id=case_id)
    drafting.detach(attachment_id=attached.id, at=stage.later(), **where)
    assert len(found(stage, "再委託")) == 1, "the version that was submitted has it still"
    stage.submit(DraftRef(stage.tenant_id, case_id))
    assert found(stage, "再委託") == ()


def test_nobody_finds_what_they_may_not_see_or_are_not_cleared_for(stage: the_stage.Stage) -> None:
    clear(stage, *ALL)
    submitted(stage)
    marked = submitted(
        stage,
        ("秘.txt", "極秘の計画".encode()),
        matter="contract",
        marking="confidentiality3",
        amount="100",
        counterparty="甲",
    )
    assert found(stage, "再委託", by="personnel") == ()
    assert [hit.case_id for hit in found(stage, "極秘の計画", by="director")] == [marked]
    assert found(stage, "極秘の計画", by="budget") == (), "on the route, and not cleared"
    assert len(found(stage, "再委託", by="director")) == 1


@pytest.mark.parametrize(("state", "there"), [("infected", False), ("waiting", False), ("clean", True)])
def test_a_file_that_nobody_may_open_is_not_found_by(stage: the_stage.Stage, state: str, there: bool) -> None:
    submitted(stage)
    sha256 = hashlib.sha256(SPEC).hexdigest()
    Scan.objects.create(tenant_id=stage.tenant_id, sha256=sha256, state=state, asked_at=stage.now)
    assert bool(found(stage, "再委託")) is there


def test_what_files_are_found_by_is_made_again_when_it_is_lost(stage: the_stage.Stage) -> None:
    submitted(stage)
    Findable.objects.all().delete()
    Inspection.objects.update(made_by=1)
    assert found(stage, "再委託") == ()
    missed = inspecting.missed(tenant_id=stage.tenant_id, limit=10)
    assert missed == [hashlib.sha256(SPEC).hexdigest()]
    look(stage)
    assert len(found(stage, "再委託")) == 1
    assert inspecting.missed(tenant_id=stage.tenant_id, limit=10) == []


def test_of_words_that_very_many_files_have_the_latest_files_are_looked_at(
    stage: the_stage.Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "FILES_MOST", 1)
    submitted(stage, ("一.txt", "再委託の一".encode()))
    stage.later(days=1)
    last = submitted(stage, ("二.txt", "再委託の二".encode()))
    assert [hit.case_id for hit in found(stage, "再委託")] == [last]
