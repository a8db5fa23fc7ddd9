"""How whoever is signed in wants their e-mails."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kessai.kernel.actor import Actor
from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_
from kessai.notifications import operations, queries
from kessai.notifications.rules import AT_ONCE, DIGEST, NONE
from kessai.web import clock
from kessai.web.entrance import entered

WAYS = ((AT_ONCE, N_("すぐに")), (DIGEST, N_("一日一回、朝にまとめて")), (NONE, N_("受け取らない")))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@entered
def mail(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Choose at once, once a day or not at all: for what asks me, and for what only tells me."""
    refused: Cannot | None = None
    if request.method == "POST":
        tasks, notices = (request.POST.get(key, "") for key in ("tasks", "notices"))
        try:
            operations.choose(actor=actor, tasks=tasks, notices=notices, at=clock.now())
        except Cannot as refusal:
            refused = refusal
        else:
            messages.success(request, gettext("メールの受け取り方を変えました。"))
            return redirect("inbox")
    chosen = queries.chosen(actor=actor, at=clock.now())
    wishes = chosen.wishes
    context = {
        "chosen": chosen,
        "parts": [
            {"key": "tasks", "now": wishes.tasks, "usual": chosen.usual.tasks},
            {"key": "notices", "now": wishes.notices, "usual": chosen.usual.notices},
        ],
        "ways": WAYS,
        "refused": refused,
        "nav": "inbox",
    }
    return render(request, "mailing/mail.html", context, status=409 if refused else 200)
