"""Container and documents of a bundle, where a whole bundle would be a long way round."""

from __future__ import annotations

import tracemalloc
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import evidence_samples as samples
import pytest

from merklelog import durable
from merklelog.evidence import container
from merklelog.evidence.container import ContainerInvalid, content, measured, packed, unpacked
from merklelog.evidence.files import bound_files, extension
from merklelog.evidence.making import lay_out, pem_of
from merklelog.evidence.result import Code
from merklelog.evidence.verifying import certificates_of, verify
from merklelog.timestamps import TimestampInvalid

HASH = "ab" * 32


def test_an_ordinary_program_unpacks_a_bundle() -> None:
    made = lay_out(samples.parts())
    data = made.to_bytes()
    assert len(data) == made.size
    with zipfile.ZipFile(BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert archive.read("evidence/data/files/00001/attachment.1.pdf") == samples.ATTACHMENT


def test_the_keys_of_another_log_sign_for_nobody_and_spoil_a_note_with_a_wrong_line() -> None:
    log, other = samples.log_of(), samples.Key("other.example/1", 7)
    both = samples.policy(logs=(samples.LOG_KEY, other))

    def verdict(*lines: str) -> Code | None:
        note = log.note(keys=(samples.ARCHIVE, samples.PRESS)) + "".join(lines).encode()
        return verify(BytesIO(lay_out(samples.parts(log, checkpoint=note, policy=both)).to_bytes())).code

    mine, right, wrong = samples.LOG_KEY.line(log.text), other.line(log.text), other.line(log.text + "x")
    assert verdict(mine, right) is None
    assert verdict(right) == Code.CHECKPOINT
    assert verdict(mine, wrong) == Code.CHECKPOINT


def _unpacked(data: bytes) -> Any:
    return unpacked(BytesIO(data))


def test_more_members_than_allowed_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = b"".join(packed({f"evidence/{n}": content(b"") for n in range(4)}))
    assert len(_unpacked(data)) == 4
    monkeypatch.setattr(container, "MAX_MEMBERS", 3)
    with pytest.raises(ContainerInvalid, match="too many"):
        _unpacked(data)


def test_a_file_larger_than_allowed_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "MAX_FILE", 3)
    with pytest.raises(ContainerInvalid, match="4 GiB"):
        _unpacked(b"PK\x03\x04")


def test_only_documents_may_be_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "MAX_SMALL", 3)
    for name, fine in (("data/files/00001/a.bin", True), ("data/cover-sheet.pdf", True), ("data/x", False)):
        data = b"".join(packed({f"evidence/{name}": content(b"four")}))
        if fine:
            assert _unpacked(data)
        else:
            with pytest.raises(ContainerInvalid, match="larger"):
                _unpacked(data)


def test_a_header_that_the_file_cuts_off_is_refused() -> None:
    with pytest.raises(ContainerInvalid, match="within a header"):
        _unpacked(b"PK\x03\x04\x0a\0")


@pytest.mark.parametrize(
    ("filename", "found"),
    [
        ("a.PDF", "pdf"),
        ("a.tar.gz", "gz"),
        ("pdf", "bin"),
        ("a.", "bin"),
        ("a.ＰＤＦ", "bin"),
        ("a.\u212a", "bin"),
        ("a.longersuffix", "bin"),
        (None, "bin"),
    ],
)
def test_the_extension_is_that_of_the_recorded_name(filename: str | None, found: str) -> None:
    assert extension(filename) == found


@pytest.mark.parametrize(
    ("fields", "paths"),
    [
        (
            {"attachment.2.sha256": HASH, "attachment.2.filename": "a.pdf"},
            ["data/files/00007/attachment.2.pdf"],
        ),
        ({"attachment.2.sha256": HASH, "attachment.2.filename": 3}, ["data/files/00007/attachment.2.bin"]),
        ({"attachment.2.sha256": 1, "attachment.02.sha256": HASH}, []),
        (
            {"payload.received.2.sha256": HASH, "payload.received.2.filename": "a.pdf"},
            ["data/files/00007/payload.received.2.pdf"],
        ),
        ({"payload.received.2.sha256": HASH}, ["data/files/00007/payload.received.2.bin"]),
        ({"payload.received.02.sha256": HASH, "payload.receive.2.sha256": HASH}, []),
        ({"payload.original": HASH}, ["data/files/00007/payload.original.json"]),
        ({"payload.original": HASH.upper()}, []),
        ({"payload.sealed": {"sha256": HASH, "filename": "x.pdf"}}, ["data/files/00007/payload.sealed.pdf"]),
        ({"payload.anchor": {"sha256": HASH, "title": "x.pdf"}}, []),
        (
            {"payload.letters": [1, {"sha256": HASH, "filename": "x.pdf"}]},
            ["data/files/00007/payload.letters.2.pdf"],
        ),
        ({"payload.Odd": {"sha256": HASH, "filename": "x.pdf"}}, [None]),
        ({"payload.route": 3, "content.letters": [{"sha256": HASH, "filename": "x.pdf"}]}, []),
    ],
)
def test_a_file_is_bound_by_what_an_act_discloses(fields: dict[str, Any], paths: list[str | None]) -> None:
    assert [each.path for each in bound_files(7, fields)] == paths


def test_certificates_have_one_spelling_and_are_not_too_many() -> None:
    assert certificates_of(pem_of([samples.CLOCK.der])) == (samples.CLOCK.der,)
    for pem in (b"# a\n" + pem_of([samples.CLOCK.der]), pem_of([samples.CLOCK.der] * 33), b""):
        with pytest.raises(TimestampInvalid):
            certificates_of(pem)


def test_a_large_document_is_checked_piece_by_piece(tmp_path: Path) -> None:
    block = bytes(range(256)) * 4096
    large = measured(lambda: (block for _ in range(48)))
    fields = [{**samples.FIELDS[0], "attachment.1.sha256": large.sha256}, *samples.FIELDS[1:]]
    log = samples.log_of(fields)
    files = samples.contents() | {large.sha256: large}
    made = lay_out(samples.parts(log, acts=samples.acts_of(log, fields), files=files))
    path = tmp_path / "large.zip"
    tracemalloc.start()
    try:
        durable.create(path, made.chunks(), mode=0o600)
        with path.open("rb") as file:
            assert verify(file).holds
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert path.stat().st_size > large.size > 10 * most
