"""PDF files signed for the long term (PAdES B-LTA, ETSI EN 319 142-1), and their time stamps renewed.

A signature is appended: the file that was signed stands at the head of the signed one, byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from io import BytesIO

from pkcs11 import PKCS11Error
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, PdfTimeStamper
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathBuildingError, ValidationError

from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_
from kessai.signing import timestamping
from kessai.signing.checking import check
from kessai.signing.identities import Signing, Trust

_UNREADABLE = (ValueError, TypeError, AttributeError, KeyError)
"""What asn1crypto raises of what an authority answers, which is anybody's."""


class CannotSign(Cannot):
    """The key, its certificate or the time stamp could not be had."""


class CannotGetStamp(CannotSign):
    """No authority stamps."""


class CannotOutlast(CannotSign):
    """A new stamp of time would not be of use for longer than the last one."""


def sign(pdf: bytes, *, by: Signing, field: str) -> bytes:
    """The file with an invisible signature in a field, a time stamp, all that is needed to check both later, and a time
    stamp over that, both of the first authority that stamps. Errors: CannotSign; CannotGetStamp, which may pass."""
    metadata = PdfSignatureMetadata(
        field_name=field,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        embed_validation_info=True,
        use_pades_lta=True,
        validation_context=_context(by.trust),
    )

    def signed(stamper: TimeStamper) -> bytes:
        writer = IncrementalPdfFileWriter(BytesIO(pdf))
        return bytes(PdfSigner(metadata, by.signer, timestamper=stamper).sign_pdf(writer).getbuffer())

    return _stamped(signed)


def renew(pdf: bytes, *, trust: Trust) -> bytes:
    """A signed file with what it takes to check its last time stamp later, and a new stamp over all of it. The file
    stands at the head of it, byte for byte. Errors: CannotSign, also where the file cannot be read; CannotGetStamp,
    which may pass; CannotOutlast, where no authority has a later certificate."""
    try:
        made = _renewed(pdf, trust)
        found = check(made, trust=trust)
    except Cannot:
        raise
    except Exception as error:
        # Of a damaged file anything may be raised, and none may keep others from being renewed.
        raise _cannot(f"{type(error).__name__} {error}") from error
    if not found or not all(each.holds for each in found):
        raise _cannot("; ".join(each.fault for each in found) or "not signed")
    return made


def _renewed(pdf: bytes, trust: Trust) -> bytes:
    """With the stamp of the first authority that outlasts the last one."""
    until = stamped_until(pdf)

    def renewed(stamper: TimeStamper) -> bytes:
        out = PdfTimeStamper(stamper).update_archival_timestamp_chain(
            PdfFileReader(BytesIO(pdf)), _context(trust), in_place=False
        )
        made = bytes(out.getbuffer())
        if stamped_until(made) <= until:
            raise CannotOutlast(
                N_("時刻認証局の証明書が、いまのタイムスタンプのもの（%(until)sまで）より先まで続きません。"),
                N_("時刻認証局の新しい証明書を待つか、KESSAI_TSA_URL に別の認証局を足してください。"),
                until=f"{until:%Y-%m-%d}",
            )
        return made

    return _stamped(renewed)


def stamped_until(pdf: bytes) -> datetime:
    """When the certificate of the last time stamp over a signed file ends. Raises LookupError where there is none."""
    ends = [
        each.signer_cert.not_valid_after for each in PdfFileReader(BytesIO(pdf)).embedded_timestamp_signatures
    ]
    if not ends:
        raise LookupError("no time stamp")
    found: datetime = ends[-1]
    return found


def _stamped(make: Callable[[TimeStamper], bytes]) -> bytes:
    """What is made with the first authority that stamps, and outlasts. Errors: CannotSign."""
    failed = dict[str, Exception]()
    for clock in timestamping.in_turn():
        try:
            return make(timestamping.stamper(clock))
        except CannotOutlast as error:
            # It does stamp: for a signature it is as good as any.
            failed[clock.name] = error
        except PKCS11Error as error:
            # Of the key, which would fail again; and a PIN must not be tried too often.
            raise _cannot(f"{type(error).__name__} {error}") from error
        except (
            SigningError,
            TimestampRequestError,
            ValidationError,
            PathBuildingError,
            OSError,
            *_UNREADABLE,
        ) as error:
            timestamping.did_not(clock)
            failed[clock.name] = error
    outlast = [error for error in failed.values() if isinstance(error, CannotOutlast)]
    if outlast and len(outlast) == len(failed):
        raise outlast[0]
    why = "; ".join(f"{name}: {error}" for name, error in failed.items())
    if all(isinstance(error, (TimestampRequestError, OSError, CannotOutlast)) for error in failed.values()):
        raise CannotGetStamp(
            N_("どの時刻認証局からもタイムスタンプを受けられず、電子署名を付けられませんでした（%(why)s）。"),
            N_(
                "決裁と施行の記録は失われていません。決裁文書の署名は自動でやり直されます。公印は、しばらくしてから"
                "もう一度押してください。"
            ),
            why=why[:300],
        )
    raise _cannot(why)


def _context(trust: Trust) -> ValidationContext:
    return ValidationContext(
        trust_roots=list(trust.roots),
        other_certs=list(trust.between),
        crls=list(trust.revocations),
        allow_fetching=trust.fetches,
        revocation_mode="require",
    )


def _cannot(why: str) -> CannotSign:
    return CannotSign(
        N_("電子署名を付けられませんでした（%(why)s）。"),
        N_("しばらくしてから、もう一度試してください。続くときは、運用の担当者に伝えてください。"),
        why=why.strip()[:300],
    )
