"""The keys that sign documents for real, named in a file (KESSAI_DOCUMENT_KEYS); docs/operators.md shows one.

Once there is such a file, nothing is signed with the demo's keys: a use that it does not name cannot be signed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pkcs11
from asn1crypto import crl, pem, x509
from django.conf import settings
from pyhanko.keys import load_certs_from_pemder
from pyhanko.sign.pkcs11 import PKCS11Signer
from pyhanko.sign.signers import Signer, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_
from kessai.signing import tokens

RECORD = "record"
"""The use of the key that signs cover sheets."""
LONGEST_SIGNATURE = 512
"""Bytes: of RSA with 4096 bits."""


def of_seal(code: str) -> str:
    """The use of the key of an official seal."""
    return f"seal:{code}"


class CannotUseKey(Cannot):
    """A key for signing documents is not named, or cannot be read."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The file, read. ``chain``: certificates between those that sign and the roots."""

    entries: tuple[Mapping[str, Any], ...]
    roots: tuple[x509.Certificate, ...]
    chain: tuple[x509.Certificate, ...]
    revocations: tuple[crl.CertificateList, ...]
    fetches: bool
    folder: Path

    def signer(self, *, ministry: int, use: str) -> Signer:
        """The signer of a ministry for a use. Errors: CannotUseKey."""
        entry = next((e for e in self.entries if (e["ministry"], e["use"]) == (ministry, use)), None)
        if entry is None:
            raise CannotUseKey(
                N_("府省%(ministry)sの「%(use)s」に使う署名の鍵が定められていません。"),
                N_("KESSAI_DOCUMENT_KEYS のファイルに加えてもらってください。"),
                ministry=ministry,
                use=use,
            )
        try:
            found = self._signer(entry)
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise _unusable(error) from error
        if found is None:
            raise _unusable(ValueError(f"{ministry}, {use}"))
        return found

    def _signer(self, entry: Mapping[str, Any]) -> Signer | None:
        if "pkcs11" in entry:
            pin = self._secret(entry, "pin-file")
            session = partial(tokens.session, entry["pkcs11"], entry["token"], pin)
            return TokenSigner(session, entry["label"], self.chain)
        passphrase = self._secret(entry, "passphrase-file")
        secret = passphrase.encode() if passphrase else None
        if "pkcs12" in entry:
            content = (self.folder / entry["pkcs12"]).read_bytes()
            return SimpleSigner.load_pkcs12_data(content, other_certs=list(self.chain), passphrase=secret)
        file = str(self.folder / entry["pem"])
        return SimpleSigner.load(file, file, other_certs=list(self.chain), key_passphrase=secret)

    def _secret(self, entry: Mapping[str, Any], name: str) -> str | None:
        return (self.folder / entry[name]).read_text().strip() if name in entry else None


class TokenSigner(Signer):
    """Signs with the key of a label, with its certificate under the same. Threads may sign with these at once."""

    def __init__(
        self,
        session: Callable[[], AbstractContextManager[pkcs11.Session]],
        label: str,
        chain: Sequence[x509.Certificate],
    ) -> None:
        """``session``: for one use; ``chain``: certificates that go along. Errors: as of ``tokens.session``."""
        self._session, self._label = session, label
        with session() as opened:
            own = PKCS11Signer(opened, key_label=label, cert_label=label).signing_cert
        super().__init__(signing_cert=own, cert_registry=SimpleCertificateStore.from_certs([own, *chain]))

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        if dry_run:
            return bytes(LONGEST_SIGNATURE)
        with self._session() as opened:
            # Hashed here: not every token hashes for every kind of key.
            by = PKCS11Signer(
                opened, key_label=self._label, signing_cert=self.signing_cert, use_raw_mechanism=True
            )
            return await by.async_sign_raw(data, digest_algorithm)


def keys() -> Keys | None:
    """The file of keys; None where none is named. Errors: CannotUseKey."""
    if not settings.KESSAI_DOCUMENT_KEYS:
        return None
    path = Path(settings.KESSAI_DOCUMENT_KEYS)
    try:
        read = tomllib.loads(path.read_text())
        trust = read["trust"]
        return Keys(
            entries=tuple(read["key"]),
            roots=_certificates(path.parent, trust["roots"]),
            chain=_certificates(path.parent, trust.get("chain", ())),
            revocations=tuple(_revocations(path.parent / each) for each in trust.get("revocations", ())),
            fetches=bool(trust.get("fetch", False)),
            folder=path.parent,
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _unusable(error) from error


def _certificates(folder: Path, names: list[str] | tuple[str, ...]) -> tuple[x509.Certificate, ...]:
    return tuple(load_certs_from_pemder([str(folder / name) for name in names]))


def _revocations(path: Path) -> crl.CertificateList:
    content = path.read_bytes()
    return crl.CertificateList.load(pem.unarmor(content)[2] if pem.detect(content) else content)


def _unusable(error: Exception) -> CannotUseKey:
    return CannotUseKey(
        N_("文書に署名する鍵を使えません（%(why)s）。"),
        N_("KESSAI_DOCUMENT_KEYS のファイルと、そこにある鍵を確かめてください。"),
        why=f"{type(error).__name__}: {error}"[:200],
    )
