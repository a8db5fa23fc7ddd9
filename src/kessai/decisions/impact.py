"""What a set of changes of the organisation touches, before its day: cases, drafts, deputies and record files.

A read for those who prepare appointment orders or a reorganisation. Everything is counted; lists hold the worst
first and say of each what to do about it. Whoever looks sees of a case they have no part in its kind, its unit and
where it stands, not its title.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from kessai.decisions import access, remedies
from kessai.decisions.impact_advice import (
    STANDING_IN,
    TWICE,
    advice_of_drafts,
    advice_of_ending,
    advice_of_files,
    advice_of_step,
    advice_of_vacancy,
)
from kessai.decisions.impact_results import (
    CaseRef,
    Counts,
    DraftsTouched,
    FilesTouched,
    Impact,
    StandInTouched,
    StepTouched,
    Twice,
    Vacancy,
)
from kessai.decisions.remedies import Remedy
from kessai.drafting import queries as drafting
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.errors import NotFound
from kessai.kernel.words import N_, Text
from kessai.organisation import queries as organisation
from kessai.organisation import touched
from kessai.organisation.touched import Change, NamedPost, TouchedPost
from kessai.records import queries as records

LONGEST = 200
"""Entries of each list."""


def impact(*, actor: Actor | None, change_id: UUID, at: datetime) -> Impact:
    """What a set touches, whether it is a draft or scheduled. ``actor`` None is an operator, who sees all titles.

    NotFound for an unknown set, and for those who do not prepare sets of its kind for its ministry.
    """
    with transaction.atomic():
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
            seeing = access.sight(actor=actor, at=at)
        return _Looking(change, seeing).impact()


def _unknown() -> NotFound:
    return NotFound(N_("この予定はありません。"))


class _Looking:
    """One look at one set, inside one transaction."""

    def __init__(self, change: Change, seeing: access.Sight | None) -> None:
        self.change, self.seeing = change, seeing
        self.params: dict[str, Any] = {"tenant": change.tenant_id, "limit": LONGEST}

    def impact(self) -> Impact:
        posts = touched.posts()
        vacant = {p.successor_id or p.post_id for p in posts if p.falls_vacant}
        self._make()
        twice, twice_total = self._twice()
        written = drafting.open_by_post(tenant_id=self.change.tenant_id, post_ids=[p.post_id for p in posts])
        vacancies, orphaned, by_unit = self._vacancies(posts, vacant, written)
        standing_in, totals = self._standing_in()
        files, units, files_total = self._files()
        counts = Counts(
            posts=len(posts),
            people=touched.people(),
            vacant_posts=len(vacant),
            abolished_posts=sum(1 for post in posts if post.successor_id is not None),
            twice=twice_total,
            drafts=sum(of.count for of in written.values()),
            drafts_without_keeper=orphaned,
            units_with_another_head=units,
            record_files=files_total,
            **_counted(totals),
            **self._rows("impact_counts")[0],
        )
        return Impact(
            change=self.change,
            counts=counts,
            steps=self._steps(stuck=False),
            stuck=self._steps(stuck=True),
            twice=twice,
            vacancies=vacancies,
            drafts=self._drafts(written),
            standing_in=standing_in,
            files=files,
            by_unit=by_unit[:LONGEST],
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
                advice_of_step(named[row["post_id"]], stuck=row["stuck"]),
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
                Text(TWICE),
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
                advice_of_vacancy(self.change, named[post], steps=post in steps, drafts=post in with_drafts),
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
            DraftsTouched(named[post], written[post].count, advice_of_drafts(named[post])) for post in most
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
                Text(STANDING_IN[row.why]),
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
            FilesTouched(ending[unit].name, files[unit], None, advice_of_ending(ending[unit]))
            if unit in ending
            else FilesTouched(
                named[heads[unit]].unit_name,
                files[unit],
                named[heads[unit]],
                advice_of_files(named[heads[unit]]),
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


def _counted(standing_in: Mapping[str, tuple[int, int]]) -> dict[str, int]:
    (deputies, lapsing), (secretaries, gone) = (standing_in.get(k, (0, 0)) for k in ("deputy", "secretary"))
    return {
        "deputies": deputies,
        "deputies_lapsing": lapsing,
        "secretaries": secretaries,
        "secretaries_lapsing": gone,
    }
