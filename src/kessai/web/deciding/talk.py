"""Questions, answers and what is passed on inside a unit (回付), as the case page shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest

from kessai.decisions.results import CasePage
from kessai.decisions.talking import queries
from kessai.kernel.actor import Actor
from kessai.web.converters import Ref

TO_A_REQUEST = ("answer", "report")
WITH_A_FORM = (*TO_A_REQUEST, "ask", "forward")


def shown(
    request: HttpRequest, actor: Actor, ref: Ref, page: CasePage, at: datetime, *, refused: bool
) -> dict[str, Any]:
    """``talk``; what was being asked or answered when it was refused; ``give_back``: its form is not on the page."""
    talk = queries.talk(actor=actor, tenant_id=ref.tenant_id, case_id=ref.id, at=at)
    sent = request.POST if refused else {}
    tried = sent.get("do", "")
    number = sent.get("request", "") if tried in TO_A_REQUEST else ""
    mine = {str(each.seq) for each in talk.requests if each.mine}
    forms = {option.name for option in page.options if option.why_not is None}
    there = number in mine if tried in TO_A_REQUEST else tried in forms
    return {
        "talk": talk,
        "tried_request": number,
        "tried_to": sent.get("to", ""),
        "give_back": not there if tried in WITH_A_FORM else page.my_step is None,
    }
