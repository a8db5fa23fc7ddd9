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
from pyhanko.sign.timestamps import TimestampRequestError
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
from kessai.signing.identities import Signing
from kessai.signing.timestamping import timestamper

_UNREADABLE = (ValueError, TypeError, AttributeError, KeyError)
"""What asn1crypto raises of what an authority answers, which is anybody's."""

REQUIRED = RevocationCheckingPolicy.from_legacy("require")


class CannotSign(Cannot):
    """The key, its certificate or the time stamp could not be had."""


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
    stamp over that. Errors: CannotSign, which may pass."""
    context = ValidationContext(
        trust_roots=list(by.roots),
        other_certs=list(by.between),
        crls=list(by.revocations),
        allow_fetching=by.fetches,
        revocation_mode="require",
    )
    metadata = PdfSignatureMetadata(
        field_name=field,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        embed_validation_info=True,
        use_pades_lta=True,
        validation_context=context,
    )
    try:
        out = PdfSigner(metadata, by.signer, timestamper=timestamper()).sign_pdf(
            IncrementalPdfFileWriter(BytesIO(pdf))
        )
    except (
        SigningError,
        PKCS11Error,
        TimestampRequestError,
        ValidationError,
        PathBuildingError,
        OSError,
        *_UNREADABLE,
    ) as error:
        raise CannotSign(
            N_("電子署名を付けられませんでした（%(why)s）。"),
            N_("しばらくしてから、もう一度試してください。続くときは、運用の担当者に伝えてください。"),
            why=str(error)[:200],
        ) from error
    return bytes(out.getbuffer())


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
