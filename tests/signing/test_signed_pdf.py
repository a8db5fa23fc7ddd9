"""PDF files signed for the long term: valid in other people's tools, and not after any change."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest
import typst
from asn1crypto import crl, tsp
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import CertificateRevocationListBuilder, RevokedCertificateBuilder
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields
from pyhanko.sign.timestamps import TimeStamper

from kessai.config.environment import Timestamping
from kessai.signing import authority, checking, clocks, identities, pdf, timestamping


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
    (found,) = checking.check(signed, trust=by.trust)
    assert found.holds and found.fault == "" and checking.only_stamped(signed)
    assert not checking.only_stamped(plain) and not checking.only_stamped(b"%PDF-1.7 nothing")
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
    (found,) = checking.check(pdf.sign(plain, by=by, field="Record"), trust=by.trust)
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
    root.write_bytes(by.trust.roots[0].dump())

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
    assert not any(each.holds for each in checking.check(bytes(signed), trust=by.trust))


def test_a_chain_to_no_trusted_root_is_worth_nothing(plain: bytes, settings: object, tmp_path: Path) -> None:
    signed = pdf.sign(plain, by=_seal(), field="Record")
    settings.KESSAI_KEYS_DIR = tmp_path / "others"  # type: ignore[attr-defined]
    (found,) = checking.check(signed, trust=_seal().trust)
    assert not found.holds and found.fault == "NO_CERTIFICATE_CHAIN_FOUND"


def test_a_file_that_is_not_signed_or_no_pdf_has_no_signature(plain: bytes) -> None:
    assert checking.check(plain, trust=_seal().trust) == ()
    assert checking.check(b"%PDF-1.7 nothing", trust=_seal().trust) == ()


def test_for_a_page_that_anybody_opens_what_was_revoked_is_fetched_once_in_some_minutes(
    plain: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    by, asked, real = _seal(), list[bool](), checking.check
    signed = pdf.sign(plain, by=by, field="Record")

    def check(pdf: bytes, trust: identities.Trust) -> tuple[checking.Checked, ...]:
        asked.append(trust.fetches)
        return real(pdf, trust=by.trust)

    monkeypatch.setattr(checking, "_answers", {})
    monkeypatch.setattr(checking, "check", check)
    fetching = replace(by.trust, fetches=True)
    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(lambda _: checking.check_again(signed, trust=fetching), range(8)))
    ((only,),) = found
    assert only.holds and asked == [True]
    assert checking.check_again(plain, trust=fetching) == () and len(asked) == 2
    monkeypatch.setattr(checking, "KEPT_SECONDS", -1.0)
    assert checking.check_again(signed, trust=fetching) == (only,) and len(asked) == 3
    for _ in range(2):
        checking.check_again(signed, trust=by.trust)
    assert asked[3:] == [False, False]


def test_what_could_not_be_checked_is_asked_for_again(plain: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(pdf: bytes, trust: identities.Trust) -> tuple[checking.Checked, ...]:
        raise RuntimeError("x")

    trust = replace(_seal().trust, fetches=True)
    with monkeypatch.context() as patched:
        patched.setattr(checking, "check", broken)
        with pytest.raises(RuntimeError):
            checking.check_again(plain, trust=trust)
    assert checking.check_again(plain, trust=trust) == ()


def _office(monkeypatch: pytest.MonkeyPatch, lasts: timedelta) -> None:
    """The time-stamp authority of the demo has a new certificate."""
    with monkeypatch.context() as patched:
        patched.setattr(authority, "SIGNER", lasts)
        (authority.folder() / "tsa.pem").unlink(missing_ok=True)
        authority.timestamp_authority()


@pytest.mark.parametrize(("earlier", "holds"), [(True, False), (False, True)])
def test_a_certificate_that_was_revoked_by_the_time_of_the_signature_signed_nothing(
    plain: bytes, earlier: bool, holds: bool
) -> None:
    by = _seal()
    signed = pdf.sign(plain, by=by, field="Record")
    (now,) = checking.check(signed, trust=by.trust)
    assert now.holds and now.at is not None
    when = now.at + timedelta(seconds=-1 if earlier else 1)
    issuing = authority._issuing()
    revoked = RevokedCertificateBuilder(by.signer.signing_cert.serial_number, when).build()
    later = (
        CertificateRevocationListBuilder(issuing.certificate.subject, when, when + timedelta(days=1))
        .add_revoked_certificate(revoked)
        .sign(issuing.key, SHA256())
    )
    lists = (crl.CertificateList.load(later.public_bytes(Encoding.DER)), *by.trust.revocations)
    (found,) = checking.check(signed, trust=replace(by.trust, revocations=lists))
    assert (found.holds, found.fault) == (holds, "" if holds else "REVOKED_NO_POE")


def _trust(at: datetime) -> identities.Trust:
    """What is known by a day: lists of what was revoked last a month."""
    known = authority.revocations(at=at)
    lists = (crl.CertificateList.load(each.public_bytes(Encoding.DER)) for each in known)
    return replace(identities.trust(), revocations=tuple(lists))


def test_a_signature_holds_when_the_lists_in_its_file_have_ended_and_later_ones_are_known(
    plain: bytes,
) -> None:
    by = _seal()
    signed = pdf.sign(plain, by=by, field="Record")
    later = datetime.now(UTC) + timedelta(days=60)
    (found,) = checking.check(signed, trust=_trust(later), at=later)
    (unknown,) = checking.check(signed, trust=by.trust, at=later)
    assert found.holds and not unknown.holds and unknown.fault


def test_a_renewed_file_holds_after_the_certificates_of_its_signature_and_first_stamps_have_ended(
    plain: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    lasts = timedelta(days=100)
    with monkeypatch.context() as patched:
        patched.setattr(authority, "SIGNER", lasts)
        by = identities.official_seal(tenant_id=1, ministry="試験省", code="short", name="x")
    _office(monkeypatch, lasts)
    signed = pdf.sign(plain, by=by, field="Seal")
    (before,) = checking.check(signed, trust=by.trust)
    ends = pdf.stamped_until(signed)
    _office(monkeypatch, timedelta(days=1000))
    renewed = pdf.renew(signed, trust=identities.trust())
    assert renewed.startswith(signed) and len(renewed) > len(signed)
    assert pdf.stamped_until(renewed) > ends + timedelta(days=800)
    later = ends + timedelta(days=1)
    (kept,), (found,) = (checking.check(each, trust=_trust(later), at=later) for each in (signed, renewed))
    assert before.holds and not kept.holds and kept.fault
    assert found.holds and (found.signer, found.at) == (before.signer, before.at)


def test_a_stamp_that_would_be_of_no_use_for_longer_is_not_put(
    plain: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    _office(monkeypatch, timedelta(days=9))
    signed = pdf.sign(plain, by=_seal(), field="Record")
    with pytest.raises(pdf.CannotOutlast, match="証明書"):
        pdf.renew(signed, trust=identities.trust())
    _office(monkeypatch, timedelta(days=20))
    assert pdf.renew(signed, trust=identities.trust()).startswith(signed)


def test_of_two_authorities_the_one_with_the_later_certificate_renews(
    plain: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Another(timestamping.DemoTimeStamper):
        """By a certificate of its own."""

        async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
            with monkeypatch.context() as patched:
                patched.setattr(authority, "TSA", "another")
                return await super().async_request_tsa_response(req)

    _office(monkeypatch, timedelta(days=20))
    asked = list[str]()

    def stamper(clock: clocks.Clock) -> TimeStamper:
        asked.append(clock.name)
        return Another() if clock.name == "later" else timestamping.DemoTimeStamper()

    signed = pdf.sign(plain, by=_seal(), field="Record")
    monkeypatch.setattr(timestamping, "in_turn", lambda: (clocks.Clock("same"), clocks.Clock("later")))
    monkeypatch.setattr(timestamping, "stamper", stamper)
    renewed = pdf.renew(signed, trust=identities.trust())
    assert asked == ["same", "later"] and pdf.stamped_until(renewed) > pdf.stamped_until(signed)
    # Now neither lasts longer.
    with pytest.raises(pdf.CannotOutlast):
        pdf.renew(renewed, trust=identities.trust())
    assert asked[2:] == ["same", "later"]


def test_where_one_authority_does_not_outlast_and_the_other_does_not_stamp_a_later_try_may_do(
    plain: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed = pdf.sign(plain, by=_seal(), field="Record")
    busy = clocks.Clock("http://127.0.0.1:9/", "http://127.0.0.1:9/")
    monkeypatch.setattr(timestamping, "_did_not", {})
    monkeypatch.setattr(timestamping, "in_turn", lambda: (clocks.Clock("same"), busy))
    with pytest.raises(pdf.CannotGetStamp):
        pdf.renew(signed, trust=identities.trust())


def test_a_file_that_does_not_hold_is_not_renewed(plain: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    _office(monkeypatch, timedelta(days=9))
    signed = bytearray(pdf.sign(plain, by=_seal(), field="Record"))
    signed[len(plain) // 2] ^= 1
    _office(monkeypatch, timedelta(days=20))
    with pytest.raises(pdf.CannotSign):
        pdf.renew(bytes(signed), trust=identities.trust())


def test_what_is_appended_to_a_signed_file_and_shows_on_it_is_no_renewal(plain: bytes) -> None:
    by = _seal()
    signed = pdf.sign(plain, by=by, field="Record")
    writer = IncrementalPdfFileWriter(BytesIO(signed))
    fields.append_signature_field(writer, fields.SigFieldSpec("Other", box=(10, 10, 90, 40)))
    out = BytesIO()
    writer.write(out)
    again = pdf.sign(out.getvalue(), by=by, field="Other")
    assert again.startswith(signed)
    assert not checking.check(again, trust=by.trust)[0].holds
