"""What reads of cases answer with: frozen, complete, ready to be shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from kessai.decisions.authority.rules import Since
from kessai.drafting.rules import AttachedFile, Content, Problem
from kessai.kernel.words import Text


@dataclass(frozen=True, slots=True)
class InboxItem:
    """A task that waits for a post I hold. ``kind``: review, consent, decide, circulate."""

    tenant_id: int
    case_id: UUID
    position: int
    kind: str
    title: str
    question: str
    matter_name: str
    amount: int | None
    deadline: date | None
    urgent: bool
    opened_at: datetime
    drafter_unit: str
    drafter_name: str
    post_id: int
    post_title: str
    post_unit: str
    matter_name_en: str = ""
    post_title_en: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Who has it: post first, then the holder of today (None: vacant), since when."""

    post_title: str
    unit_name: str
    holder_name: str | None
    kind: str
    since: datetime
    post_title_en: str = ""
    """English titles are today's, and empty where the post was renamed since."""
    stuck: Text | None = None
    """Why nobody can act there today, and whom to ask."""
    abolished: bool = False
    """The post is gone and has no successor; a post that nobody holds is vacant."""


@dataclass(frozen=True, slots=True)
class SentItem:
    """A case of mine. ``stages``: one of done, now, next, for each stage in order (the picture in small)."""

    tenant_id: int
    case_id: UUID
    title: str
    question: str
    state: str
    number: str
    waiting: tuple[Waiting, ...]
    stages: tuple[str, ...]
    submitted_at: datetime
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class DraftItem:
    """A draft of mine. ``returned_by``/``returned_why`` when it came back from the route."""

    tenant_id: int
    draft_id: UUID
    title: str
    matter_name: str
    updated_at: datetime
    returned_by: str
    returned_why: str
    matter_name_en: str = ""


@dataclass(frozen=True, slots=True)
class Home:
    inbox: tuple[InboxItem, ...]
    inbox_total: int
    drafts: tuple[DraftItem, ...]
    sent: tuple[SentItem, ...]
    decided: tuple[SentItem, ...]


@dataclass(frozen=True, slots=True)
class ReasonView:
    """Why a step is there. ``clause``/``row_reason`` come from the authority table (data in both languages)."""

    text: Text
    row: int | None
    clause: str
    row_reason: str
    row_reason_en: str


@dataclass(frozen=True, slots=True)
class StepView:
    """A step of the route. ``state``: own (起案者の職, passed over), waiting, open, done, returned, closed; merged
    (asked at a later step, since the posts were merged). ``stuck``: why nobody can act at an open step today.

    ``name`` is who acted, as of that day, or today's holder of an open or waiting post (None: vacant).
    """

    position: int
    stage: int
    kind: str
    state: str
    post_id: int
    post_title: str
    unit_name: str
    name: str | None
    delegated: bool
    opened_at: datetime | None
    acted_at: datetime | None
    remark: str
    reasons: tuple[ReasonView, ...]
    mine: bool
    post_title_en: str = ""
    stuck: Text | None = None
    abolished: bool = False


@dataclass(frozen=True, slots=True)
class StageView:
    """Steps that are asked at the same time. ``state``: done, now, next; merged: none of them is asked any more."""

    number: int
    state: str
    steps: tuple[StepView, ...]


@dataclass(frozen=True, slots=True)
class HistoryItem:
    """One event. ``kind``: submitted, approved, consented, returned, decided, read. ``stands`` false: lapsed."""

    seq: int
    kind: str
    at: datetime
    person_name: str
    post_title: str
    unit_name: str
    capacity: str
    revision: int
    remark: str
    stands: bool


@dataclass(frozen=True, slots=True)
class FieldView:
    """A filled field of the form: its label (Japanese message, to be translated) and its value as text.

    ``label_en``: of a ministry's own field, whose label no translation knows.
    """

    key: str
    label: str
    kind: str
    value: str
    label_en: str = ""


@dataclass(frozen=True, slots=True)
class AttachmentView:
    position: int
    file: AttachedFile


@dataclass(frozen=True, slots=True)
class RecordView:
    """Where the decision is filed, and for how long. ``expires_on`` None: no computed end.

    ``managed_by``: the unit that has the file today; "" where the unit that made it ended without a successor.
    """

    file_name: str
    class_large: str
    class_medium: str
    retention_name: str
    retention_name_en: str
    starts_on: date
    expires_on: date | None
    disposal: str
    marking: str
    disclosure: str
    managed_by: str = ""
    managed_by_en: str = ""


@dataclass(frozen=True, slots=True)
class CasePage:
    """Everything one screen says of a case.

    ``my_step``: the open step the reader may act on now (the first, if several). ``acts``: of approve, return,
    decide, read, rework — what the reader may do now. ``content_hash``: hex; an act carries it back as
    ``seen``. ``next_up``: who is asked after my act.
    """

    tenant_id: int
    case_id: UUID
    state: str
    number: str
    matter_name: str
    question: str
    content: Content
    fields: tuple[FieldView, ...]
    attachments: tuple[AttachmentView, ...]
    revision: int
    content_hash: str
    drafter_name: str
    drafter_post: str
    drafter_unit: str
    submitted_at: datetime
    decided_at: datetime | None
    decider: StepView | None
    stages: tuple[StageView, ...]
    readers: tuple[StepView, ...]
    history: tuple[HistoryItem, ...]
    my_step: StepView | None
    acts: tuple[str, ...]
    next_up: tuple[Waiting, ...]
    record: RecordView | None
    original_sha256: str
    cover_sheet_ready: bool
    matter_name_en: str = ""


@dataclass(frozen=True, slots=True)
class RoutePreview:
    """The route a draft would take if it were submitted now, or why there is none. ``content``: as read."""

    content: Content
    stages: tuple[StageView, ...]
    readers: tuple[StepView, ...]
    problems: tuple[Problem, ...]
    """What stops a submission; empty: it can be submitted."""
    table_name: str
    table_name_en: str
    row: int | None
    standard_days: int | None
    since: Since | None = None
    """What another table than that of the day the draft was begun changes of its route."""


@dataclass(frozen=True, slots=True)
class Found:
    """A hit of a search."""

    tenant_id: int
    case_id: UUID
    title: str
    number: str
    state: str
    drafter_unit: str
    drafter_name: str
    amount: int | None
    submitted_at: datetime
    decided_at: datetime | None
