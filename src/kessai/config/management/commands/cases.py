"""``kessai cases``: what waits too long, and where nobody can act. No word of it acts in somebody's place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, ngettext

from kessai.config import cli, importing
from kessai.config.commands import Words
from kessai.decisions.reminding import operations, queries
from kessai.decisions.results import SentItem
from kessai.insight import operations as counting
from kessai.insight import standing
from kessai.insight.troubles.rules import Trouble


class Command(Words):
    help = "Cases under way: where nobody can act, and the reminders of the day."

    def add_words(self) -> None:
        stuck = self.word(
            "stuck", self.stuck, "steps at which nobody can act: since when, why, whom to ask", json=True
        )
        stuck.add_argument("--tenant", help="code, number or name of a ministry (default: all)")
        stuck.add_argument(
            "--all",
            action="store_true",
            dest="everything",
            help="also what is refused, on hold, away, waiting for rework, overdue, or longer than nine in ten",
        )
        count = self.word(
            "count",
            self.count,
            "count anew how long steps take, as the worker does at night; says how the forecast held",
            json=True,
        )
        count.add_argument("--tenant", help="code, number or name of a ministry (default: all)")
        remind = self.word(
            "remind", self.remind, "do the day's reminders, as the worker does each morning", json=True
        )
        remind.add_argument("--tenant", help="code, number or name of a ministry (default: all)")
        remind.add_argument("--dry-run", action="store_true", help="say who would be reminded, tell nobody")

    def stuck(self, *, tenant: str | None, everything: bool, as_json: bool) -> int:
        if everything:
            return self._stuck_for_any_reason(importing.tenant_ids(tenant), as_json)
        found = [
            step
            for tenant_id in importing.tenant_ids(tenant)
            for step in queries.stuck_steps(tenant_id=tenant_id, at=timezone.now())
        ]
        if as_json:
            self.write_json([_as_json(step) for step in found])
            return 0
        for step in found:
            self.stdout.write(
                f"{step.tenant_id}-{step.case_id}  {step.unit_name} {step.post_title}  {step.since}〜  "
                f"{cli.in_words(step.why)}"
            )
        said = ngettext("止まっている段階：%(n)s件", "止まっている段階：%(n)s件", len(found))
        self.stdout.write(said % {"n": len(found)})
        return 0

    def _stuck_for_any_reason(self, ids: tuple[int, ...], as_json: bool) -> int:
        found = [
            (each.item, trouble)
            for tenant_id in ids
            for each in standing.of_ministry(tenant_id=tenant_id, at=timezone.now())
            for trouble in each.troubles
        ]
        if as_json:
            self.write_json([_trouble_as_json(item, trouble) for item, trouble in found])
            return 0
        for item, trouble in found:
            self.stdout.write(
                f"{item.tenant_id}-{item.case_id}  {cli.in_words(trouble.what)}  {trouble.ask}  "
                f"{cli.in_words(trouble.helps)}"
            )
        cases = len({item.case_id for item, _ in found})
        said = ngettext("進んでいない案件：%(n)s件", "進んでいない案件：%(n)s件", cases)
        self.stdout.write(said % {"n": cases})
        return 0

    def count(self, *, tenant: str | None, as_json: bool) -> int:
        at = timezone.now()
        done = {
            tenant_id: counting.count(tenant_id=tenant_id, at=at)
            for tenant_id in importing.tenant_ids(tenant)
        }
        if as_json:
            self.write_json([{"tenant": tenant_id, **asdict(counted)} for tenant_id, counted in done.items()])
            return 0
        for tenant_id, counted in done.items():
            said = gettext(
                "%(tenant)s：%(since)sから%(cases)s件（決裁 %(decided)s件）。見込みを確かめた%(n)s件のうち、"
                "半分の幅に%(half)s件、9割の幅に%(most)s件"
            )
            self.stdout.write(
                said
                % {
                    "tenant": tenant_id,
                    "since": counted.since,
                    "cases": counted.cases,
                    "decided": counted.decided,
                    "n": counted.checked.n,
                    "half": counted.checked.half,
                    "most": counted.checked.most,
                }
            )
        return 0

    def remind(self, *, tenant: str | None, dry_run: bool, as_json: bool) -> int:
        at, ids = timezone.now(), importing.tenant_ids(tenant)
        if dry_run:
            return self._would_remind(ids, as_json)
        done = {tenant_id: operations.day(tenant_id=tenant_id, at=at) for tenant_id in ids}
        if as_json:
            self.write_json([{"tenant": tenant_id, **asdict(day)} for tenant_id, day in done.items()])
            return 0
        for tenant_id, day in done.items():
            said = gettext(
                "%(tenant)s：催促 %(reminded)s人、止まっている段階の知らせ %(stuck)s人、長い保留の知らせ %(held)s人"
            )
            self.stdout.write(said % {"tenant": tenant_id, **asdict(day)})
        return 0

    def _would_remind(self, ids: tuple[int, ...], as_json: bool) -> int:
        found = [(tenant_id, due) for tenant_id in ids for due in _all_due(tenant_id)]
        if as_json:
            self.write_json(
                [
                    {
                        "case": f"{tenant_id}-{due.case_id}",
                        "step": due.position,
                        "kind": due.kind or "rework",
                        "deadline": due.deadline,
                        "why": due.why,
                        "people": [f"{one.title} {one.name}" for one in due.people],
                    }
                    for tenant_id, due in found
                ]
            )
            return 0
        for tenant_id, due in found:
            people = "・".join(f"{one.title} {one.name}" for one in due.people)
            self.stdout.write(f"{tenant_id}-{due.case_id}  {due.deadline}  {due.why}  {people}")
        return 0


def _all_due(tenant_id: int) -> Iterator[queries.Due]:
    after: Any = queries.FIRST
    while after is not None:
        due, after = queries.due(tenant_id=tenant_id, at=timezone.now(), after=after)
        yield from due


def _trouble_as_json(item: SentItem, trouble: Trouble) -> dict[str, Any]:
    """Without its title: whoever runs the machines need not read the case."""
    return {
        "case": f"{item.tenant_id}-{item.case_id}",
        "kind": trouble.kind,
        "what": cli.in_words(trouble.what),
        "ask": trouble.ask,
        "helps": cli.in_words(trouble.helps),
        "drafter": item.drafter,
        "deadline": item.deadline,
    }


def _as_json(step: queries.StuckStep) -> dict[str, Any]:
    """Without its title: whoever runs the machines need not read the case."""
    return {
        "case": f"{step.tenant_id}-{step.case_id}",
        "step": step.position,
        "kind": step.kind,
        "post": step.post_title,
        "unit": step.unit_name,
        "since": step.since,
        "why": cli.in_words(step.why),
        "ask": step.why.params.get("ask"),
        "drafter": f"{step.drafter_unit} {step.drafter_name}",
    }
