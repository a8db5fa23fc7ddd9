"""The pages for what went wrong. Each says what happened and where to go; what was typed is shown again."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kessai.web import kept


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "web/not_found.html", {"lines": _typed(request)}, status=HTTPStatus.NOT_FOUND)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "web/forbidden.html", {"lines": _typed(request)}, status=HTTPStatus.FORBIDDEN)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "web/bad_request.html", status=HTTPStatus.BAD_REQUEST)


def broken(request: HttpRequest) -> HttpResponse:
    """500. Reads nothing from the database: it may be what is broken."""
    return render(
        request,
        "web/broken.html",
        {"lines": _typed(request), "frame": None},
        status=HTTPStatus.INTERNAL_SERVER_ERROR,
    )


def _typed(request: HttpRequest) -> tuple[kept.Line, ...]:
    try:
        return kept.lines(request)
    except Exception:  # the body of the request may itself be what is broken
        return ()
