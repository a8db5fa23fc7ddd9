"""The door to every page: who comes in, and what a stranger gets."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from kessai.decisions.destroying import queries as destroying
from kessai.kernel.actor import Actor
from kessai.kernel.errors import NotFound
from kessai.web import clock, kept
from kessai.web.converters import Ref

View = Callable[..., HttpResponseBase]


def entered(view: View) -> View:
    """Give the view an Actor as its second argument; ask to sign in first, answer 404 for what is not theirs.

    What was sent with a POST after the session ended comes back on the page that asks to sign in again.
    """

    @wraps(view)
    def entry(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        if not user.is_authenticated:
            if request.method == "POST":
                return kept.signed_out(request)
            return redirect_to_login(request.get_full_path())
        if user.person_id is None:
            raise PermissionDenied
        try:
            return view(request, Actor(person_id=user.person_id), *args, **kwargs)
        except NotFound as refusal:
            if (ref := kwargs.get("ref")) is not None and _was_destroyed(
                Actor(person_id=user.person_id), ref
            ):
                return redirect("keeping:destroyed", ref=str(ref))
            raise Http404(str(refusal.what)) from refusal

    entry.login_required = False  # type: ignore[attr-defined]  # it asks to sign in itself, keeping what was sent
    return entry


def _was_destroyed(actor: Actor, ref: Ref) -> bool:
    """Whether there is no such page any more, for the content of its case was destroyed and that may be told."""
    if not destroying.is_destroyed(tenant_id=ref.tenant_id, case_id=ref.id):
        return False
    try:
        destroying.destroyed(actor=actor, tenant_id=ref.tenant_id, case_id=ref.id, at=clock.now())
    except NotFound:
        return False
    return True


def is_live(request: HttpRequest) -> bool:
    """Whether a part of the page is asked for, not the page."""
    return bool(getattr(request, "htmx", False))
