"""Whose keys sign: a signer of pyHanko with what a checker needs to trust it.

A signature is made now: what was revoked is as of the clock of this machine, as the time stamp is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto import crl, keys, x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import Certificate
from pyhanko.sign.signers import Signer, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from kessai.signing import authority, configured


@dataclass(frozen=True, slots=True)
class Trust:
    """The roots that certificates lead to, the certificates between, and what was revoked by when."""

    roots: tuple[x509.Certificate, ...]
    between: tuple[x509.Certificate, ...]
    revocations: tuple[crl.CertificateList, ...]
    fetches: bool
    """Whether what was revoked is asked for over the network."""


@dataclass(frozen=True, slots=True)
class Signing:
    """A signer, and what its certificate leads to."""

    signer: Signer
    trust: Trust


def record_seal(*, tenant_id: int, ministry: str) -> Signing:
    """What a ministry signs its cover sheets with. Errors: CannotUseKey."""
    return _named(tenant_id, configured.RECORD) or _demo(f"record-{tenant_id}", ministry, "record seal")


def official_seal(*, tenant_id: int, ministry: str, code: str, name: str) -> Signing:
    """What an official seal (公印) signs with. Errors: CannotUseKey."""
    return _named(tenant_id, configured.of_seal(code)) or _demo(f"seal-{tenant_id}-{code}", ministry, name)


def trust() -> Trust:
    """What signatures and stamps of time that are made now lead to. Errors: CannotUseKey."""
    named = configured.keys()
    return _trust_of(named) if named else _trust_of_demo()


def _named(tenant_id: int, use: str) -> Signing | None:
    """With a key of the file of keys; None where no such file is named, and the demo signs."""
    named = configured.keys()
    if named is None:
        return None
    return Signing(named.signer(ministry=tenant_id, use=use), _trust_of(named))


def _trust_of(named: configured.Keys) -> Trust:
    return Trust(named.roots, named.chain, named.revocations, named.fetches)


def _demo(file: str, ministry: str, use: str) -> Signing:
    return Signing(demo_signer(authority.signer(file, owner=ministry, use=use)), _trust_of_demo())


def _trust_of_demo() -> Trust:
    issuing, root = _certificates(authority.chain())
    return Trust(
        roots=(root,),
        between=(issuing,),
        revocations=tuple(
            crl.CertificateList.load(each.public_bytes(Encoding.DER))
            for each in authority.revocations(at=datetime.now(UTC))
        ),
        fetches=False,
    )


def demo_signer(identity: authority.Identity) -> SimpleSigner:
    """A signer of an identity of the demo's authority, that sends the chain along."""
    key = identity.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    own, *chain = _certificates((identity.certificate, *authority.chain()))
    return SimpleSigner(
        signing_cert=own,
        signing_key=keys.PrivateKeyInfo.load(key),
        cert_registry=SimpleCertificateStore.from_certs(chain),
    )


def _certificates(found: Iterable[Certificate]) -> tuple[x509.Certificate, ...]:
    return tuple(x509.Certificate.load(each.public_bytes(Encoding.DER)) for each in found)
