"""Keys that are named in a file sign instead of the demo's: PKCS#12, PEM, or on a token (PKCS#11)."""

from __future__ import annotations

import asyncio
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pkcs11
import pytest
import typst
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from pkcs11 import Attribute, CertificateType, ObjectClass

from kessai.signing import authority, checking, configured, identities, pdf

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
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
    (found,) = checking.check(pdf.sign(plain, by=by, field="Record"), trust=identities.trust())
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


@pytest.fixture
def on_token(named: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a token with the key of ministry 2."""
    if not MODULE.exists():
        pytest.skip("SoftHSM is not on this machine")
    _token(tmp_path, authority.signer("own-record", owner="試験省", use="own record"), monkeypatch)
    (named / "token.pin").write_text("1234\n")
    there = FILE.replace("/nowhere/module.so", str(MODULE)) + 'pin-file = "token.pin"\n'
    (named / "keys.toml").write_text(there)
    return tmp_path / "tokens"


def _of_token() -> identities.Signing:
    return identities.record_seal(tenant_id=2, ministry="x")


def test_a_key_on_a_token_signs_and_never_leaves_it(on_token: Path) -> None:
    by = _of_token()
    assert _signer(by).endswith("own record")
    assert _signer(_of_token()).endswith("own record")


def test_of_threads_that_sign_with_a_token_at_once_none_is_refused(on_token: Path) -> None:
    by = _of_token()
    begin = Barrier(4)

    def sign(n: int) -> list[bytes]:
        begin.wait()
        mine = by.signer if n % 2 else _of_token().signer
        return [asyncio.run(mine.async_sign_raw(b"text %d" % n, "sha256")) for _ in range(5)]

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(sign, range(4)))
    key = authority.signer("own-record", owner="", use="").certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    for n, signatures in enumerate(made):
        for each in signatures:
            key.verify(each, b"text %d" % n, ec.ECDSA(hashes.SHA256()))


def test_a_token_that_was_taken_out_signs_again_once_it_is_put_back(on_token: Path) -> None:
    by = _of_token()
    away = on_token.rename(on_token.with_name("away"))
    on_token.mkdir()
    pkcs11.lib(str(MODULE)).reinitialize()
    with pytest.raises(pdf.CannotSign):
        _signer(by)
    with pytest.raises(configured.CannotUseKey):
        _of_token()
    on_token.rmdir()
    away.rename(on_token)
    assert _signer(by).endswith("own record")


def test_a_token_that_another_session_left_logged_in_is_begun_with_anew(on_token: Path) -> None:
    pkcs11.lib(str(MODULE)).get_token(token_label="kessai").open(user_pin="1234")
    assert _signer(_of_token()).endswith("own record")


def test_a_wrong_pin_is_tried_once(on_token: Path, named: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (named / "token.pin").write_text("4321\n")
    library = pkcs11.lib(str(MODULE))

    class Unchanged:
        """Would be begun anew before a second try."""

        get_token = library.get_token

    monkeypatch.setattr(pkcs11, "lib", lambda module: Unchanged)
    with pytest.raises(configured.CannotUseKey, match="PinIncorrect"):
        _of_token()


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
    library = pkcs11.lib(str(MODULE))
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
