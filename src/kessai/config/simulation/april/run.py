"""The whole of April 1, on the empty database that Django points to."""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management import call_command

from kessai.config import importing
from kessai.config.simulation.april import batch as batches
from kessai.config.simulation.april import chart, flight, midnight, proof
from kessai.config.simulation.april.batch import Batch
from kessai.config.simulation.april.flight import Done, Flown
from kessai.config.simulation.april.pool import Pool
from kessai.config.simulation.april.shown import Shown
from kessai.config.simulation.chance import chosen
from kessai.decisions import impact as impacts
from kessai.decisions import remedies, verification
from kessai.decisions.impact_results import Counts, Impact, Vacancy
from kessai.kernel.calendar import JAPAN, fiscal_year
from kessai.kernel.words import N_
from kessai.ledger import sequencer
from kessai.organisation import operations as organisation
from kessai.organisation import queries as organisation_queries
from kessai.organisation.orders import operations as orders

INBOXES = 2_000
"""First looks of the day that are compared, those with tasks first."""

ROUNDS = 8
LONGEST_NIGHT, SHORTEST_NIGHT, CASES_A_SECOND = 90.0, 4.0, 30.0
SHOWN_WORDS = 20


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do: ``units`` None makes up a chart for so many people."""

    staff: int
    transfers: int
    cases: int
    seed: int = 1
    workers: int = 2
    units: Path | None = None


@dataclass(slots=True)
class Result:
    """What came of it. ``zero``: counts that must all be 0; ``seen``: what happened; ``words``: of what went wrong."""

    zero: Counter[str] = field(default_factory=Counter)
    seen: dict[str, Any] = field(default_factory=dict)
    impact: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return not any(self.zero.values())

    def wrong(self, what: str, said: list[str]) -> None:
        self.zero[what] += len(said)
        self.words += [f"{what}: {words.strip()}" for words in said[:SHOWN_WORDS]]

    def to_json(self) -> dict[str, Any]:
        return {
            "good": self.good,
            "must_be_zero": dict(self.zero),
            "seen": self.seen,
            "impact": dict(self.impact),
            "seconds": {key: round(value, 1) for key, value in self.seconds.items()},
            "words": self.words,
        }


def run(plan: Plan) -> Result:
    """Build, fly, order, preview, schedule, let midnight pass under load, land, verify. Errors: those of the acts."""
    with Pool(plan.workers) as pool:
        return _April(plan, pool).run()


class _April:
    def __init__(self, plan: Plan, pool: Pool) -> None:
        self.plan, self.pool = plan, pool
        self.shown = Shown()
        self.result = Result(
            zero=Counter(
                dict.fromkeys(
                    (
                        "refused_acts",
                        "failed_acts",
                        "wrong_holder_let_through",
                        "lost_tasks",
                        "step_rows_rewritten",
                        "wrong_inboxes",
                        "undecided_cases",
                        "faulty_lines",
                        "stuck_after_remedies",
                        "preview_differs",
                        "ledger_findings",
                    ),
                    0,
                )
            )
        )
        self.counts: dict[int, Counts] = {}
        self.keepers: dict[int, int] = {}
        self.day = date(fiscal_year(importing.today()) + 1, 4, 1)
        self.eve = self.day - timedelta(days=1)

    def at(self, day: date, hour: int) -> datetime:
        return datetime(day.year, day.month, day.day, hour, tzinfo=JAPAN)

    def run(self) -> Result:
        self._build()
        flown = self._take_off()
        made = self._order()
        self._pass_midnight(flown)
        self._first_looks(made)
        self._learn_keepers(made)
        self._land([replace(case, keeper_id=self.keepers.get(case.post_id)) for case in flown])
        self._verify()
        self.result.seconds = self.shown.seconds
        return self.result

    def _build(self) -> None:
        plan = self.plan
        with self.shown.phase("database", N_("一時データベースを作る")):
            call_command("migrate", verbosity=0)
        with self.shown.phase("staff", N_("組織と職員を入れる")):
            posts = chart.build(
                units=plan.units, staff=plan.staff, seed=plan.seed, effective=importing.start_of_year()
            )
        self.tenants = [tenant.id for tenant in organisation_queries.tenants()]
        self.everyone = organisation_queries.posts_by_tenant(tenant_ids=self.tenants)
        self.result.seen |= {
            "posts": posts,
            "ministries": len(self.tenants),
            "effective": self.day.isoformat(),
        }

    def _take_off(self) -> list[Flown]:
        flown: list[Flown] = []
        acts = 0
        day = self.eve - timedelta(days=1)
        with self.shown.phase("cases", N_("案件を起案し、途中まで進める"), self.plan.cases):
            numbers = range(1, self.plan.cases + 1)
            for done in self.pool.each(flight.take_off, numbers, day=day, seed=self.plan.seed):
                self._note(done)
                acts += done.acts
                if done.case is not None:
                    flown.append(done.case)
                self.shown.step()
            proof.refresh_statistics()
        flown.sort(key=lambda case: case.number)
        self.result.seen |= {"cases": len(flown), "acts_before": acts}
        return flown

    def _note(self, done: Done) -> None:
        self.result.wrong("refused_acts", done.refused)
        self.result.wrong("failed_acts", done.failed)

    def _order(self) -> list[Batch]:
        made = batches.plan(posts=self.everyone, transfers=self.plan.transfers, seed=self.plan.seed)
        ids: dict[int, UUID] = {}
        at = self.at(self.eve - timedelta(days=1), 18)
        with self.shown.phase("orders_load", N_("発令を読み込む"), len(made)):
            for batch in made:
                if batch.new:
                    organisation.import_people(source=batch.people(), tenant_id=batch.tenant_id)
                ids[batch.tenant_id] = change = orders.start(
                    actor=None,
                    tenant_id=batch.tenant_id,
                    title="4月1日付け人事異動",
                    effective=self.day,
                    at=at,
                )
                orders.load(
                    actor=None, change_id=change, source=batch.source(), source_name="april.csv", at=at
                )
                self.shown.step()
        with self.shown.phase("orders_check", N_("発令を確かめる"), len(made)):
            for batch in made:
                checked = orders.check(actor=None, change_id=ids[batch.tenant_id], at=at)
                self.result.wrong("faulty_lines", [str(bad.reason) for bad in checked.faults])
                self.shown.step()
        with self.shown.phase("preview", N_("影響を調べ、欠員を埋める"), len(made)):
            for batch in made:
                self._preview(batch, ids[batch.tenant_id], at)
                self.shown.step()
        with self.shown.phase("orders_schedule", N_("発令を確定する"), len(made)):
            for batch in made:
                orders.schedule(actor=None, change_id=ids[batch.tenant_id], at=at)
                self.shown.step()
        self._preview_again(made, ids, at)
        lines = Counter(line["act"] for batch in made for line in batch.lines)
        self.result.seen |= {
            "batches": len(made),
            "transfers": lines["appoint"],
            "retire": lines["retire"],
            "new": sum(len(batch.new) for batch in made),
        }
        return made

    def _preview(self, batch: Batch, change_id: UUID, at: datetime) -> None:
        """Look at what the batch touches, and add what the page offers until nothing would stop."""
        for _ in range(ROUNDS):
            found = impacts.impact(actor=None, change_id=change_id, at=at)
            if batch.tenant_id not in self.counts:
                self.result.impact.update(_counted(found.counts))
            self.counts[batch.tenant_id] = found.counts
            if found.nothing_stops and not any(_waits(vacancy) for vacancy in found.vacancies):
                return
            if not self._remedy(batch, change_id, found, at):
                break
        if not found.nothing_stops:
            self.result.wrong("stuck_after_remedies", [f"ministry {batch.tenant_id}: {found.counts}"])

    def _remedy(self, batch: Batch, change_id: UUID, found: Impact, at: datetime) -> int:
        taken = 0
        for vacancy in found.vacancies:
            offered = [way for way in vacancy.remedies if way.kind in _kinds(vacancy)]
            if not offered or not _waits(vacancy):
                continue
            way = offered[chosen(self.plan.seed, "way", vacancy.post.code) % len(offered)]
            for line in way.lines:
                orders.add_line(actor=None, change_id=change_id, line=line, at=at)
                if way.kind == remedies.ACTING:
                    batch.after[line.post] = line.staff_no
                elif way.kind == remedies.FOLD:
                    batch.folded[line.post] = line.into
                else:
                    batch.kept[line.post] = line.into
            taken += 1
            self.result.seen[f"remedy_{way.kind}"] = self.result.seen.get(f"remedy_{way.kind}", 0) + 1
        return taken

    def _preview_again(self, made: list[Batch], ids: Mapping[int, UUID], at: datetime) -> None:
        """What is scheduled touches what the last preview said."""
        with self.shown.phase("impact_of_scheduled", N_("確定した後の影響を比べる"), len(made)):
            for batch in made:
                now = impacts.impact(actor=None, change_id=ids[batch.tenant_id], at=at).counts
                if now != self.counts[batch.tenant_id]:
                    words = f"ministry {batch.tenant_id}: {self.counts[batch.tenant_id]} then {now}"
                    self.result.wrong("preview_differs", [words])
                self.shown.step()

    def _pass_midnight(self, flown: list[Flown]) -> None:
        """Real seconds go by while the clock shows the minutes around midnight."""
        workers = self.plan.workers
        order = sorted(flown, key=lambda case: chosen(self.plan.seed, "night", case.number))
        length = min(max(len(order) / CASES_A_SECOND, SHORTEST_NIGHT), LONGEST_NIGHT)
        speed = (midnight.BEFORE + midnight.AFTER).total_seconds() / length
        proof.keep()
        with self.shown.phase("midnight", N_("3月31日から4月1日へ、操作を続けながら日付を越える")):
            passing = midnight.Passing(self.day, time.time() + midnight.BEFORE.total_seconds() / speed, speed)
            nights = self.pool.all(midnight.work, [order[n::workers] for n in range(workers)], passing)
        acted_on = [case for night in nights for case in night.acted_on]
        rewritten, looked_at = proof.rewritten(acted_on=acted_on)
        result = self.result
        result.zero["step_rows_rewritten"] += rewritten
        acts: Counter[str] = Counter()
        turned_away: Counter[str] = Counter()
        for night in nights:
            acts += night.acts
            turned_away += night.turned_away
            result.wrong("refused_acts", night.refused)
            result.wrong("failed_acts", night.failed)
            result.wrong("wrong_holder_let_through", night.let_through)
        result.seen |= {
            "acts_at_night": dict(acts),
            "turned_away": dict(turned_away),
            "step_rows_compared": looked_at,
        }

    def _first_looks(self, made: list[Batch]) -> None:
        """The inbox of everybody who moved, on their first request of the day, beside what the orders say."""
        by_tenant = {batch.tenant_id: batch for batch in made}
        left = proof.steps_left()
        aside = _merged(left, by_tenant)
        tasks: dict[tuple[int, str], set[proof.Task]] = {}
        nobody = 0
        for step in left:
            if not step.is_open or step.case_id in aside:
                continue
            batch, everyone = by_tenant.get(step.tenant_id), self.everyone[step.tenant_id]
            staff_no = batch.holder(step.post, everyone) if batch else everyone.get(step.post)
            if staff_no:
                tasks.setdefault((step.tenant_id, staff_no), set()).add((step.case_id, step.position))
            else:
                nobody += 1
        self.result.seen |= {"tasks_of_nobody": nobody, "merged_routes": len(aside)}
        movers = {
            (batch.tenant_id, staff_no)
            for batch in made
            for staff_no in {*batch.before.values(), *batch.after.values()}
            if staff_no
        }
        wanted = sorted(movers, key=lambda who: (who not in tasks, chosen(self.plan.seed, "look", *who)))[
            :INBOXES
        ]
        people = {
            tenant_id: {
                no: found.person_id for no, found in organisation_queries.people(tenant_id=tenant_id).items()
            }
            for tenant_id in {tenant_id for tenant_id, _ in wanted}
        }
        at = self.at(self.day, 0)
        with self.shown.phase("inboxes", N_("異動した人の受信箱を確かめる"), len(wanted)):
            taken = []
            for looked in self.pool.each(proof.look, proof.expected(people, wanted, tasks, aside), at=at):
                taken.append(looked.seconds)
                self.result.wrong("wrong_inboxes", [] if looked.right else [looked.words])
                self.shown.step()
        self.result.seen |= {
            "inboxes_compared": len(wanted),
            "inboxes_with_tasks": sum(1 for who in wanted if who in tasks),
            "inbox_median_ms": round(statistics.median(taken) * 1000, 1) if taken else None,
        }

    def _learn_keepers(self, made: list[Batch]) -> None:
        for batch in made:
            ids = proof.post_ids(tenant_id=batch.tenant_id, codes={*batch.kept, *batch.kept.values()})
            self.keepers |= {ids[post]: ids[into] for post, into in batch.kept.items()}

    def _land(self, flown: list[Flown]) -> None:
        acts = 0
        with self.shown.phase("landing", N_("すべての案件を決裁まで進める"), len(flown)):
            for done in self.pool.each(flight.land, flown, at=self.at(self.day, 9)):
                self._note(done)
                acts += done.acts
                self.shown.step()
        self.result.zero["undecided_cases"] += proof.undecided()
        self.result.zero["lost_tasks"] += proof.lost()
        self.result.seen["acts_after"] = acts

    def _verify(self) -> None:
        with self.shown.phase("verify", N_("台帳を検証する")):
            while sequencer.step(at=self.at(self.day, 20), recover=False):
                pass
            report = verification.verify_all()
        self.result.wrong(
            "ledger_findings", [f"{each.finding.what} {each.finding.text}" for each in report.findings]
        )
        self.result.zero["ledger_findings"] += report.pending
        self.result.seen |= {"ledger_entries": report.entries, "ledger_cases": report.cases}


def _waits(vacancy: Vacancy) -> bool:
    """Whether something stops at a vacant post, or would as soon as somebody drafts."""
    steps = vacancy.open_steps or vacancy.waiting_steps
    held_up = steps or (vacancy.drafts and not vacancy.drafts_kept) or vacancy.post.in_line
    return bool(held_up) and vacancy.post.successor_id is None


def _kinds(vacancy: Vacancy) -> tuple[str, ...]:
    """Which ways out are taken. A head who would decide a matter cannot submit it too, so keeps no drafts."""
    if vacancy.open_steps or vacancy.waiting_steps or vacancy.post.in_line:
        return (remedies.ACTING, remedies.FOLD)
    if all(
        line.into.endswith("deputy")
        for way in vacancy.remedies
        for line in way.lines
        if line.act == "keep_drafts"
    ):
        return (remedies.KEEP_DRAFTS,)
    return (remedies.ACTING,)


def _merged(left: list[proof.StepLeft], by_tenant: Mapping[int, Batch]) -> frozenset[UUID]:
    """Cases at which a folded post and the post it went into both stand: they are asked once, at the later place."""
    posts: dict[UUID, list[tuple[str, bool]]] = {}
    for step in left:
        folded = by_tenant[step.tenant_id].folded if step.tenant_id in by_tenant else {}
        post = step.post
        while post in folded:
            post = folded[post]
        posts.setdefault(step.case_id, []).append((post, post != step.post))
    return frozenset(
        case_id
        for case_id, at in posts.items()
        if any(folded for _, folded in at) and len({post for post, _ in at}) < len(at)
    )


def _counted(counts: Counts) -> dict[str, int]:
    return {name: getattr(counts, name) for name in Counts.__dataclass_fields__}
