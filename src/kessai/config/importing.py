"""What the commands that bring in files share: the day, the ministries, and saying which lines are bad."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection, connections
from django.utils import timezone

from kessai.config import cli
from kessai.config.commands import Finished, Words
from kessai.kernel.calendar import day_in_japan, fiscal_year
from kessai.kernel.errors import Cannot
from kessai.kernel.lines import CannotImport
from kessai.kernel.words import N_
from kessai.organisation import queries as chart
from kessai.organisation.queries import TenantName

SHOWN = 100
"""Bad lines that are said one by one; ``--json`` gives all."""

TABLES = tuple(
    f"{room}_{table}"
    for room, tables in {
        "organisation": ("unit", "unitversion", "post", "postversion", "person", "appointment"),
        "routing": ("mattertype", "authoritytable", "authorityrow", "authorityexample"),
        "records": ("retentionclass", "numberformat", "issuemethod", "seal", "addressee", "letterlayout"),
    }.items()
    for table in tables
)
"""What an import may fill."""


class CannotFindTenant(Cannot):
    """No such ministry."""


class CannotReadFile(Cannot):
    """The file that was named cannot be read."""


class Importing(Words):
    """A command whose words bring in files. A file that cannot be read is exit code 2."""

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            super().handle(*args, **options)
        except CannotReadFile as refusal:
            cli.say(refusal, self.stderr)  # type: ignore[arg-type]
            raise Finished(cli.COULD_NOT_RUN) from refusal

    def refused(self, refusal: CannotImport, *, file: Path, as_json: bool) -> int:
        """Say every bad line, with its number and reason; the exit code."""
        if as_json:
            lines = [
                {"line": bad.number, "reason": cli.in_words(bad.reason)}
                | ({"sheet": bad.sheet} if bad.sheet else {})
                for bad in refusal.lines
            ]
            self.write_json({"file": str(file), "imported": False, "bad_lines": lines})
            return cli.REFUSED
        for bad in refusal.lines[:SHOWN]:
            place = f"{file}:{bad.sheet}:{bad.number}" if bad.sheet else f"{file}:{bad.number}"
            self.stderr.write(f"{place}: {cli.in_words(bad.reason)}", ending="\n")
        if len(refusal.lines) > SHOWN:
            self.stderr.write(f"… +{len(refusal.lines) - SHOWN}")
        cli.say(refusal, self.stderr)  # type: ignore[arg-type]
        return cli.REFUSED


def read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CannotReadFile(
            N_("%(file)s が読めません（%(said)s）。"),
            N_("ファイルの名前と場所を確かめてください。"),
            file=str(file),
            said=error.strerror or str(error),
        ) from error


def day(text: str) -> date:
    """A day as an argument: 2026-04-01."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("a day is written 2026-04-01") from None


def refresh_statistics() -> None:
    """Let the database look at the chart and the rules again, after many rows came at once.

    Until it does so by itself, a minute later, it would take the tables for empty and plan badly. Only owners
    may; inside a caller's transaction nothing is done.
    """
    if connection.in_atomic_block:
        return
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(TABLES)}")
    connections["owner"].close()


def today() -> date:
    return day_in_japan(timezone.now())


def start_of_year() -> date:
    """April 1 of the present fiscal year."""
    return date(fiscal_year(today()), 4, 1)


def tenant(code: str) -> TenantName:
    """A ministry by its code, number or name; refused with CannotFindTenant."""
    for found in chart.tenants():
        if code in (found.code, str(found.id), found.name):
            return found
    raise CannotFindTenant(
        N_("府省庁「%(code)s」がありません。"), N_("kessai org show で一覧を見られます。"), code=code
    )


def tenant_ids(code: str | None) -> tuple[int, ...]:
    """One ministry, or all of them where none is named."""
    if code is not None:
        return (tenant(code).id,)
    found = tuple(sorted(found.id for found in chart.tenants()))
    if not found:
        raise CannotFindTenant(
            N_("府省庁がまだありません。"), N_("先に kessai org import で組織を取り込んでください。")
        )
    return found
