"""What a notice says to whom it is for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from kessai.decisions import machine
from kessai.decisions.models import Notice
from kessai.decisions.rewording import rules as rewording


@dataclass(frozen=True, slots=True)
class Told:
    """One notice: who did what on which case, and in which words. ``event``: the kind of event.

    ``about``: event; task, reminder, stuck, held of a step or request of ``kind`` ("": the case is with its drafter).
    ``post_title``: of who did it; where nobody did anything, of the step. ``asks``: the task is still open, and so is
    what the notice is for. ``presses``: the receiver is to do something. Of a draft (``about`` preview,
    previewed, commented, replied, handed) the id is that of the case it becomes.
    """

    tenant_id: int
    notice_id: UUID
    case_id: UUID
    title: str
    about: str
    event: str
    post_title: str
    person_name: str
    remark: str
    at: datetime
    kind: str
    deadline: date | None
    marking: str
    asks: bool
    presses: bool
    day: date | None
    revision: int
    """On which it was done, or that it fixed; 0 where no event is behind it."""
    answer_by: date | None = None
    """The day by which the answer was asked for; it is the ``deadline`` then."""

    @property
    def fixes(self) -> bool:
        """Whether it made a revision that differs from one before."""
        return self.event in (*machine.FIXING, rewording.REWORDED) and self.revision > 1

    @property
    def says_still(self) -> bool:
        """Whether there is anything to tell by now: an event stays one, a task may be done."""
        return self.about == Notice.EVENT or self.asks
