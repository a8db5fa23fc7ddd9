"""What forms and addresses carry is text, whatever was asked for: read here, and nothing where it is not that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, QueryDict

NUMBER_LONGEST = 9
"""Digits; such a number fits any column of the database."""
KEY_LONGEST = 18
HASHED_AS_IT_COMES = "/seal/"
"""Where a file is sent that must not be read before its page says how; nothing is typed there."""


def number(text: str, *, longest: int = NUMBER_LONGEST) -> int | None:
    """A whole number from 0 in plain digits; None for all else, and for one too long."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= longest else None


def key(text: str) -> int | None:
    """The number by which a post, a person or a unit is kept."""
    return number(text, longest=KEY_LONGEST)


def place(text: str) -> int:
    """Where something stands in a list; -1, where nothing stands, for all that names no place."""
    found = number(text)
    return -1 if found is None else found


def uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def act_id(request: HttpRequest, name: str = "act_id") -> UUID:
    """By which an act that is sent twice is done once; a form that brings none asks for a new act."""
    return uuid(request.POST.get(name, "")) or uuid4()


class WithoutNul:
    """No key of a keyboard and no browser sends NUL, which the database takes in no text: what comes with it is read
    without it, in one place for all that is typed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.GET = _without_nul(request.GET)
        if not request.path_info.startswith(HASHED_AS_IT_COMES):
            request.POST = _without_nul(request.POST)
        return self.get_response(request)


def _without_nul(query: Any) -> Any:
    if not any("\x00" in f"{key}{value}" for key, values in query.lists() for value in values):
        return query
    plain = QueryDict(mutable=True, encoding=query.encoding)
    for key, values in query.lists():
        plain.setlist(key.replace("\x00", ""), [str(value).replace("\x00", "") for value in values])
    plain._mutable = False
    return plain
