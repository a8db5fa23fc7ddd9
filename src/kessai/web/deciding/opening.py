"""That somebody opened a case whose turn it is, on the record where a ministry has it so (S08).

Only what a person opens counts: a GET, not what a browser fetches ahead, nor the page that an act leads to by itself.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.http import HttpRequest

from kessai.decisions import operations, queries
from kessai.decisions.results import CasePage
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.errors import Cannot
from kessai.organisation.settings import settings_of
from kessai.web.converters import Ref

LED_TO = "led_to"
"""Key of the session: the case that an act led to, until a page of a case is opened."""


def leads_to(request: HttpRequest, ref: Ref, at: datetime) -> None:
    """An act leads to a case by itself: that it is shown then is no opening of it."""
    if settings_of(tenant_id=ref.tenant_id, on=day_in_japan(at))["withdraw_until"] == "opened":
        request.session[LED_TO] = str(ref)


def opened(request: HttpRequest, actor: Actor, ref: Ref, at: datetime) -> CasePage:
    """The case as it is, once it is on the record that it was opened."""
    of: dict[str, Any] = {"actor": actor, "tenant_id": ref.tenant_id, "case_id": ref.id, "at": at}
    by_a_person = _by_a_person(request, ref)
    page = queries.case_page(**of)
    if not by_a_person or not page.unopened or page.my_step is None:
        return page
    with suppress(Cannot):  # The case may have moved on meanwhile, and is shown as it is then.
        operations.look(position=page.my_step.position, act_id=uuid4(), **of)
    return queries.case_page(**of)


def _by_a_person(request: HttpRequest, ref: Ref) -> bool:
    ahead = ("Sec-Purpose", "Purpose", "X-Moz")
    if request.method != "GET" or any("prefetch" in request.headers.get(name, "") for name in ahead):
        return False
    return bool(request.session.pop(LED_TO, None) != str(ref))
