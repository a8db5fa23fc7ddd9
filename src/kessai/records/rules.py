"""When retention starts and ends, and how a number is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kessai.kernel.calendar import fiscal_year
from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_

DECISION, RECEIPT = "decision", "receipt"
"""What is numbered: what was decided, and what arrived from outside. Each has a form of its own."""


class CannotNumber(Cannot):
    """No number can be given."""


@dataclass(frozen=True, slots=True)
class Retention:
    """[starts_on, expires_on]: both days included; ``expires_on`` None where no end can be computed."""

    starts_on: date
    expires_on: date | None


def retention(made_on: date, years: int | None) -> Retention:
    """Retention of what was made on a day (公文書管理法施行令 8条).

    It starts on April 1 of the fiscal year after, and lasts whole years: made 2026-05-10, five years gives
    2027-04-01 to 2032-03-31.
    """
    start = date(fiscal_year(made_on) + 1, 4, 1)
    if years is None:
        return Retention(start, None)
    return Retention(start, date(start.year + years, 3, 31))


def number_text(template: str, *, symbol: str, serial: int, year: int) -> str:
    """A document number as its ministry writes it; ``{symbol}``, ``{serial}``, ``{fiscal_year}``."""
    if serial < 1:
        raise ValueError("serials start at 1")
    if not symbol:
        raise CannotNumber(
            N_("起案した部署に文書記号がありません。"), N_("文書担当課に、文書記号の登録を依頼してください。")
        )
    return template.format(symbol=symbol, serial=serial, fiscal_year=year)
