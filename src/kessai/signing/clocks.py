"""Who says what time it is: the authorities that the operator named, or in a demo its own."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings

from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_
from kessai.signing import authority
from merklelog.timestamps import TimestampInvalid, read_certificates

DEMO = "demo"


class CannotReadCertificates(Cannot):
    """The file with the certificates of the time-stamp authorities is not there, or none."""


@dataclass(frozen=True, slots=True)
class Clock:
    """An authority: ``name`` is its address without a password, or DEMO; ``url`` empty for the demo's own."""

    name: str
    url: str = ""
    user: str = ""
    password: str = ""


def clocks() -> tuple[Clock, ...]:
    """Who stamps the ledgers; nobody where no authority is named and this is no demo."""
    named = tuple(_clock(url) for url in settings.KESSAI_TIMESTAMPING.urls)
    return named or ((Clock(DEMO),) if settings.KESSAI_DEMO else ())


def authorities() -> tuple[bytes, ...]:
    """The certificates (DER) of the authorities whose stamps are trusted: those of the file, also where no authority
    is asked any more, or else the demo's own. Errors: CannotReadCertificates."""
    path = settings.KESSAI_TIMESTAMPING.certificates
    if path is None:
        return (authority.timestamp_authority().certificate.public_bytes(Encoding.DER),)
    try:
        return read_certificates(path.read_bytes())
    except (OSError, TimestampInvalid) as error:
        raise CannotReadCertificates(
            N_("時刻認証局の証明書のファイル %(path)s を読めません（%(why)s）。"),
            N_("KESSAI_TSA_CERTIFICATES に、認証局の証明書を PEM で入れたファイルを指定してください。"),
            path=str(path),
            why=str(error),
        ) from error


def authorities_pem() -> bytes:
    """The same as a PEM file, to be published."""
    found = (x509.load_der_x509_certificate(each) for each in authorities())
    return b"".join(each.public_bytes(Encoding.PEM) for each in found)


def _clock(url: str) -> Clock:
    where = urlsplit(url)
    bare = where._replace(netloc=where.netloc.rpartition("@")[2]).geturl()
    return Clock(bare, bare, unquote(where.username or ""), unquote(where.password or ""))
