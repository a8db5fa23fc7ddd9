"""Which unit files what has come to its end, and by which symbol it is numbered."""

from __future__ import annotations

from datetime import date

from kessai.decisions.models import Case, Event
from kessai.kernel.calendar import day_in_japan
from kessai.organisation import queries as organisation


def filing_unit(case: Case, submitted: Event, today: date) -> tuple[int, str]:
    """The unit that files a case and its symbol: the drafting unit, or today's successor of it (S29).

    The symbol of the day of submission stands in where today there is none.
    """
    unit = organisation.units_now(unit_ids=[case.drafter_unit_id], on=today).get(case.drafter_unit_id)
    if unit is not None and unit.symbol:
        return unit.unit_id, unit.symbol
    then = organisation.seats(post_ids=[submitted.post_id], on=day_in_japan(submitted.at))[submitted.post_id]
    return unit.unit_id if unit else case.drafter_unit_id, then.unit_symbol
