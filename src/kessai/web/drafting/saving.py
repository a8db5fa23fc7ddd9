"""What a screen says when it saves, and what it is shown where another screen has changed the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.http import HttpRequest
from django.utils.translation import gettext

from kessai.drafting.operations import CannotMerge, Saved
from kessai.drafting.versions.rules import mark_of
from kessai.web.base import sent
from kessai.web.base.wording import FLAGS, MARKINGS
from kessai.web.drafting.form import TICKED

SCREEN_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Sent:
    """``stood``: by key the mark of what stood in each field on the screen."""

    screen: str
    version: int | None
    stood: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that another screen has changed too. ``mark``: of theirs, as it is sent back with the choice."""

    key: str
    label: str
    theirs: str
    mine: str
    mark: str
    who: str
    at: datetime
    own: bool

    @property
    def on_page(self) -> bool:
        """Whether there is one field of it to jump to."""
        return self.key not in TICKED


@dataclass(frozen=True, slots=True)
class Kept:
    """What a save came to. ``unsaved``: what the screen still has and is not stored, by key."""

    version: int
    elsewhere: bool
    taken: tuple[str, ...]
    clashes: tuple[Clash, ...] = ()
    unsaved: Mapping[str, str] = field(default_factory=dict)


def keep(
    request: HttpRequest,
    save: Callable[..., Saved],
    typed: dict[str, str],
    labels: Mapping[str, str],
    *,
    do: str,
    what: str,
) -> Kept:
    """Save what was typed; what another screen has changed too is left for a choice, or is what ``do`` chooses.

    Errors: CannotSave.
    """
    screen = screen_of(request)
    stood = dict(screen.stood)
    key, _, mark = what.partition(":")
    if do == "theirs":
        typed.pop(key, None)
    elif do == "mine":
        stood[key] = mark
    try:
        saved = save(typed=typed, version=screen.version, screen=screen.screen, stood=stood)
    except CannotMerge as refusal:
        unsaved = {each.key: typed[each.key] for each in refusal.theirs}
        done = refusal.saved
        return Kept(done.version, done.elsewhere, done.taken, clashes(refusal, typed, labels), unsaved)
    return Kept(saved.version, saved.elsewhere, saved.taken)


def screen_of(request: HttpRequest) -> Sent:
    """What the form says of its screen; one that says nothing is new."""
    pairs = (line.partition(" ") for line in request.POST.getlist("stood"))
    return Sent(
        screen=request.POST.get("screen", "")[:SCREEN_LONGEST],
        version=sent.number(request.POST.get("version", "")),
        stood={key: mark for key, _, mark in pairs},
    )


def of_screen(
    request: HttpRequest,
    keys: Iterable[str],
    stored: Mapping[str, str],
    *,
    unsaved: Mapping[str, str],
    taken: Iterable[str],
) -> dict[str, Any]:
    """What the form carries of its screen. ``unsaved``: what it shows and is not stored, by key; ``taken``: the keys
    in which the screen still shows what another one has changed."""
    before = screen_of(request)
    marks = {key: mark_of(stored.get(key, "")) for key in keys}
    marks |= {key: before.stood[key] for key in (*unsaved, *taken) if key in before.stood}
    return {
        "screen": before.screen or uuid4(),
        "stood": tuple(marks.items()),
        "unsaved": [key for key, value in unsaved.items() if value != stored.get(key, "")],
    }


def merged(taken: Iterable[str], labels: Mapping[str, str]) -> str:
    """What is said of fields in which another screen's text was taken over."""
    names = "、".join(labels.get(key, key) for key in taken)
    return gettext("ほかの画面で変更された項目を合わせました：%(names)s") % {"names": names}


def theirs_of(taken: Iterable[str], stored: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Of each field taken over what stands in it now, with its mark, for the screen to show."""
    return [(key, stored.get(key, ""), mark_of(stored.get(key, ""))) for key in taken]


def clashes(refusal: CannotMerge, typed: Mapping[str, str], labels: Mapping[str, str]) -> tuple[Clash, ...]:
    """The fields that both have changed, with both texts."""
    return tuple(
        Clash(
            key=each.key,
            label=labels.get(each.key, each.key),
            theirs=said(each.key, each.value),
            mine=said(each.key, typed.get(each.key, "")),
            mark=each.mark,
            who=each.person_name,
            at=each.at,
            own=each.own,
        )
        for each in refusal.theirs
    )


def said(key: str, value: str) -> str:
    """What a field holds, in words: codes of ticked boxes and of choices by their names."""
    if key in TICKED:
        return "、".join(gettext(FLAGS[code]) if code in FLAGS else code for code in value.split())
    return gettext(MARKINGS[value]) if value in MARKINGS else value
