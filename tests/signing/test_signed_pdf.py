"""PDF files signed for the long term: valid in other people's tools, and not after any change."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest
import typst
from asn1crypto import tsp
from pyhanko.sign.timestamps import TimeStamper

from kessai.config.environment import Timestamping
from kessai.signing import clocks, identities, pdf, timestamping


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

    monkeypatch.setattr(timestamping, "stamper", lambda clock: Garbled())
    with pytest.raises(pdf.CannotSign):
        pdf.sign(plain, by=_seal(), field="Record")


class Office(BaseHTTPRequestHandler):
    """An authority over HTTP that stamps as the demo does, but under ``/busy``."""

    asked: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        self.asked.append(self.path)
        query = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/busy":
            self.send_error(503)
            return
        stamped = asyncio.run(timestamping.DemoTimeStamper().async_request_tsa_response(query))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(stamped.dump())

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is written for each request."""


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(timestamping, "_did_not", {})
    Office.asked.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Office) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_where_one_authority_does_not_stamp_the_next_one_does(
    plain: bytes, settings: Any, office: str, tmp_path: Path
) -> None:
    file = tmp_path / "tsa.pem"
    file.write_bytes(clocks.authorities_pem())
    settings.KESSAI_TIMESTAMPING = Timestamping((f"{office}/busy", f"{office}/well"), file)
    by = _seal()
    (found,) = pdf.check(pdf.sign(plain, by=by, field="Record"), roots=by.roots)
    assert found.holds and found.at is not None
    assert Office.asked[:2] == ["/busy", "/well"] and Office.asked.count("/busy") == 1
    # For the next signature the one that is busy is not waited for.
    pdf.sign(plain, by=by, field="Record")
    assert Office.asked.count("/busy") == 1


def test_where_no_authority_stamps_each_is_named_with_its_reason(
    plain: bytes, settings: Any, office: str, tmp_path: Path
) -> None:
    settings.KESSAI_TIMESTAMPING = Timestamping((f"{office}/busy", "http://127.0.0.1:9/"), tmp_path)
    with pytest.raises(pdf.CannotSign) as refused:
        pdf.sign(plain, by=_seal(), field="Record")
    why = str(refused.value.what)
    assert f"{office}/busy: HTTP Error 503" in why and "http://127.0.0.1:9/: " in why


def test_another_tool_finds_it_valid(plain: bytes, tmp_path: Path) -> None:
    if shutil.which("pdfsig") is None:
        pytest.skip("poppler's pdfsig is not on this machine")
    path = tmp_path / "signed.pdf"
    path.write_bytes(pdf.sign(plain, by=_seal(), field="Record"))
    said = subprocess.run(["pdfsig", path], capture_output=True, text=True, check=False).stdout
    assert "Signature Type: ETSI.CAdES.detached" in said
    assert "Signature is Valid." in said
    assert "O=DEMO - no legal effect: 地域振興省" in said


def test_another_tool_trusts_the_signer_once_it_is_given_the_root_and_not_before(
    plain: bytes, tmp_path: Path
) -> None:
    if shutil.which("pdfsig") is None or shutil.which("certutil") is None:
        pytest.skip("poppler's pdfsig or NSS's certutil is not on this machine")
    by, path, root = _seal(), tmp_path / "signed.pdf", tmp_path / "root.der"
    path.write_bytes(pdf.sign(plain, by=by, field="Record"))
    root.write_bytes(by.roots[0].dump())

    def said() -> str:
        options = ["pdfsig", "-nssdir", tmp_path, path]
        return subprocess.run(options, capture_output=True, text=True, check=False).stdout

    certutil = ["certutil", "-d", f"sql:{tmp_path}"]
    subprocess.run([*certutil, "-N", "--empty-password"], check=True)
    before = said()
    subprocess.run([*certutil, "-A", "-n", "demo", "-t", "C,C,C", "-i", root], check=True)
    after = said()
    assert "Signature is Valid." in before and "Certificate is Trusted." not in before
    assert "Signature is Valid." in after and "Certificate is Trusted." in after


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
