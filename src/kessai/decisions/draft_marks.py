"""How drafts would be marked if they were submitted now, and what whoever sees them must be cleared for.

Of any number of drafts by the same few queries: no route is planned for it, only the row of the table is found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from kessai.decisions.flagging import queries as flagging
from kessai.decisions.issuing import queries as issuing
from kessai.drafting.queries import DraftPage, Typed
from kessai.drafting.rules import read
from kessai.kernel.calendar import day_in_japan
from kessai.organisation import queries as organisation
from kessai.organisation.clearance import queries as clearance
from kessai.organisation.clearance import rules as marked
from kessai.organisation.rules import PLACES
from kessai.routing import queries as routing
from kessai.routing.rules import FLAGS, CannotPlan, CaseFacts, Table, choose_row


@dataclass(frozen=True, slots=True)
class Mark:
    """``needs``: as it would be marked, and as it is held now (S28)."""

    marking: str
    needs: tuple[str, ...]


def mark(draft: DraftPage, *, at: datetime) -> Mark:
    """Of one draft."""
    return marks([draft], at=at)[draft.draft_id]


def marks(drafts: Iterable[DraftPage | Typed], *, at: datetime) -> dict[UUID, Mark]:
    """By draft. No access check."""
    by_tenant: dict[int, list[DraftPage | Typed]] = {}
    for draft in drafts:
        by_tenant.setdefault(draft.tenant_id, []).append(draft)
    found: dict[UUID, Mark] = {}
    for tenant_id, mine in by_tenant.items():
        found |= _of_tenant(tenant_id, mine, day_in_japan(at))
    return found


def _of_tenant(tenant_id: int, drafts: list[DraftPage | Typed], on: date) -> dict[UUID, Mark]:
    matters = {matter.code: matter for matter in routing.matters(tenant_id=tenant_id, on=on)}
    fields = issuing.forms_fields({code: m.fields for code, m in matters.items()}, tenant_id=tenant_id, on=on)
    restrictions = clearance.restrictions(tenant_id=tenant_id, on=on)
    again = {draft.draft_id: draft.typed for draft in drafts if draft.revisions}
    raised = flagging.on_drafts(tenant_id, again) if again else {}
    places = organisation.places_of(post_ids={draft.post_id for draft in drafts}, on=on)
    table = _table(tenant_id, {draft.matter_code for draft in drafts}, on)
    found = {}
    for draft in drafts:
        matter = matters.get(draft.matter_code)
        content = read(
            matter_code=draft.matter_code,
            question=matter.question if matter else "",
            fields=fields.get(draft.matter_code, ()),
            typed=draft.typed,
            today=on,
            known_flags=FLAGS,
            markings=marked.MARKINGS,
            restrictions=restrictions,
        ).content
        flags = content.flags | (raised[draft.draft_id].kept if draft.draft_id in raised else frozenset())
        facts = CaseFacts(content.matter_code, content.amount, flags, dict(content.values))
        marking = marked.higher(_by_row(table, facts, draft.post_id, places), content.marking)
        needs = {*draft.needs, *marked.needs(marking, content.restriction)}
        found[draft.draft_id] = Mark(marking, tuple(sorted(needs)))
    return found


def _table(tenant_id: int, codes: set[str], on: date) -> Table | None:
    try:
        return routing.table_in_force(tenant_id=tenant_id, on=on, matter_codes=codes)
    except CannotPlan:
        return None


def _by_row(table: Table | None, facts: CaseFacts, post_id: int, places: Mapping[int, str]) -> str:
    """The marking of the row that rules such a case; "" where none does."""
    if table is None:
        return ""
    try:
        return choose_row(table, facts, places.get(post_id, PLACES[0]))[0].marking
    except CannotPlan:
        return ""
