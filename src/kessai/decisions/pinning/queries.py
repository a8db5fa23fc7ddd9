"""Where the words of an act are pinned, read against the version that is on its way."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from kessai.decisions import access, anchors
from kessai.decisions.anchors import Anchor, Page
from kessai.decisions.models import Case
from kessai.decisions.pinning import rules
from kessai.drafting import queries as drafts
from kessai.drafting.inspecting import queries as inspecting
from kessai.kernel.actor import Actor
from kessai.ledger.sealing import Json


def bound(case: Case, about: Anchor | None, words: str) -> dict[str, Json]:
    """What an act says of the place that its words are about; nothing where they are about the whole.

    Errors: CannotPin, where the place is not in the version on its way.
    """
    if about is None:
        return {}
    rules.judge(words)
    return {"anchor": {**anchors.to_json(_marked(case, about))}}


def marked(*, actor: Actor, tenant_id: int, case_id: UUID, about: Anchor, at: datetime) -> Anchor:
    """A place that the reader of a case marked, as it would be kept. Errors: NotFound, CannotPin."""
    access.require_visible(actor=actor, tenant_id=tenant_id, case_id=case_id, at=at)
    return _marked(Case.objects.get(tenant_id=tenant_id, id=case_id), about)


def _marked(case: Case, about: Anchor) -> Anchor:
    revision = drafts.revision(tenant_id=case.tenant_id, draft_id=case.id, number=case.revision)
    pages = 0
    if isinstance(about, Page) and 1 <= about.attachment <= len(revision.attachments):
        sha256 = revision.attachments[about.attachment - 1].sha256
        pages = inspecting.inspected(tenant_id=case.tenant_id, sha256=sha256).pages
    return rules.marked(about, revision.content_json, revision.attachments_json, pages)
