"""The keys that sign documents for real, named in a file (KESSAI_DOCUMENT_KEYS); docs/operators.md shows one.

Once there is such a file, nothing is signed with the demo's keys: a use that it does not name cannot be signed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pkcs11
from asn1crypto import crl, pem, x509
from django.conf import settings
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.keys import load_certs_from_pemder
from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session
from pyhanko.sign.signers import Signer, SimpleSigner

from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_

RECORD = "record"
"""The use of the key that signs cover sheets; that of an official seal is ``seal:`` and its code."""


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
        except (OSError, ValueError, KeyError, pkcs11.PKCS11Error) as error:
            raise _unusable(error) from error
        if found is None:
            raise _unusable(ValueError(f"{ministry}, {use}"))
        return found

    def _signer(self, entry: Mapping[str, Any]) -> Signer | None:
        if "pkcs11" in entry:
            session = _session(entry["pkcs11"], entry["token"], self._secret(entry, "pin-file"))
            # Hashed here: not every token hashes for every kind of key.
            label, chain = entry["label"], list(self.chain)
            return PKCS11Signer(
                session, key_label=label, cert_label=label, ca_chain=chain, use_raw_mechanism=True
            )
        passphrase = self._secret(entry, "passphrase-file")
        secret = passphrase.encode() if passphrase else None
        if "pkcs12" in entry:
            content = (self.folder / entry["pkcs12"]).read_bytes()
            return SimpleSigner.load_pkcs12_data(content, other_certs=list(self.chain), passphrase=secret)
        file = str(self.folder / entry["pem"])
        return SimpleSigner.load(file, file, other_certs=list(self.chain), key_passphrase=secret)

    def _secret(self, entry: Mapping[str, Any], name: str) -> str | None:
        return (self.folder / entry[name]).read_text().strip() if name in entry else None


@cache
def _session(module: str, token: str, pin: str | None) -> pkcs11.Session:
    """With a token, until something fails. Whoever is logged in to it already stays so."""
    wanted = TokenCriteria(label=token)
    try:
        return open_pkcs11_session(module, token_criteria=wanted, user_pin=pin)
    except pkcs11.UserAlreadyLoggedIn:
        return open_pkcs11_session(module, token_criteria=wanted)


def let_go_of_tokens() -> None:
    """Begin anew with every token: one that was restarted knows the sessions from before no more."""
    _session.cache_clear()


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
