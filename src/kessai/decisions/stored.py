"""Everything that is stored of cases, as it is stored: what a verification reads."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from uuid import UUID

from django.db import connection

from kessai.decisions.models import (
    Case,
    CaseLink,
    CoverSheet,
    DecidedOriginal,
    Event,
    Issue,
    Issuing,
    Preview,
    Receipt,
    ReceiptEvent,
    ReceiptLink,
    Request,
    SealedLetter,
    SignedSheet,
    StampedFile,
    Step,
)
from kessai.drafting import queries as drafts
from kessai.drafting.queries import StoredDraft, StoredRevision
from kessai.ledger import queries as ledger
from kessai.ledger.queries import AppendedLeaf
from kessai.records import queries as records
from kessai.records.disposal import queries as disposing
from kessai.records.disposal.queries import StoredDisposal
from kessai.records.queries import StoredRecord

CHUNK = 200


@dataclass(frozen=True, slots=True)
class Stored:
    """Everything stored of one case."""

    tenant_id: int
    case_id: UUID
    case: Case | None
    draft: StoredDraft | None
    events: Sequence[Event]
    steps: Sequence[Step]
    revisions: Mapping[int, StoredRevision]
    leaves: Mapping[int, AppendedLeaf]
    original: DecidedOriginal | None
    cover_sheets: Sequence[CoverSheet]
    signed_sheets: Sequence[SignedSheet]
    record: StoredRecord | None
    link: CaseLink | None = None
    issuing: Issuing | None = None
    issues: Sequence[Issue] = ()
    sealed_letters: Sequence[SealedLetter] = ()
    stamped_files: Sequence[StampedFile] = ()
    receipts: Sequence[UUID] = ()
    """Those that its draft was begun from."""
    requests: Sequence[Request] = ()
    previews: Sequence[Preview] = ()
    """Those that were remarked on, and are recorded with a submission."""
    disposal: StoredDisposal | None = None
    """What the register keeps of it, once its content was destroyed."""


_OWN_TABLES = (
    Case,
    Event,
    Step,
    Request,
    DecidedOriginal,
    CoverSheet,
    SignedSheet,
    Issuing,
    Issue,
    SealedLetter,
    StampedFile,
)

_CASE_IDS = """
SELECT id FROM decisions_case WHERE tenant_id = %(tenant)s
UNION SELECT case_id FROM decisions_event WHERE tenant_id = %(tenant)s
UNION SELECT case_id FROM decisions_step WHERE tenant_id = %(tenant)s
UNION SELECT case_id FROM decisions_request WHERE tenant_id = %(tenant)s
UNION SELECT case_id FROM decisions_decidedoriginal WHERE tenant_id = %(tenant)s
UNION SELECT case_id FROM decisions_coversheet WHERE tenant_id = %(tenant)s
UNION SELECT case_id FROM decisions_signedsheet WHERE tenant_id = %(tenant)s
UNION SELECT case_id FROM decisions_issuing WHERE tenant_id = %(tenant)s
UNION SELECT case_id FROM decisions_issue WHERE tenant_id = %(tenant)s
UNION SELECT case_id FROM decisions_sealedletter WHERE tenant_id = %(tenant)s
UNION SELECT case_id FROM decisions_stampedfile WHERE tenant_id = %(tenant)s
ORDER BY 1
"""


def tenants() -> set[int]:
    """The ministries that anything is stored of."""
    found = drafts.tenants() | records.tenants()
    for model in (*_OWN_TABLES, Receipt, ReceiptEvent):
        found |= set(model.objects.order_by().values_list("tenant_id", flat=True).distinct())
    return found


def case_ids(*, tenant_id: int) -> Iterator[UUID]:
    """Every case that any table still knows of, in order, however many there are."""
    everywhere = heapq.merge(
        _own_ids(tenant_id),
        drafts.submitted_ids(tenant_id=tenant_id),
        records.case_ids(tenant_id=tenant_id),
        ledger.case_ids(tenant_id=tenant_id),
    )
    return (case_id for case_id, _ in groupby(everywhere))


def _own_ids(tenant_id: int) -> Iterator[UUID]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(_CASE_IDS, {"tenant": tenant_id})
        while rows := cursor.fetchmany(2_000):
            yield from (row[0] for row in rows)


def stored_cases(*, tenant_id: int, case_ids: Iterable[UUID]) -> Iterator[Stored]:
    """What is stored of cases, read a few hundred at a time."""
    wanted = iter(case_ids)
    while chunk := list(islice(wanted, CHUNK)):
        yield from _chunk(tenant_id, chunk)


def _chunk(tenant_id: int, ids: Collection[UUID]) -> Iterator[Stored]:
    mine = {"tenant_id": tenant_id, "case_id__in": ids}
    cases = {case.id: case for case in Case.objects.filter(tenant_id=tenant_id, id__in=ids)}
    by_case: dict[UUID, list[Event]] = {}
    for event in Event.objects.filter(**mine).order_by("seq"):
        by_case.setdefault(event.case_id, []).append(event)
    steps: dict[UUID, list[Step]] = {}
    for step in Step.objects.filter(**mine).order_by("round", "position"):
        steps.setdefault(step.case_id, []).append(step)
    previews: dict[UUID, list[Preview]] = {}
    recorded = Preview.objects.filter(
        tenant_id=tenant_id, draft_id__in=ids, recorded_seq__isnull=False, remarked_at__isnull=False
    )
    for preview in recorded.order_by("remarked_at", "id"):
        previews.setdefault(preview.draft_id, []).append(preview)
    requests: dict[UUID, list[Request]] = {}
    for request in Request.objects.filter(**mine).order_by("seq"):
        requests.setdefault(request.case_id, []).append(request)
    originals = {o.case_id: o for o in DecidedOriginal.objects.filter(**mine)}
    sheets: dict[UUID, list[CoverSheet]] = {}
    for sheet in CoverSheet.objects.filter(**mine).order_by("shows"):
        sheets.setdefault(sheet.case_id, []).append(sheet)
    signed: dict[UUID, list[SignedSheet]] = {}
    for one in SignedSheet.objects.filter(**mine).order_by("shows"):
        signed.setdefault(one.case_id, []).append(one)
    issuing = {row.case_id: row for row in Issuing.objects.filter(**mine)}
    issues: dict[UUID, list[Issue]] = {}
    for issue in Issue.objects.filter(**mine).order_by("seq"):
        issues.setdefault(issue.case_id, []).append(issue)
    sealed: dict[UUID, list[SealedLetter]] = {}
    for letter in SealedLetter.objects.filter(**mine).order_by("seq", "place"):
        sealed.setdefault(letter.case_id, []).append(letter)
    stamped: dict[UUID, list[StampedFile]] = {}
    for file in StampedFile.objects.filter(**mine).order_by("until", "sha256"):
        stamped.setdefault(file.case_id, []).append(file)
    receipts: dict[UUID, list[UUID]] = {}
    begun = ReceiptLink.objects.filter(tenant_id=tenant_id, draft_id__in=ids).order_by("receipt_id")
    for draft_id, receipt_id in begun.values_list("draft_id", "receipt_id"):
        receipts.setdefault(draft_id, []).append(receipt_id)
    links = {link.draft_id: link for link in CaseLink.objects.filter(tenant_id=tenant_id, draft_id__in=ids)}
    written = drafts.stored_drafts(tenant_id=tenant_id, draft_ids=ids)
    revisions = drafts.stored_revisions(tenant_id=tenant_id, draft_ids=ids)
    leaves = ledger.leaves_of(tenant_id=tenant_id, case_ids=ids)
    kept = records.stored(tenant_id=tenant_id, case_ids=ids)
    disposed = disposing.stored_disposals(tenant_id=tenant_id, case_ids=ids)
    for case_id in ids:
        yield Stored(
            tenant_id=tenant_id,
            case_id=case_id,
            case=cases.get(case_id),
            draft=written.get(case_id),
            events=by_case.get(case_id, ()),
            steps=steps.get(case_id, ()),
            revisions=revisions.get(case_id, {}),
            leaves=leaves.get(case_id, {}),
            original=originals.get(case_id),
            cover_sheets=sheets.get(case_id, ()),
            signed_sheets=signed.get(case_id, ()),
            record=kept.get(case_id),
            link=links.get(case_id),
            issuing=issuing.get(case_id),
            issues=issues.get(case_id, ()),
            sealed_letters=sealed.get(case_id, ()),
            stamped_files=stamped.get(case_id, ()),
            receipts=receipts.get(case_id, ()),
            requests=requests.get(case_id, ()),
            previews=previews.get(case_id, ()),
            disposal=disposed.get(case_id),
        )
