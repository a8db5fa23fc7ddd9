"""Who comes in. The demo shows people to be; elsewhere accounts are allauth's, at /accounts/."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.module_loading import import_string
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kessai.identity import operations as identity
from kessai.kernel.calendar import day_in_japan
from kessai.organisation import queries as organisation
from kessai.web import clock
from kessai.web.base import wording
from kessai.web.base.language import own_page


class PersonToTry(Protocol):
    """What the function named by ``KESSAI_PEOPLE_TO_TRY`` gives: who, and what to try as them."""

    @property
    def person_id(self) -> int: ...
    @property
    def hint(self) -> str: ...
    @property
    def hint_en(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Face:
    """A person on the page, with the posts of today and what to try."""

    person_id: int
    name: str
    posts: tuple[str, ...]
    hint: str


@login_not_required
@never_cache
@require_safe
def sign_in(request: HttpRequest) -> HttpResponse:
    """The people of the demo; without the demo, the way to the accounts."""
    target = own_page(request, request.GET.get("next", ""))
    if not settings.KESSAI_DEMO:
        return redirect(f"{reverse('account_login')}?{urlencode({'next': target})}")
    people = _people_to_try()
    context = {
        "faces": _faces(people),
        "target": target,
        "ministry": _ministry(people),
    }
    return render(request, "signin/people.html", context)


@login_not_required
@never_cache
@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the people of the demo; there is no such page elsewhere."""
    if not settings.KESSAI_DEMO:
        raise Http404
    chosen = request.POST.get("person", "")
    person = next((p for p in _people_to_try() if str(p.person_id) == chosen), None)
    if person is None:
        raise Http404
    user = identity.demo_user(person_id=person.person_id)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return redirect(own_page(request, request.POST.get("next", "")))


def _people_to_try() -> tuple[PersonToTry, ...]:
    listed: Callable[[], Iterable[PersonToTry]] = import_string(settings.KESSAI_PEOPLE_TO_TRY)
    return tuple(listed())


def _faces(people: Iterable[PersonToTry]) -> tuple[Face, ...]:
    english = get_language() == "en"
    today = day_in_japan(clock.now())
    faces = []
    for shown in people:
        person = organisation.person(person_id=shown.person_id)
        held = organisation.posts_held(person_id=shown.person_id, on=today)
        posts = tuple(
            wording.post_line(
                (english and post.title_en) or post.title, (english and post.unit_name_en) or post.unit_name
            )
            for post in held
        )
        name = (english and person.name_en) or person.name
        faces.append(Face(person.person_id, name, posts, (english and shown.hint_en) or shown.hint))
    return tuple(faces)


def _ministry(people: Iterable[PersonToTry]) -> str:
    first = next(iter(people), None)
    if first is None:
        return ""
    tenant = organisation.tenant(tenant_id=organisation.person(person_id=first.person_id).tenant_id)
    return (get_language() == "en" and tenant.name_en) or tenant.name
