"""What the domain refused and no page said itself: answered with the reason, the remedy and what was typed."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from kessai.kernel.errors import Cannot, NotFound
from kessai.web import kept
from kessai.web.base import errors

Answer = Callable[[HttpRequest], HttpResponse]


class Refusals:
    """404 for what the actor may not know of, 409 for every other refusal of the domain."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, NotFound):
            return errors.not_found(request, Http404(str(exception.what)))
        if isinstance(exception, Cannot):
            return refused(request, exception)
        return None


def refused(request: HttpRequest, refusal: Cannot) -> HttpResponse:
    """409: why, what can be done, and every line that was typed, to be copied or sent again."""
    context = {"refusal": refusal, "lines": kept.lines(request), "back": request.headers.get("Referer", "")}
    return render(request, "web/refused.html", context, status=HTTPStatus.CONFLICT)
