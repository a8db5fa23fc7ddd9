"""The sheet of all keys, for whoever looks for one, and the switch that turns them off."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kessai.kernel.actor import Actor
from kessai.web.entrance import entered
from kessai.web.keys import sheet


@require_safe
@entered
def keys(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    return render(request, "keys/sheet.html", {"sheets": sheet.all_sheets()})
