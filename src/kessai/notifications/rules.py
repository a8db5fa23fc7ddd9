"""How a notice reaches somebody by e-mail, and what it may not say. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from kessai.kernel.calendar import JAPAN
from kessai.kernel.workdays import Workdays

AT_ONCE, DIGEST, NONE = "at_once", "digest", "none"
WAYS = (AT_ONCE, DIGEST, NONE)
LANGUAGES = ("ja", "en")
DIGEST_AT = time(8, 30)
NEVER = "never"


@dataclass(frozen=True, slots=True)
class Wishes:
    """How somebody wants to hear of what asks them, and of what only tells them."""

    tasks: str
    notices: str


def wishes(*, tasks: str, notices: str, usual: Wishes) -> Wishes:
    """What a person has chosen, and where they have not, what is usual in the ministry."""
    return Wishes(tasks or usual.tasks, notices or usual.notices)


def way(wanted: Wishes, *, presses: bool) -> str:
    """How a notice reaches somebody; ``presses``: they are to do something."""
    return wanted.tasks if presses else wanted.notices


def due(how: str, at: datetime, days: Workdays) -> datetime:
    """When a letter goes: now, or with the others on the morning of the next working day."""
    if how == AT_ONCE:
        return at
    local = at.astimezone(JAPAN)
    day = local.date() if local.time() < DIGEST_AT else local.date() + timedelta(days=1)
    day = day if days.is_working(day) else days.after(day)
    return datetime.combine(day, DIGEST_AT, JAPAN)


def hides_title(marking: str, since: str) -> bool:
    """Whether the title of a case of this marking stays out of e-mails. ``since``: of this marking and any above."""
    return since != NEVER and (not marking or marking >= since)
