"""What becomes of a draft when several screens write it: merged field by field, and kept in versions. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

FILES = "files"
"""The key under which it is noted who last touched the attachments; a submission compares these by themselves."""

OPENED, REVISED = "open", "revision"
"""Keys under which it is noted that the draft was given back, or that its case has a revision made by another: nothing
that was typed."""

PAUSES_AT_MOST = 6
"""Of the pause of the setting: after so much writing without one a version is kept all the same."""

SAVED, SUBMITTED, RESTORED, HANDED_OVER = "", "submitted", "restored", "handed_over"
"""Why a version was kept: somebody saved another one over it; it was submitted; an earlier one was restored over it;
the draft was given to another post."""


@dataclass(frozen=True, slots=True)
class Touch:
    """A field was last changed by this version of the draft, from this screen (""; none that is known), by whom."""

    version: int
    person: int
    screen: str
    at: str

    def to_json(self) -> dict[str, str | int]:
        return {"version": self.version, "person": self.person, "screen": self.screen, "at": self.at}


@dataclass(frozen=True, slots=True)
class Screen:
    """From where something is saved. ``version``: of the draft that was on it; None writes over whatever is there.

    ``stood``: by key the mark of what stood in each field when the screen was made or last saved. A screen that does
    not say it has changed everything that it sends.
    """

    id: str = ""
    version: int | None = None
    stood: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Merged:
    """``typed``: what is stored now. ``written``: the keys that this save changed; ``taken``: those that this screen
    left alone and another changed; ``conflicts``: those that both changed, which stay as the other left them."""

    typed: dict[str, str]
    written: tuple[str, ...]
    taken: tuple[str, ...]
    conflicts: tuple[str, ...]


def mark_of(value: str) -> str:
    """By which a screen says what stood in a field."""
    return hashlib.sha256(_plain(value).encode()).hexdigest()[:16]


def _plain(value: str) -> str:
    """Browsers send the ends of lines as CR LF."""
    return value.replace("\r\n", "\n")


def merge(
    stored: Mapping[str, str],
    sent: Mapping[str, str],
    *,
    touched: Mapping[str, Touch],
    current: int,
    screen: Screen,
) -> Merged:
    """``touched``: by key who last changed the stored fields; ``current``: the version of the draft that is stored."""
    typed = dict(stored)
    written, taken, conflicts = [], [], []
    for key, mine in sent.items():
        theirs = stored.get(key, "")
        if _plain(mine) == _plain(theirs):
            continue
        if not _overtaken(key, theirs, touched.get(key), current, screen):
            typed[key] = mine
            written.append(key)
        elif screen.stood.get(key) == mark_of(mine):
            taken.append(key)
        else:
            conflicts.append(key)
    return Merged(typed, tuple(written), tuple(taken), tuple(conflicts))


def _overtaken(key: str, theirs: str, touch: Touch | None, current: int, screen: Screen) -> bool:
    """Whether another screen has changed the field since it was on this one."""
    if touch is not None and touch.screen and touch.screen == screen.id:
        # Saved from here, though the answer may have been lost on the way.
        return False
    if key in screen.stood:
        return screen.stood[key] != mark_of(theirs)
    if screen.version is None:
        return False
    return screen.version > current or (touch is not None and touch.version > screen.version)


def changed_elsewhere(touched: Mapping[str, Touch], screen: Screen) -> bool:
    """Whether another screen has changed anything but files since the version that was on this one."""
    return screen.version is not None and any(
        touch.version > screen.version and not (touch.screen and touch.screen == screen.id)
        for key, touch in touched.items()
        if key != FILES
    )


def last(touched: Mapping[str, Touch]) -> Touch | None:
    """The latest change of what a draft says."""
    found = [touch for key, touch in touched.items() if key not in (OPENED, REVISED)]
    return max(found, key=lambda touch: touch.version, default=None)


def begins_anew(
    *,
    latest: Touch | None,
    person: int,
    screen: str,
    saved_at: datetime,
    since: datetime,
    at: datetime,
    pause: timedelta,
) -> bool:
    """Whether what is stored is kept as a version before this change, as the end of a stretch of writing.

    ``latest``: the change that made it; ``saved_at``: when. ``since``: when the version before it was kept, or the
    draft was begun.
    """
    if latest is None or latest.person != person:
        return True
    if screen and latest.screen and screen != latest.screen:
        return True
    return at - saved_at >= pause or at - since >= PAUSES_AT_MOST * pause
