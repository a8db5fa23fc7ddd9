"""What a set of changes of the organisation touches, before its day: cases, drafts, deputies and record files.

A read for those who prepare appointment orders or a reorganisation. Everything is counted; lists hold the worst
first and say of each what to do about it. Whoever looks sees of a case they have no part in its kind, its unit and
where it stands, not its title.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from kessai.decisions import access, remedies
from kessai.decisions.remedies import Remedy
from kessai.drafting import queries as drafting
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.errors import NotFound
from kessai.kernel.words import N_, Text
from kessai.organisation import queries as organisation
from kessai.organisation import touched
from kessai.organisation.touched import Change, EndingUnit, NamedPost, TouchedPost
from kessai.records import queries as records

LONGEST = 200
"""Entries of each list."""

Report = Callable[[str], None]
"""Told the name of each part as it begins: posts, steps, twice, drafts, deputies, files, remedies."""


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


def impact(
    *, actor: Actor | None, change_id: UUID, at: datetime, report: Report = lambda part: None
) -> Impact:
    """What a set touches, whether it is a draft or scheduled. ``actor`` None is an operator, who sees all titles.

    NotFound for an unknown set, and for those who do not prepare sets of its kind for its ministry.
    """
    with transaction.atomic():
        report("posts")
        try:
            change = touched.hold(change_id=change_id)
        except LookupError:
            raise _unknown() from None
        seeing = None
        if actor is not None:
            today = day_in_japan(at)
            if change.tenant_id not in organisation.ministries_of_duty(
                person_id=actor.person_id, duty=change.kind, on=today
            ):
                raise _unknown()
            seeing = access.sight(actor=actor, on=today)
        return _Looking(change, seeing, report).impact()


def _unknown() -> NotFound:
    return NotFound(N_("この予定はありません。"))


class _Looking:
    """One look at one set, inside one transaction."""

    def __init__(self, change: Change, seeing: access.Sight | None, report: Report) -> None:
        self.change, self.seeing, self.report = change, seeing, report
        self.params: dict[str, Any] = {"tenant": change.tenant_id, "limit": LONGEST}

    def impact(self) -> Impact:
        posts = touched.posts()
        vacant = {p.successor_id or p.post_id for p in posts if p.falls_vacant}
        self.report("steps")
        self._make()
        steps = self._steps(stuck=False)
        stuck = steps if not any(s.stuck for s in steps) else self._steps(stuck=True)
        self.report("twice")
        twice, twice_total = self._twice()
        self.report("drafts")
        written = drafting.open_by_post(tenant_id=self.change.tenant_id, post_ids=[p.post_id for p in posts])
        vacancies, orphaned, by_unit = self._vacancies(posts, vacant, written)
        drafts = self._drafts(written)
        self.report("deputies")
        standing_in, totals = self._standing_in()
        self.report("files")
        files, units, files_total = self._files()
        counts = Counts(
            posts=len(posts),
            people=touched.people(),
            vacant_posts=len(vacant),
            abolished_posts=sum(1 for p in posts if p.successor_id is not None),
            twice=twice_total,
            drafts=sum(of.count for of in written.values()),
            drafts_without_keeper=orphaned,
            deputies=totals.get("deputy", (0, 0))[0],
            deputies_lapsing=totals.get("deputy", (0, 0))[1],
            secretaries=totals.get("secretary", (0, 0))[0],
            secretaries_lapsing=totals.get("secretary", (0, 0))[1],
            units_with_another_head=units,
            record_files=files_total,
            **self._rows("impact_counts")[0],
        )
        return Impact(
            self.change,
            counts,
            steps,
            tuple(s for s in stuck if s.stuck),
            twice,
            vacancies,
            drafts,
            standing_in,
            files,
            by_unit[:LONGEST],
        )

    def _make(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS decisions_impact")
            cursor.execute(access.SQL["impact_make"], self.params)
            cursor.execute("ANALYZE decisions_impact")
        beside = [row["post_id"] for row in self._rows("impact_beside")]
        touched.put_beside(self.change, post_ids=beside)

    def _steps(self, *, stuck: bool) -> tuple[StepTouched, ...]:
        rows = self._rows("impact_steps", stuck=stuck)
        named, cases = self._named(row["post_id"] for row in rows), self._cases(rows)
        return tuple(
            StepTouched(
                cases[row["case_id"]],
                row["position"],
                row["kind"],
                row["state"],
                row["opened_at"],
                named[row["post_id"]],
                row["stuck"],
                _advice_of_step(row, named[row["post_id"]]),
            )
            for row in rows
        )

    def _twice(self) -> tuple[tuple[Twice, ...], int]:
        rows = self._rows("impact_twice")
        named = self._named(post for row in rows for post in row["new_posts"])
        people = organisation.person_names(person_ids={row["person_id"] for row in rows})
        cases = self._cases(rows)
        found = tuple(
            Twice(
                cases[row["case_id"]],
                row["person_id"],
                people[row["person_id"]].name,
                tuple(row["positions"]),
                tuple(named[post] for post in row["new_posts"]),
                Text(
                    N_(
                        "同じ人がこの案件で二度担当します。差し支えがあれば、どちらかの職に別の人を発令してください。"
                    )
                ),
            )
            for row in rows
        )
        return found, rows[0]["total"] if rows else 0

    def _vacancies(
        self,
        posts: Iterable[TouchedPost],
        vacant: set[int],
        written: Mapping[int, drafting.DraftsOfPost],
    ) -> tuple[tuple[Vacancy, ...], int, tuple[Remedy, ...]]:
        steps = {row["post_id"]: row for row in self._rows("impact_by_post")}
        left: dict[int, list[drafting.DraftsOfPost]] = {}
        for post in posts:
            if not post.will_be_held and post.post_id in written:
                left.setdefault(post.successor_id or post.post_id, []).append(written[post.post_id])
        vacant |= steps.keys() | left.keys()
        kept = touched.kept_by_another(self.change, post_ids=left.keys())
        drafts = {post: sum(of.count for of in found) for post, found in left.items()}

        with_drafts = left.keys() - kept
        in_line = touched.in_line(self.change, post_ids=vacant)

        def weight(post_id: int) -> tuple[int, int, int, bool, int]:
            of = steps.get(post_id, {"open_steps": 0, "waiting_steps": 0})
            orphans = drafts[post_id] if post_id in with_drafts else 0
            return (-of["open_steps"], -of["waiting_steps"], -orphans, post_id not in in_line, post_id)

        worst = sorted(vacant, key=weight)[:LONGEST]
        self.report("remedies")
        touched.put_beside(self.change, post_ids={*worst, *with_drafts})
        named = self._named({*worst, *with_drafts})
        answers = remedies.remedies(self.change, posts=named, with_drafts=with_drafts)
        found = tuple(
            Vacancy(
                named[post],
                -weight(post)[0],
                -weight(post)[1],
                drafts.get(post, 0),
                left[post][0].latest if post in left else "",
                post in kept,
                _advice_of_vacancy(self.change, named[post], bool(steps.get(post)), post in with_drafts),
                answers.of_post.get(post, ()),
            )
            for post in worst
            if post in named
        )
        return found, sum(drafts[post] for post in with_drafts), answers.of_units

    def _drafts(self, written: Mapping[int, drafting.DraftsOfPost]) -> tuple[DraftsTouched, ...]:
        most = sorted(written, key=lambda post: (-written[post].count, post))[:LONGEST]
        named = self._named(most)
        return tuple(
            DraftsTouched(named[post], written[post].count, _advice_of_drafts(named[post])) for post in most
        )

    def _standing_in(self) -> tuple[tuple[StandInTouched, ...], dict[str, tuple[int, int]]]:
        rows, totals = touched.standing_in(self.change, limit=LONGEST)
        ends = {end for row in rows for end in (row.post_id, row.other_id)}
        touched.put_beside(self.change, post_ids=ends)
        named = self._named(ends)
        found = tuple(
            StandInTouched(
                row.kind,
                named[row.post_id],
                named[row.other_id],
                row.why == "vacant",
                Text(_STANDING_IN[row.why]),
            )
            for row in rows
        )
        return found, totals

    def _files(self) -> tuple[tuple[FilesTouched, ...], int, int]:
        heads, ending = touched.units_with_another_head(self.change), touched.units_ending(self.change)
        units = heads.keys() | ending.keys()
        files = records.files_by_unit(tenant_id=self.change.tenant_id, unit_ids=units)
        most = sorted(files, key=lambda unit: (-files[unit], unit))[:LONGEST]
        named = self._named(heads[unit] for unit in most if unit not in ending)
        found = tuple(
            FilesTouched(ending[unit].name, files[unit], None, _advice_of_ending(ending[unit]))
            if unit in ending
            else FilesTouched(
                named[heads[unit]].unit_name,
                files[unit],
                named[heads[unit]],
                _advice_of_files(named[heads[unit]]),
            )
            for unit in most
        )
        return found, len(units), sum(files.values())

    def _named(self, post_ids: Iterable[int]) -> dict[int, NamedPost]:
        return touched.named(self.change, post_ids=set(post_ids))

    def _cases(self, rows: Iterable[Mapping[str, Any]]) -> dict[UUID, CaseRef]:
        by_id = {row["case_id"]: row for row in rows}
        shown: Iterable[UUID] = by_id
        if self.seeing is not None:
            shown = access.visible(self.seeing, tenant_id=self.change.tenant_id, case_ids=by_id.keys())
        return {
            case: CaseRef(
                case, row["title"] if case in shown else "", row["matter_name"], row["drafter_unit"]
            )
            for case, row in by_id.items()
        }

    def _rows(self, name: str, **params: Any) -> list[dict[str, Any]]:
        with connection.cursor() as cursor:
            cursor.execute(access.SQL[name], self.params | params)
            columns = [column.name for column in cursor.description]
            return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


_STANDING_IN = {
    "vacant": N_("代わりをする職に人がいなくなります。別の職を定め直してください。"),
    "appointed": N_("前任者が定めたものが、そのまま続きます。後任者に確かめてもらってください。"),
    "other": N_("そのまま続きます。することはありません。"),
}


def _advice_of_step(row: Mapping[str, Any], post: NamedPost) -> Text:
    if row["stuck"]:
        return Text(N_("この日から担当する人がいません。後任、事務取扱、職の統合のどれかで決めてください。"))
    return Text(
        N_("この日から%(who)sの受信箱に入ります。することはありません。"), {"who": "・".join(post.after)}
    )


def _advice_of_vacancy(change: Change, post: NamedPost, steps: bool, drafts: bool) -> Text:
    if post.successor_id is None and post.successor_title:
        return Text(
            N_("引き継ぐ職「%(title)s」に人がいません。同じ日の発令で任命してください。"),
            {"title": post.successor_title},
        )
    if change.kind == touched.REORGANISATION and post.successor_id is None and (steps or drafts):
        return Text(
            N_("廃止される職に引き継ぐ職がありません。改編案の対応表で、引き継ぐ職を書いてください。")
        )
    if steps:
        return Text(
            N_("決裁の途中の案件がここで止まります。後任か事務取扱を発令するか、職を統合してください。")
        )
    if drafts:
        return Text(
            N_("書きかけの案件を続ける人がいません。後任を発令するか、上の職に下書きを預けてください。")
        )
    return Text(N_("欠員になります。残る仕事はありません。"))


def _advice_of_drafts(post: NamedPost) -> Text:
    if not post.after:
        return Text(N_("続ける人がいません。後任を発令するか、上の職に下書きを預けてください。"))
    return Text(N_("この日から%(who)sが続けられます。することはありません。"), {"who": "・".join(post.after)})


def _advice_of_ending(unit: EndingUnit) -> Text:
    if unit.successor:
        return Text(
            N_("この日から%(unit)sのファイルになります。管理する人を決めて、引き継いでください。"),
            {"unit": unit.successor},
        )
    return Text(N_("ファイルを引き継ぐ部署がありません。改編案の対応表で、引き継ぐ部署を書いてください。"))


def _advice_of_files(head: NamedPost) -> Text:
    if not head.after:
        return Text(N_("行政文書ファイルを管理する人がいなくなります。部署の長を発令してください。"))
    return Text(
        N_("この日から%(who)sが管理します。引き継ぐファイルを伝えてください。"),
        {"who": "・".join(head.after)},
    )
