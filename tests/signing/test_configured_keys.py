"""Keys that are named in a file sign instead of the demo's: PKCS#12, PEM, or on a token (PKCS#11)."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pkcs11
import pytest
import typst
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from pkcs11 import Attribute, CertificateType, ObjectClass

from kessai.signing import authority, configured, identities, pdf

FILE = """
[trust]
roots = ["roots.pem"]
chain = ["chain.pem"]
revocations = ["root.crl", "issuing.crl"]

[[key]]
ministry = 1
use = "record"
pkcs12 = "record.p12"
passphrase-file = "record.pass"

[[key]]
ministry = 1
use = "seal:minister"
pem = "minister.pem"

[[key]]
ministry = 2
use = "record"
pkcs11 = "/nowhere/module.so"
token = "kessai"
label = "record"
"""


@pytest.fixture
def named(settings: Any, tmp_path: Path) -> Path:
    """A file of keys; they are of the demo's authority, under other names."""
    folder = tmp_path / "named"
    folder.mkdir()
    record = authority.signer("own-record", owner="試験省", use="own record")
    minister = authority.signer("own-minister", owner="試験省", use="own minister")
    issuing, root = authority.chain()
    secret = BestAvailableEncryption(b"pass word")
    content = pkcs12.serialize_key_and_certificates(b"r", record.key, record.certificate, None, secret)
    (folder / "record.p12").write_bytes(content)
    (folder / "record.pass").write_text("pass word\n")
    key = minister.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "minister.pem").write_bytes(key + minister.certificate.public_bytes(Encoding.PEM))
    (folder / "roots.pem").write_bytes(root.public_bytes(Encoding.PEM))
    (folder / "chain.pem").write_bytes(issuing.public_bytes(Encoding.PEM))
    identities.record_seal(tenant_id=9, ministry="x")
    for name in ("root.crl", "issuing.crl"):
        (folder / name).write_bytes((authority.folder() / name).read_bytes())
    (folder / "keys.toml").write_text(FILE)
    settings.KESSAI_DOCUMENT_KEYS = str(folder / "keys.toml")
    return folder


def _signer(by: identities.Signing) -> str:
    plain = typst.compile(b'#set document(title: "t")\nHello', format="pdf")
    assert isinstance(plain, bytes)
    (found,) = pdf.check(pdf.sign(plain, by=by, field="Record"), roots=identities.trusted())
    assert found.holds
    return found.signer


def test_the_keys_of_the_file_sign(named: Path) -> None:
    assert _signer(identities.record_seal(tenant_id=1, ministry="x")).endswith("own record")
    seal = identities.official_seal(tenant_id=1, ministry="x", code="minister", name="x")
    assert _signer(seal).endswith("own minister")


def test_a_use_that_is_not_named_is_never_signed_by_the_demo(named: Path) -> None:
    with pytest.raises(configured.CannotUseKey, match="seal:other"):
        identities.official_seal(tenant_id=1, ministry="x", code="other", name="x")


def test_no_stamp_of_the_demo_stands_behind_a_signature_of_other_roots(
    named: Path, settings: Any, tmp_path: Path
) -> None:
    settings.KESSAI_KEYS_DIR = tmp_path / "another demo"
    with pytest.raises(pdf.CannotSign):
        _signer(identities.record_seal(tenant_id=1, ministry="x"))


def test_a_key_that_cannot_be_read_is_said_so(named: Path) -> None:
    with pytest.raises(configured.CannotUseKey):
        identities.record_seal(tenant_id=2, ministry="x")
    (named / "record.pass").write_text("wrong")
    with pytest.raises(configured.CannotUseKey):
        identities.record_seal(tenant_id=1, ministry="x")
    (named / "keys.toml").write_text("[trust")
    with pytest.raises(configured.CannotUseKey):
        identities.record_seal(tenant_id=1, ministry="x")


def test_a_key_on_a_token_signs_and_never_leaves_it(
    named: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = Path("/usr/lib/softhsm/libsofthsm2.so")
    if not module.exists():
        pytest.skip("SoftHSM is not on this machine")
    record = authority.signer("own-record", owner="試験省", use="own record")
    _token(tmp_path, record, monkeypatch)
    (named / "token.pin").write_text("1234\n")
    there = FILE.replace("/nowhere/module.so", str(module)) + 'pin-file = "token.pin"\n'
    (named / "keys.toml").write_text(there)
    by = identities.record_seal(tenant_id=2, ministry="x")
    assert _signer(by).endswith("own record")
    assert _signer(identities.record_seal(tenant_id=2, ministry="x")).endswith("own record")


def test_after_a_failure_every_token_is_begun_with_anew(named: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (named / "token.pin").write_text("1234\n")
    (named / "keys.toml").write_text(FILE + 'pin-file = "token.pin"\n')
    sessions: list[object] = []

    def session(*_: object, **__: object) -> object:
        sessions.append(object())
        return sessions[-1]

    def away() -> None:
        raise OSError("away")

    monkeypatch.setattr(configured, "open_pkcs11_session", session)
    monkeypatch.setattr(pdf, "timestamper", away)
    for _ in range(2):
        by = identities.record_seal(tenant_id=2, ministry="x")
    assert len(sessions) == 1
    with pytest.raises(pdf.CannotSign):
        pdf.sign(b"%PDF-1.7", by=by, field="Record")
    identities.record_seal(tenant_id=2, ministry="x")
    assert len(sessions) == 2
    configured.let_go_of_tokens()


def _token(folder: Path, record: authority.Identity, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token with a key and its certificate."""
    (folder / "tokens").mkdir()
    (folder / "softhsm.conf").write_text(
        f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\n"
    )
    monkeypatch.setenv("SOFTHSM2_CONF", str(folder / "softhsm.conf"))
    (folder / "key.pem").write_bytes(
        record.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    for words in (
        "--init-token --free --label kessai --pin 1234 --so-pin 1234",
        f"--import {folder}/key.pem --token kessai --label record --id 01 --pin 1234",
    ):
        subprocess.run(["softhsm2-util", *words.split()], check=True, capture_output=True)
    library = pkcs11.lib("/usr/lib/softhsm/libsofthsm2.so")
    library.reinitialize()
    with library.get_token(token_label="kessai").open(user_pin="1234", rw=True) as session:
        session.create_object(
            {
                Attribute.CLASS: ObjectClass.CERTIFICATE,
                Attribute.CERTIFICATE_TYPE: CertificateType.X_509,
                Attribute.LABEL: "record",
                Attribute.ID: b"\x01",
                Attribute.TOKEN: True,
                Attribute.SUBJECT: record.certificate.subject.public_bytes(),
                Attribute.VALUE: record.certificate.public_bytes(Encoding.DER),
            }
        )
