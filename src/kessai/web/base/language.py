"""The switch of language: a form, a cookie, back to the page; e-mails follow it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from kessai.kernel.actor import Actor
from kessai.notifications import operations as notifications
from kessai.web import clock

A_YEAR = 365 * 24 * 3600


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Remember the chosen language in a cookie and return to where the form was."""
    response = HttpResponseRedirect(own_page(request, request.POST.get("next", "")))
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=A_YEAR,
            samesite="Lax",
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=True,
        )
        person_id = getattr(request.user, "person_id", None)
        if person_id is not None:
            notifications.speak(actor=Actor(person_id), language=chosen, at=clock.now())
    return response


def own_page(request: HttpRequest, address: str) -> str:
    """The address if it is one of ours, else the inbox: a form must not send people elsewhere."""
    ours = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if ours else "/"
