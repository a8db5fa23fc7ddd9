"""What a case is, said as simply as possible from the scenarios of deciding: places, answers, and nothing else.

No place is ever waiting or open here. Who is asked follows anew, each time, from who has answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

ENDS = ("decided", "rejected", "abandoned", "cancelled")
BLOCKS = ("review", "consent", "settle", "decide")
PASSED = ("approved", "overruled", "skipped", "settled", "own")
GIVEN = ("approved", "settled", "opined", "read", "decided", "rejected", "abandoned")
"""Answers that leave a place done."""
DEPUTIES = ("councillor", "general_affairs")
"""Who decides while the Director-General is away, in this order."""
BUREAU = ("deputy_director", "director", "general_affairs", "councillor", "director_general")
BELOW = {
    "director": {"deputy_director"},
    "general_affairs": set(),
    "councillor": {"deputy_director", "director", "general_affairs"},
    "director_general": set(BUREAU[:4]),
    "vice_minister": {*BUREAU, "budget", "document", "personnel"},
}
"""Whom a superior may pass over: the posts below in the same line."""
DIVISION_STAFF = {"director", "deputy_director", "chief"}
BUREAU_STAFF = {*BUREAU, "chief"}
ALL_STAFF = {*BUREAU_STAFF, "budget", "document", "personnel", "vice_minister", "minister"}
STAFF = {
    **dict.fromkeys(DIVISION_STAFF, DIVISION_STAFF),
    **dict.fromkeys(("councillor", "director_general"), BUREAU_STAFF),
    "vice_minister": ALL_STAFF,
}
"""To whom a head may pass something on (回付): the posts of the own unit and of those below it."""


@dataclass(frozen=True)
class Route:
    """What the table demands of a matter: stages of (kind, post), and the readers who are asked with the last.

    ``enough``: how many of its consents are; 0: all. ``joint``: the units that the drafter names (連名), of which those
    who ``sign`` are not counted.
    """

    stages: tuple[tuple[tuple[str, str], ...], ...]
    readers: tuple[str, ...] = ()
    delegated: bool = False
    enough: int = 0
    joint: str = ""
    sign: tuple[str, ...] = ()


def line(*posts: str) -> tuple[tuple[tuple[str, str], ...], ...]:
    return tuple((("review", post),) for post in posts)


def by(post: str) -> tuple[tuple[tuple[str, str], ...], ...]:
    return ((("decide", post),),)


def all_of(*posts: str) -> tuple[tuple[tuple[str, str], ...], ...]:
    return (tuple(("consent", post) for post in posts),)


DIVISION = line("deputy_director", "director")
ROUTES: dict[str, Route] = {
    "r1": Route(DIVISION + by("director_general")),
    "r2": Route(DIVISION + all_of("budget", "document") + by("director_general")),
    "r3": Route(DIVISION + line("councillor") + by("director_general")),
    "reply": Route(line("deputy_director") + by("director"), delegated=True),
    "early": Route(
        line("deputy_director")
        + all_of("budget", "document", "personnel")
        + line("director")
        + by("director_general")
    ),
    "wide": Route(
        DIVISION + line("general_affairs") + by("director_general"), readers=("document", "personnel")
    ),
    "high": Route(
        DIVISION + all_of("budget") + line("councillor", "director_general") + by("vice_minister"),
        readers=("personnel",),
    ),
    "two_of": Route(
        line("deputy_director")
        + all_of("budget", "document", "personnel")
        + line("director")
        + by("director_general"),
        enough=2,
    ),
    "shared": Route(
        line("deputy_director") + all_of("budget") + by("director"), readers=("document",), delegated=True
    ),
    "joined": Route(
        line("deputy_director") + all_of("general_affairs", "budget") + by("director"),
        joint="総務課\n会計課",
        sign=("general_affairs", "budget"),
    ),
    "joined_above": Route(
        DIVISION
        + all_of("budget", "document", "personnel")
        + all_of("director_general")
        + by("vice_minister"),
        enough=2,
        joint="人事課\n総務課",
        sign=("director_general",),
    ),
}
LIFTED: dict[str, Route] = {
    "reply": Route(DIVISION + by("director_general")),
    "shared": Route(
        line("deputy_director") + all_of("budget") + line("director") + by("director_general"),
        readers=("document",),
    ),
}
"""Where a flag takes a decision out of its delegation, and up."""
FUNCTIONS = {"budget": "accounting", "document": "documents", "personnel": "personnel"}
ROWS: tuple[Mapping[str, object], ...] = (
    {
        "number": 11,
        "matter_code": "early",
        "level": "director_general",
        "consents": ["accounting", "documents", "personnel"],
        "consent_after": "deputy_director",
    },
    {
        "number": 12,
        "matter_code": "wide",
        "level": "director_general",
        "reviewers": ["post:general_affairs"],
        "circulation": ["documents", "personnel"],
    },
    {
        "number": 13,
        "matter_code": "high",
        "level": "vice_minister",
        "reviewers": ["councillor"],
        "consents": ["accounting"],
        "circulation": ["personnel"],
    },
    {
        "number": 14,
        "matter_code": "shared",
        "level": "director",
        "delegated_from": "director_general",
        "consents": ["accounting"],
        "consent_after": "deputy_director",
        "circulation": ["documents"],
    },
    {
        "number": 15,
        "matter_code": "two_of",
        "level": "director_general",
        "consents": ["accounting", "documents", "personnel"],
        "consent_after": "deputy_director",
        "quorum": 2,
    },
    {"number": 16, "matter_code": "joined", "level": "director"},
    {
        "number": 17,
        "matter_code": "joined_above",
        "level": "director_general",
        "consents": ["accounting", "documents", "personnel"],
        "quorum": 2,
    },
)
"""The same in the table's own words, for the matters that the stage does not have."""


@dataclass(eq=False)
class Place:
    """Somewhere on the route. ``asked``: of a reader, or one asked for an opinion, that their turn has come once."""

    kind: str
    post: str
    stage: float
    position: int
    added_by: str = ""
    answer: str = ""
    when: int = 0
    held: bool = False
    asked: bool = False
    said: tuple[str, str, str] = ("", "", "")
    counted: bool = False
    late: bool = False
    """A reader who was added after the end."""
    answer_by: date | None = None
    """The day by which whoever added it asked for the answer."""

    def is_like(self, kind: str, post: str) -> bool:
        """The post is asked once for both: for the same, or for what the route waits for (S12)."""
        return self.post == post and (self.kind == kind or {self.kind, kind} <= set(BLOCKS))

    def stands_if(self, keep: bool) -> bool:
        """A consent that was given, where the substance is kept (S06)."""
        return keep and (self.kind, self.answer) == ("consent", "approved")

    def take_over(self, before: Place) -> None:
        self.answer, self.when, self.said = before.answer, before.when, before.said

    def __repr__(self) -> str:
        return f"<{self.position}: {self.kind} of {self.post}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))


@dataclass
class Question:
    """Asked as a post of another; ``seq``: of the event that asked it."""

    seq: int
    by: str
    to: str
    open: bool = True


@dataclass
class Forward:
    """Passed on inside the own unit from a place (回付); over when it comes back, or nobody is asked there any more."""

    seq: int
    place: Place
    to: str
    open: bool = True


@dataclass
class Model:
    """One case. ``tick`` counts the acts; ``holders``: the people of each post; ``away``: those recorded absent."""

    matter: str
    drafter: str
    drafted_by: str
    holders: dict[str, set[str]]
    away: set[str]
    state: str = "routed"
    places: list[Place] = field(default_factory=list)
    tick: int = 1
    touched: bool = False
    declared: int = 0
    numbered: bool = False
    done: list[tuple[int, Place]] = field(default_factory=list)
    """The acts of this walk along the route, with the place at which each was done."""
    flags: set[str] = field(default_factory=set)
    flagged: tuple[str, str, str] = ("", "", "")
    """The flag, person and words, where that was the last that said what rules the case."""
    told: set[str] = field(default_factory=set)
    """Deputies whom the decider told beforehand to decide what it says, with the flags that it has (事前の指示)."""
    questions: list[Question] = field(default_factory=list)
    forwards: list[Forward] = field(default_factory=list)
    today: date = date.min

    @property
    def route(self) -> Route:
        """What the table demands of the matter, with the flags that it has."""
        return LIFTED.get(self.matter, ROUTES[self.matter]) if self.flags else ROUTES[self.matter]

    def begin(self, keep: bool) -> None:
        """A new walk along the route that the table demands, and by what was added by hand, in its place.

        Consents are kept where the substance is.
        """
        before, route = self.places, self.route
        kept = {p.post: p for p in before if p.stands_if(keep) and not p.added_by}
        asked = {p for stage in route.stages for p in stage} - {("consent", post) for post in kept}
        asked |= {("circulate", post) for post in route.readers}
        by_hand = [
            p
            for p in before
            if p.added_by and p.answer != "removed" and not any(p.is_like(kind, post) for kind, post in asked)
        ]
        self.places = []
        for stage, there in enumerate(route.stages, start=1):
            for kind, post in there:
                place = self.add(kind, post, stage)
                place.counted = kind == "consent" and route.enough > 0 and post not in route.sign
                if post == self.drafter:
                    place.answer = "own"
                elif kind == "consent" and post in kept:
                    place.take_over(kept[post])
        for post in route.readers:
            self.add("circulate", post, len(route.stages))
        for p in sorted(by_hand, key=lambda p: (p.stage, p.position)):
            later = [q for q in by_hand if (q.stage, q.position) > (p.stage, p.position)]
            if p.stands_if(keep):
                place = self.add(p.kind, p.post, p.stage, p.added_by)
                place.take_over(p)
                place.answer_by = p.answer_by
            elif not any(p.is_like(q.kind, q.post) for q in later):
                self.add(p.kind, p.post, p.stage, p.added_by).answer_by = self.ahead(p.answer_by)
        self.state, self.touched, self.done, self.flagged = "routed", False, [], ("", "", "")
        self.look()

    def raise_flag(self, flag: str, person: str, words: str) -> str:
        """The route is read again, and whatever is the same goes on as it is; as which post it was raised (S23)."""
        spoke = min(
            (p for p in self.there() if self.holds(person, p)),
            key=lambda p: (p not in self.open(), p.position),
            default=None,
        )
        before = self.route
        self.flags.add(flag)
        self.told.clear()
        self.flagged = (flag, person, words)
        if self.route != before:
            self.read_anew()
        post = spoke.post if spoke else self.drafter
        if spoke is not None and post != self.drafter:
            self.touched = True
            where = spoke if spoke in self.places else next((p for p in self.places if p.post == post), None)
            self.done += [(self.tick, where)] if where else []
        return post

    def read_anew(self) -> None:
        before, self.places = self.there(), []
        kept = {p for stage in self.route.stages for p in self.put_all(stage, before)}
        for post in self.route.readers:
            kept.add(self.put("circulate", post, before, len(self.route.stages)))
        answered = [p for p in kept if p.answer in GIVEN]
        asked = [p for p in self.places if p not in answered]
        more = [
            p
            for p in before
            if p not in kept
            and (
                (bool(p.added_by) and not any(p.is_like(q.kind, q.post) for q in asked))
                or (p.kind == "settle" and p.answer != "closed")
            )
        ]
        going_on = [*kept, *more]
        more += [
            p
            for p in before
            if (p.kind, p.answer) == ("post_review", "")
            and any(q.post == p.post and q.answer == "skipped" and q in before for q in going_on)
        ]
        for p in sorted(more, key=lambda p: (p.stage, p.position)):
            p.position = len(self.places) + 1
            self.places.append(p)
        for p in self.places:
            p.asked = False
        self.done = [(when, at) for when, at in self.done if at in self.places]
        self.touched = self.touched and any(p in before for p in self.places)

    def put_all(self, asked: tuple[tuple[str, str], ...], before: list[Place]) -> list[Place]:
        stage = next(n for n, there in enumerate(self.route.stages, start=1) if there is asked)
        return [self.put(kind, post, before, stage) for kind, post in asked]

    def put(self, kind: str, post: str, before: list[Place], stage: float) -> Place:
        """A place that the table demands: the one that is there already for the same, or a new one."""
        alike = [p for p in before if (p.kind, p.post) == (kind, post)]
        if post == self.drafter or not alike:
            place = self.add(kind, post, stage)
            place.answer = "own" if post == self.drafter else ""
            return place
        place = min(alike, key=lambda p: (bool(p.added_by), -p.position))
        place.stage, place.added_by, place.position = stage, "", len(self.places) + 1
        place.answer_by = None
        self.places.append(place)
        return place

    def add(self, kind: str, post: str, stage: float, by: str = "") -> Place:
        place = Place(kind, post, stage, max((p.position for p in self.places), default=0) + 1, by)
        self.places.append(place)
        return place

    def look(self) -> None:
        """What follows by itself from an act: readers whose turn has come, and nothing to settle any more."""
        front = self.front()
        for p in self.places:
            if p.kind in ("circulate", "consult"):
                p.asked = p.asked or front is None or p.stage <= front
            if p.kind == "settle" and not p.answer and not self.stopping():
                p.answer = "closed"
            p.held = p.held and p in self.open()
        for forward in self.forwards:
            forward.open = forward.open and forward.place in self.open()

    # ── who is asked ──
    def there(self) -> list[Place]:
        return [p for p in self.places if p.answer != "removed"]

    def refusing(self) -> list[Place]:
        return [p for p in self.places if p.answer == "refused" and not self.passed(p)]

    def stopping(self) -> list[Place]:
        """The refusals that leave too few who may still agree."""
        counted = [p for p in self.places if p.counted]
        may = sum(p.answer in ("approved", "") for p in counted)
        return [p for p in self.refusing() if not p.counted or may < self.needed()]

    def needed(self) -> int:
        asked = [p for p in self.places if p.counted and p.answer not in ("own", "merged")]
        over = sum(p.answer == "overruled" for p in asked)
        return min(max(1, self.route.enough - over), len(asked) - over)

    def enough(self) -> bool:
        """Of the consents of which a number is enough, as many are given."""
        given = sum(p.counted and p.answer == "approved" for p in self.places)
        return given >= self.needed()

    def is_to_answer(self, post: str, kind: str) -> bool:
        """A post is on the route already: for the same, or both for what the route waits for (S12)."""
        return any(
            p.is_like(kind, post)
            and ((p.answer in ("", "refused") and not self.passed(p)) or (p.counted and not p.answer))
            for p in self.places
        )

    def passed(self, place: Place) -> bool:
        if place.counted and self.enough():
            return True
        return place.answer in PASSED or (place.kind == "settle" and place.answer == "closed")

    def front(self) -> float | None:
        """The first stage that the route waits for."""
        waiting = [p.stage for p in self.there() if p.kind in BLOCKS and not self.passed(p)]
        return min(waiting, default=None)

    def open(self) -> list[Place]:
        """Whoever is asked now."""
        if self.state in ENDS and self.state != "decided":
            return [p for p in self.places if p.late and not p.answer]
        if self.state == "decided":
            return [p for p in self.there() if p.kind in ("circulate", "post_review") and not p.answer]
        if self.state != "routed":
            return []
        front = self.front()
        return [
            p
            for p in self.there()
            if not p.answer
            and not self.passed(p)
            and ((p.kind in BLOCKS and p.stage == front) or (p.kind not in BLOCKS and p.asked))
        ]

    def stands_as(self, place: Place) -> str:
        """The state of a place, in the words of the record."""
        if place in self.open():
            return "open"
        if place.answer in GIVEN:
            return "done"
        if place.counted and self.enough() and place.answer in ("", "refused"):
            return "outvoted" if place.answer else "spared"
        if not place.answer or place.answer == "refused":
            over = self.state != "routed"
            return "closed" if over else place.answer or "waiting"
        return place.answer

    # ── who may ──
    def holds(self, person: str, place: Place) -> bool:
        return person in self.holders[place.post]

    def drafts(self, person: str) -> bool:
        return person in self.holders[self.drafter]

    def acts_for(self, person: str, place: Place) -> bool:
        """代決: for the Director-General while away, by the first deputy who can; never over a refusal or a flag.

        Whoever was told beforehand may, over both, and before the deputies who come first (S03).
        """
        if (place.kind, place.post) != ("decide", "director_general") or self.holders[place.post] - self.away:
            return False
        there = {person} - self.away - {self.drafted_by}
        if any(there & self.holders[deputy] for deputy in self.told):
            return True
        if self.flags or any(p.answer in ("refused", "overruled") for p in self.places):
            return False
        for deputy in DEPUTIES:
            able = self.holders[deputy] - self.away - {self.drafted_by}
            if person in self.holders[deputy]:
                return person in able
            if able:
                return False
        return False

    def jumps(self, place: Place) -> list[Place] | None:
        """Whom acting ahead at a place passes over; None if it may not."""
        before = [
            p for p in self.there() if p.kind in BLOCKS and p.stage < place.stage and not self.passed(p)
        ]
        below = BELOW.get(place.post, set())
        return before if all(p.kind == "review" and p.post in below for p in before) else None

    def acted_after(self, place: Place) -> bool:
        """Somebody further on has acted since the answer of a place, be it that it was taken back (S08)."""
        return any(when > place.when and at.stage > place.stage for when, at in self.done)

    def repeats(self, place: Place, act: str, person: str, words: str) -> bool:
        """The same person sends again, in the same words or in none, what they did and what stands."""
        same = {words.strip(), *([] if words.strip() else [place.said[2]])}
        return (
            bool(place.answer)
            and self.holds(person, place)
            and place.said[:2] == (act, person)
            and (place.said[2] in same)
        )

    # ── what follows ──
    def acted(self, place: Place) -> None:
        self.touched = True
        self.done.append((self.tick, place))

    def respond(self, place: Place, answer: str, said: tuple[str, str, str] = ("", "", "")) -> None:
        place.answer, place.when, place.held, place.said = answer, self.tick, False, said
        self.acted(place)
        if answer == "refused" and place in self.stopping():
            for p in self.places:
                if p.kind == "settle" and not p.answer:
                    p.answer = "closed"
        if answer == "settled":
            for p in self.stopping():
                p.answer = "overruled"

    def bypass(self, posts: list[Place]) -> None:
        for p in posts:
            if not p.answer:
                p.answer, p.when, p.said = "skipped", self.tick, ("", "", "")
        for p in posts:
            self.add("post_review", p.post, p.stage)

    def restore(self, passed: list[Place]) -> None:
        """Those passed over are asked after all, and have nothing to read afterwards."""
        posts = {p.post for p in passed}
        for p in passed:
            p.answer = ""
        for p in self.places:
            if p.kind == "post_review" and not p.answer and p.post in posts:
                p.answer = "closed"

    def take_back(self, place: Place) -> None:
        self.restore([p for p in self.places if p.answer == "skipped" and p.when == place.when])
        place.answer, place.held = "", False
        self.acted(place)

    def send_back(self, place: Place, to: Place | None) -> None:
        if to is None:
            self.state, place.answer = "returned", "returned"
            return
        self.acted(place)
        self.restore([p for p in self.there() if p.answer == "skipped" and p.stage > to.stage])
        for p in self.there():
            p.held = p.held and p.kind not in BLOCKS
            if p is to or (p.kind == "review" and p.stage > to.stage and p.answer != "own"):
                p.answer = ""

    def ahead(self, answer_by: date | None) -> date | None:
        """Whoever is asked anew, or instead, is not asked for an answer by a day that has passed."""
        return answer_by if answer_by is not None and answer_by >= self.today else None

    def behind(self, own: Place, kind: str) -> float:
        """A place right after the own one and whatever its post put there already; readers are asked beside it."""
        if kind not in BLOCKS:
            return own.stage
        there = [p for p in self.places if p.kind in BLOCKS]
        table = min(p.stage for p in there if p.stage > own.stage and not p.added_by)
        mine = [p.stage for p in there if p.added_by == own.post and own.stage < p.stage < table]
        low = max([own.stage, *mine])
        return (low + min(p.stage for p in there if p.stage > low)) / 2

    def above(self) -> str:
        """The lowest post above the drafter's unit and those of all who refuse."""
        near = all(p.post in ("director", "deputy_director", "general_affairs") for p in self.stopping())
        return "director_general" if near else "vice_minister"
