"""PDF files signed for the long term: valid in other people's tools, and not after any change."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typst
from asn1crypto import tsp
from pyhanko.sign.timestamps import TimeStamper

from kessai.signing import identities, pdf


@pytest.fixture(scope="module")
def plain() -> bytes:
    made = typst.compile(b'#set document(title: "t")\nHello', format="pdf", pdf_standards=["a-3a"])
    assert isinstance(made, bytes)
    return made


def _seal() -> identities.Signing:
    return identities.record_seal(tenant_id=1, ministry="地域振興省")


def test_a_signed_file_is_valid_for_the_long_term_and_says_who_signed(plain: bytes) -> None:
    by, begun = _seal(), datetime.now(UTC).replace(microsecond=0)
    signed = pdf.sign(plain, by=by, field="Record")
    (found,) = pdf.check(signed, roots=by.roots)
    assert found.holds and found.fault == ""
    assert found.signer == "DEMO - no legal effect: record seal"
    assert found.at is not None and begun <= found.at <= datetime.now(UTC)
    assert signed.startswith(plain)


def test_what_an_authority_answers_that_nobody_can_read_is_a_signature_that_could_not_be_made(
    plain: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Garbled(TimeStamper):
        async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
            return tsp.TimeStampResp.load(b"<html>", strict=True)

    monkeypatch.setattr(pdf, "timestamper", Garbled)
    with pytest.raises(pdf.CannotSign):
        pdf.sign(plain, by=_seal(), field="Record")


def test_another_tool_finds_it_valid(plain: bytes, tmp_path: Path) -> None:
    if shutil.which("pdfsig") is None:
        pytest.skip("poppler's pdfsig is not on this machine")
    path = tmp_path / "signed.pdf"
    path.write_bytes(pdf.sign(plain, by=_seal(), field="Record"))
    said = subprocess.run(["pdfsig", path], capture_output=True, text=True, check=False).stdout
    assert "Signature Type: ETSI.CAdES.detached" in said
    assert "Signature is Valid." in said
    assert "O=DEMO - no legal effect: 地域振興省" in said


def test_any_changed_byte_breaks_it(plain: bytes) -> None:
    by = _seal()
    signed = bytearray(pdf.sign(plain, by=by, field="Record"))
    signed[len(plain) // 2] ^= 1
    assert not any(each.holds for each in pdf.check(bytes(signed), roots=by.roots))


def test_a_chain_to_no_trusted_root_is_worth_nothing(plain: bytes, settings: object, tmp_path: Path) -> None:
    signed = pdf.sign(plain, by=_seal(), field="Record")
    settings.KESSAI_KEYS_DIR = tmp_path / "others"  # type: ignore[attr-defined]
    (found,) = pdf.check(signed, roots=_seal().roots)
    assert not found.holds and found.fault == "NO_CERTIFICATE_CHAIN_FOUND"


def test_a_file_that_is_not_signed_or_no_pdf_has_no_signature(plain: bytes) -> None:
    assert pdf.check(plain, roots=_seal().roots) == ()
    assert pdf.check(b"%PDF-1.7 nothing", roots=_seal().roots) == ()
