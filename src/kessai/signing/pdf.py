"""PDF files signed for the long term (PAdES B-LTA, ETSI EN 319 142-1), and such signatures checked.

A signature is appended: the file that was signed stands at the head of the signed one, byte for byte.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from asn1crypto import x509
from pkcs11 import PKCS11Error
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.policy_decl import (
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.errors import PathBuildingError, ValidationError
from pyhanko_certvalidator.policy_decl import CertRevTrustPolicy, RevocationCheckingPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager

from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_
from kessai.signing import timestamping
from kessai.signing.identities import Signing

_UNREADABLE = (ValueError, TypeError, AttributeError, KeyError)
"""What asn1crypto raises of what an authority answers, which is anybody's."""

REQUIRED = RevocationCheckingPolicy.from_legacy("require")


class CannotSign(Cannot):
    """The key, its certificate or the time stamp could not be had."""


class CannotGetStamp(CannotSign):
    """No authority stamps."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a signature of a file is worth. ``signer``: the name in its certificate; ``fingerprint``: its hex SHA-256.

    ``holds``: the file is as it was signed but for what keeps the signature verifiable, by a certificate that leads to
    a trusted root and was not revoked; ``at``: by when the signature was there, as the time stamps say.
    ``fault``: what fails otherwise, by its name in ETSI EN 319 102-1.
    """

    holds: bool
    signer: str
    fingerprint: str
    at: datetime | None
    fault: str = ""


def sign(pdf: bytes, *, by: Signing, field: str) -> bytes:
    """The file with an invisible signature in a field, a time stamp, all that is needed to check both later, and a time
    stamp over that, both of the first authority that stamps. Errors: CannotSign; CannotGetStamp, which may pass."""
    failed = dict[str, Exception]()
    for clock in timestamping.in_turn():
        try:
            return _signed(pdf, by, field, timestamping.stamper(clock))
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
    why = "; ".join(f"{name}: {error}" for name, error in failed.items())
    if all(isinstance(error, (TimestampRequestError, OSError)) for error in failed.values()):
        raise CannotGetStamp(
            N_("どの時刻認証局からも時刻印を受けられず、電子署名を付けられませんでした（%(why)s）。"),
            N_(
                "決裁と施行の記録は失われていません。決裁文書の署名は自動でやり直されます。公印は、しばらくしてから"
                "もう一度押してください。"
            ),
            why=why[:300],
        )
    raise _cannot(why)


def _signed(pdf: bytes, by: Signing, field: str, stamper: TimeStamper) -> bytes:
    metadata = PdfSignatureMetadata(
        field_name=field,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        embed_validation_info=True,
        use_pades_lta=True,
        validation_context=ValidationContext(
            trust_roots=list(by.roots),
            other_certs=list(by.between),
            crls=list(by.revocations),
            allow_fetching=by.fetches,
            revocation_mode="require",
        ),
    )
    out = PdfSigner(metadata, by.signer, timestamper=stamper).sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)))
    return bytes(out.getbuffer())


def _cannot(why: str) -> CannotSign:
    return CannotSign(
        N_("電子署名を付けられませんでした（%(why)s）。"),
        N_("しばらくしてから、もう一度試してください。続くときは、運用の担当者に伝えてください。"),
        why=why.strip()[:300],
    )


def check(pdf: bytes, *, roots: Sequence[x509.Certificate]) -> tuple[Checked, ...]:
    """Every signature of a file, oldest first; none where it is no PDF, or not signed. Nothing is fetched.

    For files that were made here: what strangers hand in is compared with these by its hash, never read.
    """
    try:
        found = PdfFileReader(BytesIO(pdf)).embedded_regular_signatures
    except (PdfError, ValueError):
        return ()
    return tuple(_checked(each, roots) for each in found)


def _checked(signature: EmbeddedPdfSignature, roots: Sequence[x509.Certificate]) -> Checked:
    spec = PdfSignatureValidationSpec(
        SignatureValidationSpec(
            CertValidationPolicySpec(
                trust_manager=SimpleTrustManager.build(list(roots)),
                revinfo_policy=CertRevTrustPolicy(REQUIRED),
            ),
            revinfo_gathering_policy=RevocationInfoGatheringSpec(RevinfoOnlineFetchingRule.LOCAL_ONLY),
        )
    )
    result = asyncio.run(ades_lta_validation(signature, spec))
    status = result.api_status
    by = signature.signer_cert
    return Checked(
        holds=result.ades_subindic == AdESPassed.OK and status is not None and status.bottom_line,
        signer=by.subject.native["common_name"],
        fingerprint=hashlib.sha256(by.dump()).hexdigest(),
        at=result.best_signature_time,
        fault="" if result.ades_subindic == AdESPassed.OK else result.ades_subindic.standard_name,
    )
