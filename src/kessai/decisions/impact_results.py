"""What a look at a set of changes answers with: frozen, complete, ready to be shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kessai.decisions.remedies import Remedy
from kessai.kernel.words import Text
from kessai.organisation.touched import Change, NamedPost


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of everything. Steps of review, consent and decision apart from readings.

    ``open_steps``/``waiting_steps``: touched tasks, and touched steps to come; ``stuck_…``: of these, what nobody
    would have; ``drafts_without_keeper``: of the touched drafts, those nobody could go on with.
    """

    posts: int = 0
    people: int = 0
    vacant_posts: int = 0
    abolished_posts: int = 0
    cases: int = 0
    open_steps: int = 0
    waiting_steps: int = 0
    readings: int = 0
    stuck_open: int = 0
    stuck_waiting: int = 0
    twice: int = 0
    drafts: int = 0
    drafts_without_keeper: int = 0
    deputies: int = 0
    deputies_lapsing: int = 0
    secretaries: int = 0
    secretaries_lapsing: int = 0
    units_with_another_head: int = 0
    record_files: int = 0


@dataclass(frozen=True, slots=True)
class CaseRef:
    """A case; ``title`` is "" where the one who looks has no part in it."""

    case_id: UUID
    title: str
    matter_name: str
    drafter_unit: str


@dataclass(frozen=True, slots=True)
class StepTouched:
    """A step that is with other people from the day on; ``state``: open or waiting (to come)."""

    case: CaseRef
    position: int
    kind: str
    state: str
    opened_at: datetime | None
    post: NamedPost
    stuck: bool
    advice: Text


@dataclass(frozen=True, slots=True)
class Twice:
    """A person who would be at one case at several ``positions``; 0: as its drafter. ``posts``: the new ones."""

    case: CaseRef
    person_id: int
    name: str
    positions: tuple[int, ...]
    posts: tuple[NamedPost, ...]
    advice: Text


@dataclass(frozen=True, slots=True)
class Vacancy:
    """A post that nobody has from the day on, with what is left with it and what can be done."""

    post: NamedPost
    open_steps: int
    waiting_steps: int
    drafts: int
    latest_draft: str
    drafts_kept: bool
    advice: Text
    remedies: tuple[Remedy, ...]


@dataclass(frozen=True, slots=True)
class DraftsTouched:
    """Drafts that go on with other people: of one post, with the title of the latest."""

    post: NamedPost
    count: int
    advice: Text


@dataclass(frozen=True, slots=True)
class StandInTouched:
    """A deputy or secretary (``kind``) of a post. ``lapses``: nobody stands in by it from the day on."""

    kind: str
    post: NamedPost
    other: NamedPost
    lapses: bool
    advice: Text


@dataclass(frozen=True, slots=True)
class FilesTouched:
    """A unit whose files have another manager: the holder of the post at its ``head``, None where the unit ends."""

    unit_name: str
    files: int
    head: NamedPost | None
    advice: Text


@dataclass(frozen=True, slots=True)
class Impact:
    """Everything a set of changes touches. ``by_unit``: one answer for all vacant posts of a unit with drafts."""

    change: Change
    counts: Counts
    steps: tuple[StepTouched, ...]
    stuck: tuple[StepTouched, ...]
    twice: tuple[Twice, ...]
    vacancies: tuple[Vacancy, ...]
    drafts: tuple[DraftsTouched, ...]
    standing_in: tuple[StandInTouched, ...]
    files: tuple[FilesTouched, ...]
    by_unit: tuple[Remedy, ...]

    @property
    def nothing_stops(self) -> bool:
        """No step and no draft is left with nobody."""
        counts = self.counts
        return not (counts.stuck_open or counts.stuck_waiting or counts.drafts_without_keeper)
