"""The proof of a decision, checked at every look."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kessai.decisions import queries, verification
from kessai.decisions.results import CasePage
from kessai.kernel.actor import Actor
from kessai.web import clock
from kessai.web.converters import Ref
from kessai.web.entrance import entered
from kessai.web.proof.page import arranged


@never_cache
@require_safe
@entered
def proof(request: HttpRequest, actor: Actor, ref: Ref) -> HttpResponseBase:
    """Everything is computed anew for this answer; nothing of an earlier check is kept."""
    at = clock.now()
    checked = verification.verify_decision(actor=actor, tenant_id=ref.tenant_id, case_id=ref.id, at=at)
    if checked is None:
        return redirect("deciding:case", ref=str(ref))
    case = _case(actor, ref)
    context = {"ref": ref, "page": arranged(checked, case, at=at), "case": case, "nav": "proof"}
    return render(request, "proof/proof.html", context)


def _case(actor: Actor, ref: Ref) -> CasePage | None:
    """For the cover sheet; None where the record is too damaged to be read, which the proof then says."""
    try:
        return queries.case_page(actor=actor, tenant_id=ref.tenant_id, case_id=ref.id, at=clock.now())
    except (LookupError, TypeError, ValueError):
        return None
