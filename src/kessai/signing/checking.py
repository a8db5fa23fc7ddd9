"""Signatures of PDF files checked, long after they were made.

Each time stamp over a file vouches for what it was put on, as of its own time: the last one is checked as of now, the
one before it as of the last one's time, with what the file had in it by then, and the signature as of the first one's.
So nothing that ended meanwhile, a certificate or a list of what was revoked, takes anything from what was stamped while
it held (PAdES B-LTA, ETSI EN 319 142-1, 5.5).
"""

from __future__ import annotations

import hashlib
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from asn1crypto import x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESFailure, AdESIndeterminate
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import DocumentTimestampStatus, PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import ValidationError

from kessai.signing.identities import Trust

_MAINTENANCE = (ModificationLevel.NONE, ModificationLevel.LTA_UPDATES)
"""What may be appended to a signed file: what keeps its signature verifiable."""

KEPT_SECONDS = 300.0
"""For so long an answer for which an authority was asked is given again."""

_answers: dict[bytes, tuple[float, Future[tuple[Checked, ...]]]] = {}
"""By the SHA-256 of a file: since when (seconds of ``time.monotonic``), and what came of it."""
_one_at_a_time = threading.Lock()


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


def check(pdf: bytes, *, trust: Trust, at: datetime | None = None) -> tuple[Checked, ...]:
    """Every signature of a file, oldest first; none where it is no PDF, or not signed.

    As of now, or of ``at``. What was revoked by then is told by ``trust``, or fetched where it says so, now. For files
    that were made here: what strangers hand in is compared with these by its hash, never read.
    """
    try:
        reader = PdfFileReader(BytesIO(pdf))
        found = reader.embedded_regular_signatures
    except (PdfError, ValueError):
        return ()
    return tuple(_checked(reader, each, trust, at) for each in found)


def check_again(pdf: bytes, *, trust: Trust) -> tuple[Checked, ...]:
    """The same as of now, for pages that anybody opens: where what was revoked is fetched, that is done once within
    KEPT_SECONDS for a file in this process, and whoever asks meanwhile waits for it or gets the same answer."""
    if not trust.fetches:
        return check(pdf, trust=trust)
    file, now = hashlib.sha256(pdf).digest(), time.monotonic()
    with _one_at_a_time:
        for old in [each for each, (since, _) in _answers.items() if since < now - KEPT_SECONDS]:
            del _answers[old]
        is_first = file not in _answers
        _, answer = _answers.setdefault(file, (now, Future()))
    if is_first:
        try:
            answer.set_result(check(pdf, trust=trust))
        except BaseException as error:
            answer.set_exception(error)
            with _one_at_a_time:
                _answers.pop(file, None)
    return answer.result()


def only_stamped(pdf: bytes) -> bool:
    """Whether a file is as it was signed, but for time stamps and what it takes to check them. Nobody is trusted."""
    try:
        found = PdfFileReader(BytesIO(pdf)).embedded_regular_signatures
        for each in found:
            each.compute_integrity_info()
    except (PdfError, SignatureValidationError, ValueError):
        return False
    return bool(found) and all(
        getattr(each.diff_result, "modification_level", None) in _MAINTENANCE for each in found
    )


def _checked(
    reader: PdfFileReader, signature: EmbeddedPdfSignature, trust: Trust, moment: datetime | None
) -> Checked:
    by, at, fault = signature.signer_cert, None, ""
    try:
        context = _last(reader, trust, moment)
        for stamp in _last_first(reader, signature):
            said = validate_pdf_timestamp(stamp, context)
            _require(said)
            at = said.timestamp
            context = _as_of(reader, stamp, at, trust)
        status = validate_pdf_signature(signature, context, context)
        if status.timestamp_validity is not None:
            at = status.timestamp_validity.timestamp
        _require(status)
        if _was_revoked(by, at, trust):
            raise SignatureValidationError("revoked", AdESIndeterminate.REVOKED_NO_POE)
    except SignatureValidationError as error:
        assert error.ades_subindication is not None
        fault = error.ades_subindication.standard_name
    except (ValidationError, PdfError, ValueError):
        fault = AdESIndeterminate.GENERIC.standard_name
    return Checked(
        holds=not fault,
        signer=by.subject.native["common_name"],
        fingerprint=hashlib.sha256(by.dump()).hexdigest(),
        at=at,
        fault=fault,
    )


def _last_first(reader: PdfFileReader, signature: EmbeddedPdfSignature) -> list[EmbeddedPdfSignature]:
    """The time stamps over a signature."""
    stamps = reader.embedded_timestamp_signatures
    return [each for each in reversed(stamps) if each.signed_revision > signature.signed_revision]


def _require(status: PdfSignatureStatus | DocumentTimestampStatus) -> None:
    """Raises SignatureValidationError unless what was signed or stamped is as it was, by whom it says."""
    if not status.intact:
        raise SignatureValidationError("changed", AdESFailure.HASH_FAILURE)
    if not status.valid:
        raise SignatureValidationError("no signature", AdESFailure.SIG_CRYPTO_FAILURE)
    if status.trust_problem_indic is not None:
        raise SignatureValidationError("not trusted", status.trust_problem_indic)
    if status.modification_level not in _MAINTENANCE or not getattr(status, "bottom_line", True):
        raise SignatureValidationError("more was appended", AdESFailure.FORMAT_FAILURE)


def _last(reader: PdfFileReader, trust: Trust, moment: datetime | None) -> ValidationContext:
    """All that is known, by a moment."""
    held = DocumentSecurityStore.read_dss(reader)
    fetches = trust.fetches and moment is None
    return _context(held, trust, crls=list(trust.revocations), moment=moment, allow_fetching=fetches)


def _as_of(
    reader: PdfFileReader, stamp: EmbeddedPdfSignature, at: datetime, trust: Trust
) -> ValidationContext:
    """What a file had in it when a stamp was put on it, at the stamp's time."""
    then = reader.get_historical_resolver(stamp.signed_revision)
    return _context(DocumentSecurityStore.read_dss(then), trust, moment=at, allow_fetching=False)


def _context(held: DocumentSecurityStore, trust: Trust, **more: object) -> ValidationContext:
    return held.as_validation_context(
        {
            "trust_roots": list(trust.roots),
            "other_certs": list(trust.between),
            "revocation_mode": "require",
            **more,
        }
    )


def _was_revoked(by: x509.Certificate, at: datetime | None, trust: Trust) -> bool:
    """Whether the signer's certificate is said by now to have been revoked before it signed."""
    return any(
        entry["user_certificate"].native == by.serial_number
        and (at is None or entry["revocation_date"].native <= at)
        for each in trust.revocations
        if each.issuer == by.issuer
        for entry in each["tbs_cert_list"]["revoked_certificates"]
    )
