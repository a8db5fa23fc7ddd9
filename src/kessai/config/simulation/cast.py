"""Who drafts: an officer or section chief of a division of the row's ministry, chosen by the seed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kessai.config.simulation.chance import chosen
from kessai.config.simulation.rows import Row
from kessai.kernel.errors import Cannot, NotFound
from kessai.kernel.words import N_
from kessai.organisation import queries as organisation
from kessai.organisation.rules import Seat
from kessai.routing import queries as routing
from kessai.routing.rules import CannotPlan

MATTER = "contract_service"
DRAFTERS = ("officer", "section_chief")
PLACES = ("division", "office", "section")


class CannotSimulate(Cannot):
    """The house has not what the simulation needs."""


class CannotFindDrafter(Cannot):
    """Nobody can draft this row's case."""


@dataclass(frozen=True, slots=True)
class Cast:
    """The ministries by name, and in each the seats that draft, by unit. Filled as ministries are met."""

    day: date
    tenants: dict[str, int]
    divisions: dict[int, tuple[tuple[Seat, ...], ...]]

    def drafter(self, row: Row, seed: int) -> Seat:
        """The same seat for the same row and seed; cases of one project come from one unit.

        Errors: CannotFindDrafter.
        """
        tenant = self.tenants.get(row.ministry)
        if tenant is None:
            raise CannotFindDrafter(
                N_("府省「%(ministry)s」は組織にありません。"),
                N_("kessai org import で組織を読み込んでください。"),
                ministry=row.ministry,
            )
        if tenant not in self.divisions:
            self.divisions[tenant] = _divisions(tenant, self.day)
        divisions = self.divisions[tenant]
        if not divisions:
            raise CannotFindDrafter(
                N_("府省「%(ministry)s」に、起案できる課の職員がいません。"),
                N_("kessai simulate staff を実行してください。"),
                ministry=row.ministry,
            )
        seats = divisions[chosen(seed, "unit", row.ministry, row.project_id) % len(divisions)]
        return seats[chosen(seed, "drafter", row.line) % len(seats)]


def assemble(day: date) -> Cast:
    """The cast of a day. Errors: CannotSimulate, saying which command makes what is missing."""
    tenants = {tenant.name: tenant.id for tenant in organisation.tenants()}
    if not tenants:
        raise CannotSimulate(
            N_("組織がまだありません。"),
            N_(
                "先に kessai org import units.csv、次に kessai simulate staff --total 20000 を実行してください。"
            ),
        )
    cast = Cast(day, tenants, {})
    for tenant in tenants.values():
        cast.divisions[tenant] = _divisions(tenant, day)
    staffed = [tenant for tenant, divisions in cast.divisions.items() if divisions]
    if not staffed:
        raise CannotSimulate(
            N_("課に職と職員がまだいません。"),
            N_("先に kessai simulate staff --total 20000 を実行してください。"),
        )
    _require_rules(staffed, day)
    return cast


def _require_rules(tenants: list[int], day: date) -> None:
    for tenant in tenants:
        try:
            routing.matter(tenant_id=tenant, code=MATTER, on=day)
            routing.table_in_force(tenant_id=tenant, on=day, matter_codes=[MATTER])
            return
        except (NotFound, CannotPlan):
            continue
    raise CannotSimulate(
        N_("事案の種類「%(matter)s」と決裁規程の表が、どの府省にもありません。"),
        N_("kessai simulate staff --total 20000 を実行し直すか、決裁規程を読み込んでください。"),
        matter=MATTER,
    )


def _divisions(tenant_id: int, day: date) -> tuple[tuple[Seat, ...], ...]:
    units: dict[int, list[Seat]] = {}
    for seat in organisation.occupied(tenant_id=tenant_id, levels=DRAFTERS, kinds=PLACES, on=day):
        units.setdefault(seat.unit_id, []).append(seat)
    return tuple(tuple(seats) for seats in units.values())
