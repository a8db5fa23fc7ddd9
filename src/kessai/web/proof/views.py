"""The proof of a decision, checked at every look; and the log's public files."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kessai.decisions import queries, verification
from kessai.decisions.results import CasePage
from kessai.kernel.actor import Actor
from kessai.ledger import queries as ledger
from kessai.web import clock
from kessai.web.converters import Ref
from kessai.web.entrance import entered
from kessai.web.proof.page import arranged

A_YEAR = 365 * 24 * 3600


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


@login_not_required
@require_safe
def log_file(request: HttpRequest, tenant_id: int, path: str) -> HttpResponse:
    """A checkpoint or a tile (C2SP tlog-tiles). Public: it holds salted digests, no content."""
    body = ledger.open_tile(tenant_id=tenant_id, path=path)
    if body is None:
        raise Http404
    changes = path == "checkpoint"
    response = HttpResponse(
        body, content_type="text/plain; charset=utf-8" if changes else "application/octet-stream"
    )
    response.headers["Cache-Control"] = "no-cache" if changes else f"public, max-age={A_YEAR}, immutable"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
