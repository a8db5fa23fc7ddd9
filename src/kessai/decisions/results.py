"""What reads of cases answer with: frozen, complete, ready to be shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from kessai.decisions import counting
from kessai.decisions.anchors import Anchor
from kessai.decisions.authority.rules import Since as TableSince
from kessai.decisions.by_hand.rules import FIRST, Standing
from kessai.decisions.flagging.queries import FlagView
from kessai.decisions.redline.results import Since
from kessai.decisions.telling.people import Receiver
from kessai.drafting.finding.rules import Passage
from kessai.drafting.rules import AttachedFile, Content, Problem
from kessai.kernel.words import Text


@dataclass(frozen=True, slots=True)
class InboxItem:
    """A task that waits for a post I hold. ``kind``: review, consent, decide, circulate, post_review; or question and
    forward, which are no step (``position`` 0): ``asked_by`` says who asks, ``words`` what.

    ``capacity``: own; acting for one of ``for_names``, who are away until ``away_until`` (None: vacant); or
    secretary, who reads what waits for the post.
    """

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
    capacity: str = "own"
    for_names: str = ""
    away_until: datetime | None = None
    asked_by: str = ""
    words: str = ""
    bulk: bool = False
    """It may be answered together with others."""
    joint: bool = False
    """It is asked of the post for its unit in a joint decision (連名)."""
    answer_by: date | None = None
    """The day by which the answer is asked for; it is the ``deadline`` then."""
    held: bool = False
    """Put on hold by its post (保留)."""


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
    away_until: datetime | None = None
    refused: bool = False
    """It has refused its consent: the case waits for that to be settled."""
    stand_in: str = ""
    """Title and name of the deputy who is there, by the order of deputies; "" if none is."""
    position: int = 0
    post_id: int = 0
    held_at: datetime | None = None
    held_why: str = ""
    answer_by: date | None = None
    """The day by which the answer was asked for."""


@dataclass(frozen=True, slots=True)
class Coming:
    """Who has it next, as things stand today (holder None: vacant); until when nobody is there, and who stands in."""

    kind: str
    post_title: str
    post_title_en: str
    holder_name: str | None
    away_until: datetime | None = None
    stand_in: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A step of the current round, as much of it as is needed to count days. ``since``: when it was opened.

    ``back_at``: until when nobody is there, and nobody stands in. ``stuck``: nobody can act there.
    """

    position: int
    stage: int
    kind: str
    state: str
    post_id: int
    since: datetime | None
    quorum: int | None = None
    back_at: datetime | None = None
    stuck: bool = False


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
    deadline: date | None = None
    read: tuple[int, int] | None = None
    """Of a case that is only read: how many have, of how many."""
    matter_code: str = ""
    places: tuple[Place, ...] = ()
    updated_at: datetime | None = None
    drafter: str = ""
    """Unit and name."""
    drafter_post_id: int = 0
    coming: tuple[Coming, ...] = ()
    """Who is asked once those have answered who are asked now."""


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
    deadline: date | None = None
    """Of what came back, as it was last submitted."""
    previewed: tuple[int, int] = (0, 0)
    """Of those it is shown to before its submission: how many said something, and how many were asked."""


@dataclass(frozen=True, slots=True)
class PreviewItem:
    """A draft that a post of the reader is asked to look at."""

    tenant_id: int
    draft_id: UUID
    title: str
    asked_by: str
    note: str
    asked_at: datetime
    post_title: str
    post_title_en: str
    writes: bool = False
    """They are asked to write in it too."""


@dataclass(frozen=True, slots=True)
class Home:
    inbox: tuple[InboxItem, ...]
    inbox_total: int
    drafts: tuple[DraftItem, ...]
    sent: tuple[SentItem, ...]
    decided: tuple[SentItem, ...]
    served: tuple[InboxItem, ...] = ()
    """What waits for the posts whose secretary I am: to be read, not counted."""
    previews: tuple[PreviewItem, ...] = ()
    """Drafts that I am asked to look at before their submission; nothing waits for that, and it is not counted."""
    shared: tuple[PreviewItem, ...] = ()
    """Drafts that I go on reading, or writing in, without being asked for an answer."""


@dataclass(frozen=True, slots=True)
class ReasonView:
    """Why a step is there. ``clause``/``row_reason`` come from the authority table (data in both languages)."""

    text: Text
    row: int | None
    clause: str
    row_reason: str
    row_reason_en: str
    joint: str = ""
    """The unit for which the step decides in a joint decision (連名)."""


@dataclass(frozen=True, slots=True)
class JointView:
    """A joint unit of a case, with who decides for it, and how (routing.rules): signs, covered, takes_up."""

    unit: str
    post_title: str
    how: str


def reasons_of(stored: Iterable[Mapping[str, object]]) -> tuple[ReasonView, ...]:
    """Why a step is there, from what its entry on the record says."""
    return tuple(
        ReasonView(
            text=Text(str(reason["text"]), dict(reason["params"])),  # type: ignore[call-overload]
            row=reason["row"],  # type: ignore[arg-type]
            clause=str(reason["clause"]),
            row_reason=str(reason["row_reason"]),
            row_reason_en=str(reason["row_reason_en"]),
            joint=str(reason.get("joint", "")),
        )
        for reason in stored
    )


@dataclass(frozen=True, slots=True)
class BehalfView:
    """For whom somebody acted, with the title of that day. ``told_at``: when they were told beforehand to."""

    title: str
    unit: str
    names: str
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StepView:
    """A step of the route. ``state``: own (起案者の職, passed over), waiting, open, done, returned, closed; merged
    (asked at a later step, since the posts were merged); spared and outvoted (enough others agree).
    ``stuck``: why nobody can act at an open step today.

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
    unit_name_en: str = ""
    stuck: Text | None = None
    abolished: bool = False
    capacity: str = ""
    """Of who acted: own, delegated, acting, secretary."""
    answer: str = ""
    """The kind of event that answered it."""
    lapsed: bool = False
    """It approved, and the case is back with its drafter since."""
    by: str = ""
    """Title and name of who acted in place of the post; the step then has the title and names of the post."""
    away_until: datetime | None = None
    """Until when nobody who holds the post is there; None if somebody is."""
    stand_in: str = ""
    """Title and name of who may act there now as its deputy; "" if nobody may."""
    held_at: datetime | None = None
    held_why: str = ""
    """Since when and why it is on hold (保留)."""
    reminded: tuple[date, ...] = ()
    """The days on which its deadline reminded the post."""
    no_stand_in: Text | None = None
    """Why nobody may, while nobody who holds the post is there."""
    wait_for: Text | None = None
    """What helps where nobody may."""
    quorum: int | None = None
    """Of a consent: how many of those with a number must be given; None: this one must."""
    answer_by: date | None = None
    """The day by which whoever added it asked for the answer."""
    by_hand: bool = False
    """On a planned route: no table demands it, somebody added it."""
    succeeds: str = ""
    """The title of the post that was asked, where it was abolished and the post named here has its tasks."""

    @property
    def joint(self) -> bool:
        """Whether it stands for a unit in a joint decision (連名)."""
        return any(reason.joint for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class StageView:
    """Steps that are asked at the same time. ``state``: done, now, next; merged: none of them is asked any more."""

    number: int
    state: str
    steps: tuple[StepView, ...]

    @property
    def tally(self) -> counting.Tally | None:
        """How many of its consents are enough; None where all are needed."""
        return counting.tally(self.steps)

    @property
    def joint(self) -> str:
        """Whether all its consents are given for joint units (連名), some of them, or none: all, some, ""."""
        signing = [step.joint for step in self.steps if step.kind == "consent"]
        return ("all" if all(signing) else "some") if any(signing) else ""


@dataclass(frozen=True, slots=True)
class PreviewedView:
    """Who looked at the draft before it was submitted, as of that day, and what they said of which version of it.

    ``changed``: the draft was changed between that and the submission.
    """

    title: str
    unit: str
    name: str
    at: datetime
    remark: str
    version: int
    changed: bool


@dataclass(frozen=True, slots=True)
class HistoryItem:
    """One event. ``kind``: submitted, approved, consented, returned, decided, read, instructed.

    ``stands`` false: lapsed. ``step_kind``: of the step that was answered, in the current round. ``behalf``: for
    whom it was done. ``by_title``: of the secretary who wrote; ``told``: who was told beforehand to decide;
    ``to``: who was asked, or whose question was answered.
    """

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
    step_kind: str = ""
    behalf: BehalfView | None = None
    by_title: str = ""
    told: str = ""
    drafted_as: str = ""
    """Their title as the drafter, where it is their own draft that they let pass in another post."""
    flag: str = ""
    lowered: tuple[str, ...] = ()
    """The flag that was raised; those that the drafter took off."""
    passed_over: tuple[tuple[int, str, str], ...] = ()
    """Of an acting decision the deputies before in order: their order, title, and why they did not act."""
    to: str = ""
    previewed: tuple[PreviewedView, ...] = ()
    """Who had looked at the draft before this submission (事前確認)."""
    one_go: bool = False
    """By the confirmation that its person gave as another post (S13)."""
    bulk: bool = False
    """It was done together with others (一括)."""
    joint: tuple[JointView, ...] = ()
    """The joint units that it names, of an event by which the case is decided from then on."""
    for_joint: bool = False
    """An answer given for a unit in a joint decision (連名)."""
    held_until: datetime | None = None
    """When a hold (保留) was over."""
    about: str = ""
    """Other posts that it is about: added, taken out, moved to, returned to, asked to settle."""
    anchor: Anchor | None = None
    """The place of the proposal that the words are about."""


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
class StandInView:
    """The reader as deputy of the post whose turn it is: whether they may act, and if not, why and what helps."""

    post_title: str
    post_title_en: str
    names: str
    away_until: datetime | None
    vacant: bool
    my_title: str
    my_title_en: str
    order: int
    may: bool
    told: bool
    why: Text
    remedy: Text


@dataclass(frozen=True, slots=True)
class Tellable:
    """A deputy whom the decider may tell beforehand. ``told_at``: if they have."""

    post_id: int
    title: str
    names: str
    order: int
    told_at: datetime | None


@dataclass(frozen=True, slots=True)
class Target:
    """A step that a case may be returned to."""

    position: int
    post_title: str
    told: tuple[Receiver, ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """An act that the reader may do, with its consequence; or may not now, and ``why_not``.

    ``reason``: it needs one. ``targets``: one of them is to be chosen. ``what``: whom it is about. ``passed``: the
    positions that it passes over. ``told``: who is told by it, beside whoever gets a task. ``choices``: codes of which
    one is to be chosen.
    """

    name: str
    label: Text
    effect: Text
    reason: bool
    position: int
    targets: tuple[Target, ...] = ()
    what: str = ""
    choices: tuple[str, ...] = ()
    why_not: Text | None = None
    remedy: Text | None = None
    passed: tuple[int, ...] = ()
    told: tuple[Receiver, ...] = ()

    def barred(self, why: Text, remedy: Text) -> Option:
        return replace(self, why_not=why, remedy=remedy)


@dataclass(frozen=True, slots=True)
class Circulation:
    """How far a circulation is. ``ended_by``: the kind of the event that ended it, ``""`` while under way.

    ``over``: its date has passed, be it that this is not on the record yet.
    """

    read: int
    readers: int
    deadline: date | None
    ended_by: str
    ended_on: date | None
    over: bool


@dataclass(frozen=True, slots=True)
class CasePage:
    """Everything one screen says of a case.

    ``my_step``: the open step the reader may act on now (the first, if several). ``acts``: of approve, return,
    decide, read, rework — what the reader may do now. ``seen``: hex; an act carries it back. ``next_up``: who is
    asked after my act.
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
    seen: str
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
    cover_sheet_signed: bool
    matter_name_en: str = ""
    capacity: str = "own"
    """In which the reader would act on ``my_step``: own, acting, secretary."""
    stand_in: StandInView | None = None
    tellable: tuple[Tellable, ...] = ()
    """Deputies that the reader, as the decider, may tell beforehand to decide this case."""
    post_reviews: tuple[StepView, ...] = ()
    options: tuple[Option, ...] = ()
    """What else the reader may do now, and what not."""
    reminded: tuple[date, ...] = ()
    """The days on which the deadline reminded the drafter of the rework."""
    told: Mapping[str, tuple[Receiver, ...]] = field(default_factory=dict)
    """By each of ``acts``: who is told by it, beside whoever gets a task; "together": by all of one confirmation."""
    stuck: Text | None = None
    """Why nobody can rework it today, while it is with its drafter."""
    marking: str = ""
    restriction: str = ""
    """機密性の格付, 取扱制限."""
    flags: tuple[FlagView, ...] = ()
    """Those in force, then those raised on the way that the drafter took off."""
    written_by: str = ""
    """Title of the secretary who wrote it for the drafting post; "" if the drafter did."""
    circulation: Circulation | None = None
    """How far it is, where it is only read."""
    joint: tuple[JointView, ...] = ()
    """The units besides the drafting one in whose name it is decided (連名)."""
    twice: tuple[Text, ...] = ()
    """What the reader is told who stands at several places of the route."""
    last_seq: int = 0
    """Of the latest event: a form carries it back, so that a refusal can say what was done since."""
    since: Since | None = None
    """What changed since the reader last acted, or else since the revision before."""
    bulk: bool = False
    """Its row lets it be answered together with others."""
    matter_code: str = ""
    mine: bool = False
    """The reader has the drafting post."""
    settings: Mapping[str, object] = field(default_factory=dict)
    """Of the ministry, as they are today."""
    reviews_stand: bool = False
    """It is with its drafter, and goes on where it was returned if its substance does not change (S05)."""
    unopened: bool = False
    """The reader has the turn, and that they open the case is to be recorded (S08)."""
    goes_on: tuple[StepView, ...] = ()
    """The steps of the reader's other posts that the same confirmation answers."""


@dataclass(frozen=True, slots=True)
class AddedView:
    """A step that the drafter added by hand and may take off by its ``key``.

    ``on_route``: it is; otherwise the table asks the post anyway. ``after``: the post that it stands behind.
    ``standing``: where, and the next places before and behind; None for what the round before had, which stays.
    """

    key: str
    kind: str
    title: str
    reason: str
    on_route: bool
    answer_by: date | None = None
    after: int = FIRST
    standing: Standing | None = None
    position: int = 0
    """On the planned route; 0: not on it."""


@dataclass(frozen=True, slots=True)
class RoutePreview:
    """The route a draft would take if it were submitted now, or why there is none. ``content``: as read."""

    content: Content
    stages: tuple[StageView, ...]
    readers: tuple[StepView, ...]
    problems: tuple[Problem, ...]
    """What stops a submission; empty: it can be submitted."""
    advice: tuple[Problem, ...]
    """What is worth a second look, and stops nothing; for the drafter only."""
    table_name: str
    table_name_en: str
    table_id: int
    row: int | None
    standard_days: int | None
    since: TableSince | None = None
    """What another table than that of the day the draft was begun changes of its route."""
    twice: tuple[Text, ...] = ()
    """Who stands at several places of it."""
    by_hand: tuple[AddedView, ...] = ()
    marking: str = ""
    marking_by_rule: str = ""
    """The marking that the case would have, and the one that the table gives it."""


@dataclass(frozen=True, slots=True)
class FoundIn:
    """A file of a case whose text has the words. ``position``: its place in the case, from 1."""

    position: int
    title: str
    passage: Passage


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
    issued_on: date | None = None
    """The last day on which it was issued."""
    file: FoundIn | None = None
    """Where the words stand, if only a file has them."""
