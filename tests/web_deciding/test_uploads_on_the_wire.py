"""The draft page takes files in parts by tus 1.0.0, from whoever writes the draft and from nobody else."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from django.test import Client

from kessai.drafting import queries as drafts
from kessai.drafting.operations import DraftRef
from stage import Stage
from visitors import SignIn

TUS = {"Tus-Resumable": "1.0.0"}
PART = "application/offset+octet-stream"


def at(ref: DraftRef) -> str:
    return f"/drafts/{ref.tenant_id}-{ref.draft_id}/"


def begin(client: Client, ref: DraftRef, length: int = 10, name: str = "図面.txt", **more: str) -> Any:
    said = f"filename {base64.b64encode(name.encode()).decode()},mark {base64.b64encode(b'm').decode()}"
    headers = {**TUS, "Upload-Length": str(length), "Upload-Metadata": said, **more}
    return client.post(f"{at(ref)}uploads/", headers=headers)


def send(client: Client, address: str, offset: int, part: bytes, **more: str) -> Any:
    headers = {**TUS, "Upload-Offset": str(offset), **more}
    return client.patch(address, part, content_type=PART, headers=headers)


def test_a_client_of_tus_finds_out_what_is_understood(stage: Stage, as_: SignIn, settings: Any) -> None:
    settings.KESSAI_UPLOAD_LIMIT_BYTES = 2_000_000_000
    answer = as_("chief").options(f"{at(stage.draft())}uploads/")
    assert (answer.status_code, answer["Tus-Version"], answer["Tus-Max-Size"]) == (204, "1.0.0", "2000000000")
    assert set(answer["Tus-Extension"].split(",")) == {"creation", "termination", "checksum", "expiration"}


def test_a_file_is_announced_sent_in_parts_and_attached(stage: Stage, as_: SignIn) -> None:
    chief, ref = as_("chief"), stage.draft()
    made = begin(chief, ref)
    assert (made.status_code, made["Upload-Offset"]) == (201, "0")
    address = made["Location"]
    assert send(chief, address, 0, b"01234")["Upload-Offset"] == "5"
    asked = chief.head(address, headers=TUS)
    assert (asked["Upload-Offset"], asked["Upload-Length"], asked["Cache-Control"]) == ("5", "10", "no-store")
    assert "Upload-Expires" in asked.headers
    text = chief.get(at(ref)).content.decode()
    assert "図面.txt" in text and "50%まで届いています" in text and f'data-upload="{address}"' in text
    last = send(chief, address, 5, b"56789")
    assert (last.status_code, last["Upload-Offset"]) == (204, "10")
    (file,) = drafts.attachments(tenant_id=ref.tenant_id, draft_id=ref.draft_id)
    assert (file.filename, file.title, file.size) == ("図面.txt", "図面", 10)
    assert "まで届いています" not in chief.get(at(ref)).content.decode()


def test_a_checksum_is_held_to(stage: Stage, as_: SignIn) -> None:
    chief, ref = as_("chief"), stage.draft()
    address = begin(chief, ref)["Location"]
    right = base64.b64encode(hashlib.sha256(b"01234").digest()).decode()
    assert send(chief, address, 0, b"x1234", **{"Upload-Checksum": f"sha256 {right}"}).status_code == 460
    assert chief.head(address, headers=TUS)["Upload-Offset"] == "0"
    assert send(chief, address, 0, b"01234", **{"Upload-Checksum": f"sha256 {right}"}).status_code == 204


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Upload-Offset": "3"}, 409),
        ({"Upload-Offset": "x"}, 400),
        ({"Upload-Offset": "-1"}, 400),
        ({"Upload-Checksum": "md4 AAAA"}, 400),
        ({"Upload-Checksum": "sha256 =x"}, 400),
        ({"Tus-Resumable": "0.2.2"}, 412),
    ],
)
def test_a_part_that_is_not_as_it_must_be_is_refused(
    stage: Stage, as_: SignIn, headers: dict[str, str], status: int
) -> None:
    chief, ref = as_("chief"), stage.draft()
    address = begin(chief, ref)["Location"]
    assert send(chief, address, 0, b"01234", **headers).status_code == status
    assert chief.patch(address, b"1", content_type="text/plain", headers=TUS).status_code == 415


def test_what_is_refused_says_why_and_what_to_do(stage: Stage, as_: SignIn, settings: Any) -> None:
    settings.KESSAI_UPLOAD_LIMIT_BYTES = 1_000_000
    chief, ref = as_("chief"), stage.draft()
    for length, status, words in ((0, 422, "空のファイル"), (1_000_001, 413, "大きすぎます（上限 1 MB）")):
        answer = begin(chief, ref, length=length)
        assert answer.status_code == status and words in answer.content.decode()
    assert begin(chief, ref, **{"Upload-Length": "many"}).status_code == 400
    assert begin(chief, ref, **{"Tus-Resumable": "2.0.0"})["Tus-Version"] == "1.0.0"
    stage.submit(ref)
    answer = begin(chief, ref)
    assert answer.status_code == 422 and "提出済み" in answer.content.decode()


def test_strangers_and_whoever_is_not_signed_in_send_nothing(stage: Stage, as_: SignIn) -> None:
    chief, ref = as_("chief"), stage.draft()
    address = begin(chief, ref)["Location"]
    stranger, nobody = as_("budget"), Client()
    assert begin(stranger, ref).status_code == 404
    assert send(stranger, address, 0, b"x").status_code == 404
    assert stranger.head(address, headers=TUS).status_code == 404
    assert stranger.delete(address, headers=TUS).status_code == 404
    assert begin(nobody, ref).status_code != 201
    assert send(nobody, address, 0, b"x").status_code == 302
    assert chief.head(address, headers=TUS)["Upload-Offset"] == "0"


def test_an_upload_is_given_up_by_the_protocol_or_by_a_button_without_scripts(
    stage: Stage, as_: SignIn
) -> None:
    chief, ref = as_("chief"), stage.draft()
    address = begin(chief, ref)["Location"]
    assert chief.delete(address, headers=TUS).status_code == 204
    assert chief.head(address, headers=TUS).status_code == 404
    other = begin(chief, ref)["Location"].rstrip("/").rpartition("/")[2]
    version = drafts.draft(
        actor=stage.actor("chief"), tenant_id=ref.tenant_id, draft_id=ref.draft_id, at=stage.now
    ).version
    for _ in range(2):
        sent = chief.post(at(ref), {"do": f"drop:{other}", "version": version})
        assert sent.status_code == 302
    assert "まで届いています" not in chief.get(at(ref)).content.decode()


def test_a_title_is_changed_in_the_list(stage: Stage, as_: SignIn) -> None:
    chief, ref = as_("chief"), stage.draft(files=[("a.txt", b"a")])
    (file,) = drafts.attachments(tenant_id=ref.tenant_id, draft_id=ref.draft_id)
    sent = chief.post(at(ref), {"do": f"retitle:{file.id}", f"retitle-{file.id}": "契約書（案）"})
    assert sent.status_code == 302
    assert "契約書（案）" in chief.get(at(ref)).content.decode()
    (file,) = drafts.attachments(tenant_id=ref.tenant_id, draft_id=ref.draft_id)
    refused = chief.post(at(ref), {"do": f"retitle:{file.id}", f"retitle-{file.id}": " "})
    assert refused.status_code == 409 and "題名が空欄です" in refused.content.decode()
