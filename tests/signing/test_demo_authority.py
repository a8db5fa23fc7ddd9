"""The demo's certificate authority: made once, closed to others, and plain about what it is."""

from __future__ import annotations

import stat
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from kessai.signing import authority

NOW = datetime.now(UTC)


def _record() -> authority.Identity:
    return authority.signer("record-1", owner="地域振興省", use="record seal")


def _common_name(name: x509.Name) -> str:
    return str(name.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


def test_the_chain_leads_from_the_seal_to_the_root() -> None:
    chain: Sequence[x509.Certificate] = (_record().certificate, *authority.chain())
    for below, above in zip(chain, (*chain[1:], chain[-1]), strict=True):
        below.verify_directly_issued_by(above)
    assert chain[-1] == authority.root()


def test_every_certificate_says_that_it_has_no_legal_effect() -> None:
    everyone = (_record().certificate, authority.timestamp_authority().certificate, *authority.chain())
    assert all(_common_name(each.subject).startswith("DEMO - no legal effect") for each in everyone)
    assert "地域振興省" in _record().certificate.subject.rfc4514_string()


def test_only_authorities_issue_and_only_the_time_stamping_authority_stamps_time() -> None:
    def may(certificate: x509.Certificate) -> tuple[bool, bool]:
        basic = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
        assert basic.ca == usage.key_cert_sign == usage.crl_sign
        return basic.ca, usage.content_commitment

    assert may(_record().certificate) == (False, True)
    assert [may(each) for each in authority.chain()] == [(True, False), (True, False)]
    stamps = authority.timestamp_authority().certificate.extensions.get_extension_for_class(
        x509.ExtendedKeyUsage
    )
    assert stamps.critical and list(stamps.value) == [ExtendedKeyUsageOID.TIME_STAMPING]


def test_keys_are_made_once_and_readable_by_their_owner_only() -> None:
    assert _record().certificate == _record().certificate
    authority.revocations(at=NOW)
    for path in authority.folder().iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name
    assert stat.S_IMODE(authority.folder().stat().st_mode) == 0o700
    assert sorted(path.name for path in authority.folder().iterdir()) == [
        "issuing.crl",
        "issuing.pem",
        "record-1.pem",
        "root.crl",
        "root.pem",
    ]


def test_of_many_that_start_at_once_all_get_the_same_keys() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: _record().certificate, range(8)))
    assert len(set(made)) == 1
    made[0].verify_directly_issued_by(authority.chain()[0])


def test_names_are_cut_to_what_a_certificate_holds() -> None:
    long = authority.signer("long", owner="省" * 100, use="印" * 100)
    assert _common_name(long.certificate.subject) == "DEMO - no legal effect: " + "印" * 13


def test_lists_of_revocations_are_signed_and_made_anew_after_some_days() -> None:
    first = authority.revocations(at=NOW)
    for crl, by in zip(first, authority.chain(), strict=True):
        assert crl.is_signature_valid(by.public_key())  # type: ignore[arg-type]
    assert authority.revocations(at=NOW + timedelta(days=6)) == first
    later = authority.revocations(at=NOW + timedelta(days=8))
    assert later != first
    assert later[0].next_update_utc is not None and later[0].next_update_utc > NOW + timedelta(days=30)
