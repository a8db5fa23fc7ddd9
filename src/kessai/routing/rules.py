"""From facts, an authority table and the chart of a day to a route, with the reason for every step.

Pure: given the same three, any past route can be recomputed and explained.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_, Text
from kessai.organisation.rules import PLACES, RANK, RouteChart, Seat
from kessai.routing.conditions import Condition, why_not_held

FLAGS = ("important", "unprecedented", "precedent", "disputed", "diet")
"""What takes a matter out of a delegated decision: 重要, 異例, 先例, 疑義・紛議, 国会関係."""

REVIEW, CONSENT, DECIDE, CIRCULATE = "review", "consent", "decide", "circulate"

CIRCULATION = "circulation"
"""Stands in a row for the level that decides: nobody does, it is only read (供覧)."""


class CannotPlan(Cannot):
    """No route follows from the table and the organisation of the day; ``field``: where the form says so."""

    field = "route"


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What an authority table may look at. ``amount`` in yen, None where the matter has none."""

    matter_code: str
    amount: int | None
    flags: frozenset[str]
    values: Mapping[str, str] = field(default_factory=dict)
    """The other fields of the form by key, as text; days as YYYY-MM-DD."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of an authority table; amounts in yen, [from, below), None open-ended."""

    number: int
    matter_code: str
    amount_from: int | None
    amount_below: int | None
    flags: frozenset[str]
    level: str
    """Of who decides; or CIRCULATION."""
    delegated_from: str
    reviewers: tuple[str, ...]
    consents: tuple[str, ...]
    circulation: tuple[str, ...]
    retention_code: str
    disposal: str
    marking: str
    disclosure: str
    standard_days: int | None
    clause: str
    reason: str
    reason_en: str
    conditions: tuple[Condition, ...] = ()
    units: frozenset[str] = frozenset()
    """Where the drafter's post must be (organisation.rules.PLACES); empty: anywhere."""
    decider_post: str = ""
    """Code of the one post that decides, wherever the drafter is; "": the post of the level on the line."""
    lifts_to: tuple[str, ...] = ()
    """Flags that take the decision up: ``minister`` for any flag, ``diet:vice_minister`` for one."""
    deputies: tuple[str, ...] = ()
    """Levels that may decide as acting: empty as the ministry's setting says, ``none`` alone nobody."""
    consent_after: str = "director"
    """Other units are asked once the line up to this level agrees."""
    series: str = ""
    """Symbol of the number series of the decision; "": the drafting unit's."""
    bulk: bool = False
    """Whether it may be approved together with others, without opening each."""
    rewording: bool = False
    """Whether reviewers and the decider may correct its wording in flight (S18)."""
    quorum: int | None = None
    """How many of the consents must be given for the case to go on; None: all."""

    @property
    def asks_amount(self) -> bool:
        return self.amount_from is not None or self.amount_below is not None


@dataclass(frozen=True, slots=True)
class Example:
    """Facts, and who decides and consents by the table. Posts by their codes."""

    number: int
    facts: CaseFacts
    drafter: str
    decider: str
    consents: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    id: int
    name: str
    name_en: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a step is there: a text, and the row of the table that demands it, if one does."""

    text: Text
    row: int | None = None
    clause: str = ""
    row_reason: str = ""
    row_reason_en: str = ""
    joint: str = ""
    """The unit for which the step decides in a joint decision (連名); "" for any other reason."""


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A place on the route. Steps of one ``stage`` are asked at the same time."""

    stage: int
    kind: str
    seat: Seat
    reasons: tuple[Reason, ...]
    delegated: bool = False
    own: bool = False
    """The drafter's own post: passed over, marked 起案 (S14)."""
    quorum: int | None = None
    """Of a consent: how many of those with a number must be given; None: this one must."""


@dataclass(frozen=True, slots=True)
class JointUnit:
    """A further unit in whose name a case is drafted (連名). ``chart``: as a draft of its lowest post would see it."""

    unit_id: int
    name: str
    chart: RouteChart


@dataclass(frozen=True, slots=True)
class ByHand:
    """Whom the drafter adds to those that the table asks. ``readers``: each with why."""

    readers: tuple[tuple[Seat, Text], ...] = ()
    joint: tuple[JointUnit, ...] = ()


NOBODY_ADDED = ByHand()


SIGNS, COVERED, TAKES_UP = "signs", "covered", "takes_up"
"""How a joint unit takes part: its decider consents before the decision; the one decision of the case is its own too;
its decider, a superior of the drafting unit's, decides the case."""


@dataclass(frozen=True, slots=True)
class JointPlace:
    """Who decides for a joint unit, and how: signs, covered, takes_up."""

    unit: JointUnit
    seat: Seat
    how: str


@dataclass(frozen=True, slots=True)
class Jointly:
    """What joint units make of a route: its decision, who signs before it, and who decides for which unit."""

    decide: PlannedStep
    signatories: tuple[PlannedStep, ...] = ()
    places: tuple[JointPlace, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    drafter: Seat
    row: Row
    steps: tuple[PlannedStep, ...]
    not_applied: tuple[tuple[int, Text], ...]
    """Rows of the same matter that do not apply, with why."""
    joint: tuple[JointPlace, ...] = ()

    @property
    def circulation(self) -> bool:
        """Whether it is only read, and decided by nobody."""
        return self.row.level == CIRCULATION


def why_not(row: Row, facts: CaseFacts, place: str = PLACES[0]) -> Text | None:
    """Why a row does not apply to the facts of a draft from a place (one of PLACES); None if it does."""
    if row.matter_code != facts.matter_code:
        return Text(N_("別の種類の事案の行です。"))
    if row.units and place not in row.units:
        return Text(_NOT_FROM[place])
    if row.asks_amount and facts.amount is None:
        return Text(N_("金額が入っていません。"))
    if row.amount_from is not None and facts.amount is not None and facts.amount < row.amount_from:
        return Text(N_("金額が%(yen)s円に達しません。"), {"yen": f"{row.amount_from:,}"})
    if row.amount_below is not None and facts.amount is not None and facts.amount >= row.amount_below:
        return Text(N_("金額が%(yen)s円以上です。"), {"yen": f"{row.amount_below:,}"})
    if row.flags and not row.flags & facts.flags:
        return Text(N_("重要・異例などの指定がありません。"))
    return next((why for c in row.conditions if (why := why_not_held(c, facts.values))), None)


_NOT_FROM = {
    "head_office": N_("本省からの起案には当てはまりません。"),
    "regional": N_("地方支分部局からの起案には当てはまりません。"),
    "institution": N_("施設等機関からの起案には当てはまりません。"),
}


def choose_row(
    table: Table, facts: CaseFacts, place: str = PLACES[0]
) -> tuple[Row, tuple[tuple[int, Text], ...]]:
    """The first row of the table that applies, and why the other rows of the matter do not.

    Refused with CannotPlan where none applies.
    """
    chosen: Row | None = None
    others: list[tuple[int, Text]] = []
    for row in sorted(table.rows, key=lambda r: r.number):
        if row.matter_code != facts.matter_code:
            continue
        reason = why_not(row, facts, place)
        if reason is None and chosen is None:
            chosen = row
        elif reason is not None:
            others.append((row.number, reason))
        else:
            others.append((row.number, Text(N_("先の行が当てはまります。"))))
    if chosen is None:
        if facts.amount is None and any(
            r.asks_amount for r in table.rows if r.matter_code == facts.matter_code
        ):
            raise CannotPlan(
                N_("金額が決まらないと、誰が決裁するかが決まりません。"),
                N_("金額を入れてください。"),
            )
        raise CannotPlan(
            N_("決裁規程に、この事案に当てはまる行がありません。"),
            N_("事案の種類と金額を確かめ、それでも無いときは文書担当課に連絡してください。"),
        )
    return chosen, tuple(others)


def _reason(text: str, row: Row | None = None, **params: str | int | None) -> Reason:
    return reason_of(Text(text, params), row)


def reason_of(text: Text, row: Row | None, joint: str = "") -> Reason:
    """A reason with what the row that demands it says, if one does."""
    if row is None:
        return Reason(text, joint=joint)
    return Reason(text, row.number, row.clause, row.reason, row.reason_en, joint)


def read_lift(entry: str) -> tuple[str, str]:
    """An entry of ``lifts_to`` as (flag, level); flag "" stands for any flag."""
    flag, _, level = entry.rpartition(":")
    return flag, level


def lifted_to(row: Row, facts: CaseFacts) -> str:
    """The level that flags take the decision up to; "" where it stays with the row's own decider."""
    flags = facts.flags.intersection(FLAGS)
    levels = {row.delegated_from} if row.delegated_from and flags else set()
    for flag, level in map(read_lift, row.lifts_to):
        if flag in flags or (flags and not flag):
            levels.add(level)
    highest = max(levels, key=RANK.__getitem__, default=row.level)
    return highest if RANK[highest] > RANK[row.level] else ""


def decision(facts: CaseFacts, row: Row, chart: RouteChart) -> PlannedStep:
    """Who decides by a row on the line of a chart, at no stage yet. Errors: CannotPlan."""
    lifted = lifted_to(row, facts)
    decider, decides = _decider(chart, row, lifted)
    delegated = bool(row.delegated_from) and not lifted
    return PlannedStep(0, DECIDE, decider, (decides,), delegated=delegated)


def _above(chart: RouteChart, decide: PlannedStep) -> PlannedStep:
    """The decision by the next post in line above the one that would decide its own draft (S14)."""
    own = decide.seat
    higher = [s for s in chart.line if s.in_line and (s.unit_depth, s.rank) > (own.unit_depth, own.rank)]
    if not higher:
        raise CannotPlan(
            N_("あなたの職（%(title)s）が決裁権者で、上位の職が組織に見つかりません。"),
            N_("組織の担当に、上位の職の登録を確かめてもらってください。"),
            title=own.title,
        )
    said = Reason(Text(N_("起案した職が決裁権者に当たるため、一段上の職が決裁します。")))
    seat = min(higher, key=lambda seat: (seat.unit_depth, seat.rank))
    return replace(decide, seat=seat, reasons=(*decide.reasons, said), delegated=False)


def _decider(chart: RouteChart, row: Row, lifted: str) -> tuple[Seat, Reason]:
    if lifted and row.delegated_from:
        text = N_("重要・異例・先例・疑義などの指定があるため、専決によらず上位の職が決裁します。")
    elif lifted:
        text = N_("重要・異例・先例・疑義などの指定があるため、上位の職が決裁します。")
    elif row.delegated_from:
        text = N_("専決: 決裁規程がこの職に委ねています。")
    else:
        text = N_("決裁規程が定める決裁権者です。")
    if row.decider_post and not lifted:
        return _seat(chart, f"post:{row.decider_post}", row), _reason(text, row)
    return _on_line(chart, lifted or row.level), _reason(text, row)


def _on_line(chart: RouteChart, level: str) -> Seat:
    """The lowest seat in line at the level or above it, on the drafter's line; never one below the drafter."""
    able = [
        seat
        for seat in chart.line
        if seat.in_line
        and seat.rank >= RANK[level]
        and (seat.unit_depth > 0 or seat.rank >= chart.drafter.rank)
    ]
    if not able:
        raise CannotPlan(
            N_("決裁すべき職が、%(unit)sの系統に見つかりません。"),
            N_("組織の担当に、上位の職の登録を確かめてもらってください。"),
            unit=chart.drafter.unit_name,
        )
    return min(able, key=lambda seat: (seat.unit_depth, seat.rank))


def _seat(chart: RouteChart, name: str, row: Row) -> Seat:
    for seat in chart.line:
        # On the drafter's own line a post is asked in its place there.
        if name in chart.functions and seat.post_id == chart.functions[name].post_id:
            return seat
    if name not in chart.functions:
        raise CannotPlan(
            N_("決裁規程の%(row)s行目が求める部署・職「%(name)s」が、この日の組織にありません。"),
            N_("文書担当課に連絡してください。"),
            row=row.number,
            name=name,
        )
    return chart.functions[name]


def _reviewers(chart: RouteChart, row: Row, decider: Seat) -> Iterable[tuple[Seat, Reason]]:
    on_line = any(seat.post_id == decider.post_id for seat in chart.line)
    for seat in chart.line:
        if on_line:
            below = (seat.unit_depth, seat.rank) < (decider.unit_depth, decider.rank)
        else:
            # A matter leaves for a decider elsewhere through the drafter's superiors up to the decider's rank.
            below = seat.rank <= decider.rank
        if not below or seat.post_id == decider.post_id:
            continue
        if seat.post_id == chart.drafter.post_id:
            yield seat, _reason(N_("起案者の職です。"))
        elif seat.unit_depth == 0 and seat.rank <= chart.drafter.rank:
            continue
        elif seat.level in row.reviewers:
            yield seat, _reason(N_("決裁規程が審査を求めています。"), row)
        elif seat.in_line:
            yield seat, _reason(N_("起案した部署の上司です。"))
    for name in row.reviewers:
        if name.startswith("post:"):
            yield _seat(chart, name, row), _reason(N_("決裁規程が審査を求めています。"), row)


def names_in(rows: Iterable[Row]) -> tuple[str, ...]:
    """What rows ask of the organisation by name, besides the drafter's own line: see organisation.named."""
    names: dict[str, None] = {}
    for row in rows:
        names |= dict.fromkeys([*row.consents, *row.circulation])
        names |= dict.fromkeys(name for name in row.reviewers if name.startswith("post:"))
        if row.decider_post:
            names[f"post:{row.decider_post}"] = None
    return tuple(names)


def plan(
    facts: CaseFacts,
    table: Table,
    chart: RouteChart,
    by_hand: ByHand = NOBODY_ADDED,
    jointly: Jointly | None = None,
) -> Plan:
    """The route of a case: line reviewers, consenting units, higher reviewers, decider, circulation.

    A circulation-only case has readers and no one else. A post named at several places acts once, at the last of
    them, with all the reasons, or at each (S12). The drafter's own place among the reviewers is passed over; a drafter
    whose own post would decide is refused, unless the ministry has it otherwise (S14). ``jointly``: what the joint
    units of ``by_hand`` make of it (joint.rules). ``chart.functions`` holds what ``names_in`` the table's rows.
    """
    row, others = choose_row(table, facts, chart.drafter_place)
    if row.level == CIRCULATION:
        readers = _readers(chart, row, by_hand, 1, {chart.drafter.post_id})
        return Plan(chart.drafter, row, tuple(readers), others)
    jointly = jointly or Jointly(decision(facts, row, chart))
    if jointly.decide.seat.post_id == chart.drafter.post_id and chart.own_decision == "goes_up":
        jointly = replace(jointly, decide=_above(chart, jointly.decide))
    elif jointly.decide.seat.post_id == chart.drafter.post_id and chart.own_decision == "refused":
        raise CannotPlan(
            N_("あなたの職（%(title)s）が決裁権者です。自分の起案を同じ職で決裁することはできません。"),
            N_("部下の職で起案するか、上位の職の決裁を受ける指定（重要など）をしてください。"),
            title=chart.drafter.title,
        )
    steps = _acting(chart, row, jointly)
    acting = {step.seat.post_id for step in steps} | {chart.drafter.post_id}
    steps += _readers(chart, row, by_hand, steps[-1].stage, acting)
    return Plan(chart.drafter, row, tuple(_renumber(steps)), others, jointly.places)


def _readers(
    chart: RouteChart, row: Row, by_hand: ByHand, stage: int, acting: Collection[int]
) -> list[PlannedStep]:
    """Who reads it besides those who act on it, each once: those of the table, then those named by the drafter."""
    text = N_("決裁規程が供覧を求めています。")
    named = [(_seat(chart, name, row), _reason(text, row)) for name in row.circulation]
    named += [(seat, Reason(why)) for seat, why in by_hand.readers]
    found: dict[int, PlannedStep] = {}
    for seat, reason in named:
        step = found.get(seat.post_id, PlannedStep(stage, CIRCULATE, seat, ()))
        if seat.post_id not in acting and reason not in step.reasons:
            found[seat.post_id] = replace(step, reasons=(*step.reasons, reason))
    return list(found.values())


def _acting(chart: RouteChart, row: Row, jointly: Jointly) -> list[PlannedStep]:
    """Everybody up to the decider, each once."""
    reviewers = list(_reviewers(chart, row, jointly.decide.seat))
    limit = RANK[row.consent_after]
    steps: list[PlannedStep] = []
    for seat, reason in (r for r in reviewers if r[0].rank <= limit):
        steps.append(PlannedStep(len(steps) + 1, REVIEW, seat, (reason,)))
    stage = len(steps) + 1
    for name in row.consents:
        seat = _seat(chart, name, row)
        reason = _asked_for_consent(name, seat, row)
        steps.append(PlannedStep(stage, CONSENT, seat, (reason,), quorum=row.quorum))
    for seat, reason in (r for r in reviewers if r[0].rank > limit):
        stage += 1
        steps.append(PlannedStep(stage, REVIEW, seat, (reason,)))
    # Joint signatories act last: beside the consents, if these are what comes before the decider.
    stage += bool(steps) and steps[-1].kind == REVIEW
    steps += (replace(step, stage=stage) for step in jointly.signatories)
    steps.append(replace(jointly.decide, stage=stage + 1))
    steps = _once_per_post(steps, counted=chart.several_places == "each")
    own = chart.drafter.post_id
    return [replace(step, own=step.seat.post_id == own and step.kind != DECIDE) for step in steps]


_CONSENT_OF = {
    "accounting": N_("決裁規程が、会計の部署としての合議を求めています。"),
    "documents": N_("決裁規程が、文書の部署としての合議を求めています。"),
    "personnel": N_("決裁規程が、人事の部署としての合議を求めています。"),
    "legal": N_("決裁規程が、法令審査の部署としての合議を求めています。"),
    "information": N_("決裁規程が、情報システムの部署としての合議を求めています。"),
    "planning": N_("決裁規程が、企画の部署としての合議を求めています。"),
    "public_relations": N_("決裁規程が、広報の部署としての合議を求めています。"),
    "international": N_("決裁規程が、国際の部署としての合議を求めています。"),
}
"""As which of its functions a unit is asked: one that has several is asked once, and says all of them (A36)."""


def _asked_for_consent(name: str, seat: Seat, row: Row) -> Reason:
    text = _CONSENT_OF.get(name.partition("@")[0], N_("決裁規程が、%(unit)sの合議を求めています。"))
    return _reason(text, row, unit=seat.unit_name)


def _once_per_post(steps: Sequence[PlannedStep], *, counted: bool) -> list[PlannedStep]:
    """Each post at the last of its places. ``counted``: only consents of which a number is enough, one for a post."""

    def same(one: PlannedStep, other: PlannedStep) -> bool:
        by_number = None not in (one.quorum, other.quorum)
        return one.seat.post_id == other.seat.post_id and (by_number or not counted)

    kept: list[PlannedStep] = []
    for index, step in enumerate(steps):
        if any(same(later, step) for later in steps[index + 1 :]):
            continue
        reasons = list(step.reasons) if counted and step.quorum is None else []
        for other in steps:
            if same(other, step):
                reasons += [reason for reason in other.reasons if reason not in reasons]
        kept.append(replace(step, reasons=tuple(reasons)))
    return kept


def _renumber(steps: Sequence[PlannedStep]) -> Iterable[PlannedStep]:
    stages = {stage: number for number, stage in enumerate(sorted({s.stage for s in steps}), start=1)}
    return (replace(step, stage=stages[step.stage]) for step in steps)
