"""What somebody typed about absences, deputies and secretaries, read; nothing typed is lost where it cannot be."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.http import QueryDict

from kessai.drafting.rules import Unreadable, read_date
from kessai.kernel.calendar import JAPAN
from kessai.kernel.words import N_
from kessai.organisation.absence.operations import Helper, Named
from kessai.organisation.absence.rules import DEPUTIES_MOST, SCOPES, CannotAppoint, CannotRecord
from kessai.web.base import sent

ROWS = 3
"""Empty places that are offered at least."""


def moment(day: str, clock: str) -> datetime:
    """A day and a time of day in Japan, to the minute. Errors: CannotRecord."""
    try:
        found = read_date(day[:100])
    except Unreadable as refusal:
        raise CannotRecord(refusal.text.message, "", **refusal.text.params) from refusal
    if found is None:
        raise CannotRecord(N_("日付が入っていません。"), N_("始まりの日と、職務に戻る日を入れてください。"))
    plain = unicodedata.normalize("NFKC", clock).strip()
    read = re.fullmatch(r"(\d{1,2})[:時](\d{1,2})分?(?::\d\d)?", plain)
    if read is None or int(read[1]) > 23 or int(read[2]) > 59:
        raise CannotRecord(
            N_("時刻「%(typed)s」が読み取れません。"), N_("8:30 のように入れてください。"), typed=plain[:20]
        )
    return datetime.combine(found, time(int(read[1]), int(read[2])), tzinfo=JAPAN)


@dataclass(frozen=True, slots=True)
class DeputyRow:
    """A place of the form: as it was typed, or as it stands."""

    number: int
    post: str = ""
    matters: tuple[str, ...] = ()
    start: str = ""
    end: str = ""


@dataclass(frozen=True, slots=True)
class SecretaryRow:
    number: int
    post: str = ""
    scopes: tuple[str, ...] = ()


def deputy_rows(sent: QueryDict) -> list[DeputyRow]:
    return [
        DeputyRow(
            n,
            sent.get(f"deputy-{n}", ""),
            tuple(sent.getlist(f"matters-{n}")),
            sent.get(f"from-{n}", ""),
            sent.get(f"until-{n}", ""),
        )
        for n in range(1, DEPUTIES_MOST + 1)
        if f"deputy-{n}" in sent
    ]


def secretary_rows(sent: QueryDict) -> list[SecretaryRow]:
    return [
        SecretaryRow(n, sent.get(f"secretary-{n}", ""), tuple(sent.getlist(f"scopes-{n}")))
        for n in range(1, DEPUTIES_MOST + 1)
        if f"secretary-{n}" in sent
    ]


def filled(rows: Sequence[DeputyRow]) -> list[DeputyRow]:
    """The rows with as many empty ones behind as are offered."""
    more = max(ROWS - len(rows), 1) if len(rows) < DEPUTIES_MOST else 0
    return [*rows, *(DeputyRow(len(rows) + n) for n in range(1, more + 1))]


def filled_secretaries(rows: Sequence[SecretaryRow]) -> list[SecretaryRow]:
    more = max(2 - len(rows), 1) if len(rows) < DEPUTIES_MOST else 0
    return [*rows, *(SecretaryRow(len(rows) + n, scopes=SCOPES) for n in range(1, more + 1))]


def deputies(rows: Sequence[DeputyRow], known: Mapping[str, str]) -> list[Named]:
    """The deputies that were chosen, in order; days are typed with the last one. Errors: CannotAppoint."""
    found = []
    for row in rows:
        if not row.post:
            continue
        last = _day(row.end)
        found.append(
            Named(
                _post(row.post),
                tuple(code for code in row.matters if code in known),
                _day(row.start),
                last + timedelta(days=1) if last else None,
            )
        )
    if len({each.post_id for each in found}) < len(found):
        raise CannotAppoint(N_("同じ職が二度選ばれています。"), N_("順位ごとに、ちがう職を選んでください。"))
    return found


def secretaries(rows: Sequence[SecretaryRow]) -> list[Helper]:
    return [Helper(_post(row.post), row.scopes) for row in rows if row.post]


def _post(text: str) -> int:
    return sent.key(text) or 0


def _day(text: str) -> date | None:
    try:
        return read_date(text[:100])
    except Unreadable as refusal:
        raise CannotAppoint(refusal.text.message, "", **refusal.text.params) from refusal
