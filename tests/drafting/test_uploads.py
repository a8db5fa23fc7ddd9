"""Files that come in parts: they go on where they broke off, and are attached once they are whole."""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import stage as the_stage
from kessai.drafting import blobs
from kessai.drafting import operations as drafting
from kessai.drafting import queries as drafts
from kessai.drafting.models import Upload
from kessai.drafting.operations import CannotAttach, DraftRef
from kessai.drafting.uploading import operations, queries
from kessai.drafting.uploading.operations import Busy, Damaged, OtherOffset
from kessai.drafting.uploading.queries import OnItsWay
from kessai.kernel.errors import NotFound
from stage import Stage

BODY = os.urandom(700_000)


@pytest.fixture
def stage(db: None) -> Stage:
    return the_stage.build()


def begin(
    stage: Stage, ref: DraftRef, length: int = len(BODY), mark: str = "図面/1", by: str = "chief"
) -> OnItsWay:
    return operations.begin(
        actor=stage.actor(by), tenant_id=ref.tenant_id, draft_id=ref.draft_id, filename="図面.bin",
        length=length, mark=mark, at=stage.later(),
    )  # fmt: skip


class Breaking(io.BytesIO):
    """A connection that is lost after what came."""

    def read(self, size: int | None = -1, /) -> bytes:
        if not (part := super().read(size)):
            raise OSError("reset")
        return part


def send(
    stage: Stage, ref: DraftRef, way: OnItsWay, part: bytes, *,
    offset: int | None = None, come: bytes | None = None, checksum: tuple[str, bytes] | None = None,
) -> OnItsWay:  # fmt: skip
    """A part, of which only ``come`` arrives if that is said."""
    return operations.receive(
        actor=stage.actor("chief"), tenant_id=ref.tenant_id, draft_id=ref.draft_id, upload_id=way.id,
        offset=way.offset if offset is None else offset, size=len(part),
        stream=Breaking(part if come is None else come), checksum=checksum, at=stage.later(),
    )  # fmt: skip


def attached(ref: DraftRef) -> list[str]:
    files = drafts.attachments(tenant_id=ref.tenant_id, draft_id=ref.draft_id)
    return [file.sha256 for file in files]


def folder(stage: Stage) -> Path:
    return blobs.incoming(tenant_id=stage.tenant_id)


def test_a_file_in_parts_is_attached_with_the_hash_of_the_whole(stage: Stage) -> None:
    ref = stage.draft()
    way = begin(stage, ref)
    for start in range(0, len(BODY), 300_000):
        assert attached(ref) == []
        way = send(stage, ref, way, BODY[start : start + 300_000])
    assert way.attached_as is not None
    assert attached(ref) == [hashlib.sha256(BODY).hexdigest()]
    with drafts.open_blob(tenant_id=ref.tenant_id, sha256=attached(ref)[0]) as stream:
        assert stream.read() == BODY
    assert list(folder(stage).iterdir()) == []
    assert stage.submit(ref).kind == "submitted"


def test_a_part_that_broke_off_counts_as_far_as_it_came(stage: Stage) -> None:
    ref = stage.draft()
    way = send(stage, ref, begin(stage, ref), BODY, come=BODY[:123_456])
    assert (way.offset, way.attached_as) == (123_456, None)
    assert begin(stage, ref).offset == 123_456
    assert send(stage, ref, way, BODY[123_456:]).attached_as is not None
    assert attached(ref) == [hashlib.sha256(BODY).hexdigest()]


def test_a_part_that_is_not_what_its_checksum_says_does_not_count(stage: Stage) -> None:
    ref = stage.draft()
    way = begin(stage, ref)
    right = ("sha256", hashlib.sha256(BODY[:1000]).digest())
    for damaged in (b"x" * 1000, BODY[:999]):
        with pytest.raises(Damaged):
            send(stage, ref, way, BODY[:1000], come=damaged, checksum=right)
    assert begin(stage, ref).offset == 0
    assert send(stage, ref, way, BODY[:1000], checksum=right).offset == 1000


def test_a_part_at_another_place_or_too_long_is_refused(stage: Stage) -> None:
    ref = stage.draft()
    way = send(stage, ref, begin(stage, ref), BODY[:1000])
    for offset in (0, 999, 1001):
        with pytest.raises(OtherOffset):
            send(stage, ref, way, BODY[:10], offset=offset)
    with pytest.raises(Damaged):
        send(stage, ref, way, BODY)
    assert begin(stage, ref).offset == 1000


def test_two_parts_of_one_file_are_not_received_at_once(stage: Stage) -> None:
    ref = stage.draft()
    way = begin(stage, ref)
    with (folder(stage) / str(way.id)).open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(Busy):
            send(stage, ref, way, BODY)


def test_the_same_file_is_attached_once_though_the_last_answer_was_lost(stage: Stage) -> None:
    ref = stage.draft()
    send(stage, ref, begin(stage, ref), BODY)
    again = begin(stage, ref)
    assert again.offset == len(BODY)
    assert send(stage, ref, again, b"").attached_as == again.attached_as
    assert len(attached(ref)) == 1


def test_a_file_that_was_taken_off_may_be_sent_again(stage: Stage) -> None:
    ref = stage.draft()
    done = send(stage, ref, begin(stage, ref), BODY)
    assert done.attached_as is not None
    drafting.detach(
        actor=stage.actor("chief"), tenant_id=ref.tenant_id, draft_id=ref.draft_id,
        attachment_id=done.attached_as, at=stage.later(),
    )  # fmt: skip
    assert begin(stage, ref).offset == 0


def test_what_came_as_a_whole_and_was_not_attached_is_attached_by_an_empty_part(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = stage.draft()
    way = begin(stage, ref)
    with monkeypatch.context() as patched:
        patched.setattr(drafting, "attach_kept", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            send(stage, ref, way, BODY)
    again = begin(stage, ref)
    assert (again.offset, again.attached_as) == (len(BODY), None)
    assert send(stage, ref, again, b"").attached_as is not None
    assert attached(ref) == [hashlib.sha256(BODY).hexdigest()]


def test_an_upload_belongs_to_its_draft_and_to_whoever_writes_it(stage: Stage) -> None:
    ref, other = stage.draft(), stage.draft()
    way = begin(stage, ref)
    with pytest.raises(NotFound):
        begin(stage, ref, by="budget")
    with pytest.raises(NotFound):
        send(stage, other, way, BODY)


def test_what_can_never_be_attached_is_refused_before_it_is_sent(stage: Stage, settings: Any) -> None:
    ref = stage.draft()
    with pytest.raises(CannotAttach):
        begin(stage, ref, length=0)
    settings.KESSAI_UPLOAD_LIMIT_BYTES = 1000
    with pytest.raises(blobs.CannotStore):
        begin(stage, ref, length=1001)
    full = stage.draft(files=[(f"{n}.txt", b"x") for n in range(drafting.FILES_MOST)])
    with pytest.raises(CannotAttach):
        begin(stage, full, length=1000)


def test_a_disk_without_room_is_said_before_it_is_sent(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "SPARE", 10**18)
    with pytest.raises(blobs.CannotStore) as refusal:
        begin(stage, stage.draft())
    assert "空きが足りない" in str(refusal.value.what)


def test_an_upload_that_was_given_up_leaves_nothing(stage: Stage) -> None:
    ref = stage.draft()
    way = send(stage, ref, begin(stage, ref), BODY[:1000])
    operations.drop(
        actor=stage.actor("chief"), tenant_id=ref.tenant_id, draft_id=ref.draft_id, upload_id=way.id,
        at=stage.later(),
    )  # fmt: skip
    assert list(folder(stage).iterdir()) == []
    assert queries.on_their_way(tenant_id=ref.tenant_id, draft_id=ref.draft_id) == ()


def test_what_nobody_went_on_with_is_swept_after_some_days_and_nothing_else(
    stage: Stage, settings: Any
) -> None:
    ref = stage.draft()
    old = send(stage, ref, begin(stage, ref, mark="old"), BODY[:1000])
    slow = send(stage, ref, begin(stage, ref, mark="slow"), BODY[:1000])
    later = stage.now + timedelta(days=settings.KESSAI_UPLOAD_KEPT_DAYS + 1)
    for way, seen in ((old, stage.now), (slow, later)):
        os.utime(folder(stage) / str(way.id), (seen.timestamp(), seen.timestamp()))
    assert operations.sweep(tenant_id=stage.tenant_id, at=later) == 1
    assert [row.id for row in Upload.objects.filter(tenant_id=stage.tenant_id)] == [slow.id]
    assert [file.name for file in folder(stage).iterdir()] == [str(slow.id)]


def test_a_file_that_came_meanwhile_is_no_conflict_for_what_is_being_typed(stage: Stage) -> None:
    ref = stage.draft()
    here = {"actor": stage.actor("chief"), "tenant_id": ref.tenant_id, "draft_id": ref.draft_id}
    seen = drafts.draft(at=stage.now, **here).version
    send(stage, ref, begin(stage, ref), BODY)
    saved = drafting.save(typed={"title": "書き足した件名"}, version=seen, at=stage.later(), **here).version
    assert saved > seen
    with pytest.raises(drafting.CannotSave):
        drafting.save(typed={"title": "別の画面の件名"}, version=seen, at=stage.later(), **here)
    with pytest.raises(drafting.CannotSave):
        drafting.save(typed={"title": "先の版"}, version=saved + 1, at=stage.later(), **here)


def test_another_title_makes_another_attachment_for_whoever_saw_the_old_one(stage: Stage) -> None:
    ref = stage.draft(files=[("a.txt", b"a"), ("b.txt", b"b")])
    here = {"actor": stage.actor("chief"), "tenant_id": ref.tenant_id, "draft_id": ref.draft_id}
    first, second = drafts.attachments(tenant_id=ref.tenant_id, draft_id=ref.draft_id)
    drafting.retitle(attachment_id=first.id, title=" 契約書（案） ", at=stage.later(), **here)
    now = drafts.attachments(tenant_id=ref.tenant_id, draft_id=ref.draft_id)
    assert [(file.title, file.position) for file in now] == [("契約書（案）", 1), ("b", 2)]
    assert now[0].id != first.id and now[1].id == second.id
    with pytest.raises(CannotAttach):
        drafting.retitle(attachment_id=second.id, title=" ", at=stage.later(), **here)
