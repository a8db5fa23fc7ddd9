"""The whole file of a case as one PDF: what is in it, whether it is made, and the PDF itself."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from kessai.decisions.wholefile import operations
from kessai.kernel.actor import Actor
from kessai.web import clock, downloads
from kessai.web.converters import Ref
from kessai.web.entrance import entered


@require_GET
@entered
def whole(request: HttpRequest, actor: Actor, ref: Ref) -> HttpResponse:
    """What the PDF has; it is being made where it is not there yet."""
    found, copy = operations.obtain(actor=actor, tenant_id=ref.tenant_id, case_id=ref.id, at=clock.now())
    context = {
        "ref": ref,
        "whole": found,
        "copy": copy,
        "files": list(zip(found.files, found.parts, strict=True)),
        "changes": len(found.said["changes"]),
        "questions": len(found.said["talk"]),
    }
    return render(request, "deciding/whole.html", context)


@require_GET
@entered
def pdf(request: HttpRequest, actor: Actor, ref: Ref) -> HttpResponseBase:
    """The PDF, to be read or with ``?save`` to be kept; to the page about it while it is being made."""
    found, copy = operations.obtain(actor=actor, tenant_id=ref.tenant_id, case_id=ref.id, at=clock.now())
    if copy is None:
        return redirect("deciding:whole", ref=str(ref))
    response = FileResponse(copy.path.open("rb"), as_attachment="save" in request.GET, filename=found.name)
    response.headers["Content-Security-Policy"] = downloads.PDF_POLICY
    response.headers["Cache-Control"] = "private, no-store"
    return response
