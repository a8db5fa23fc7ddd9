"""``kessai simulate``: life at volume — real contract cases driven through the house."""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import asdict
from datetime import date
from pathlib import Path

from django.utils.translation import gettext

from kessai.config import cli, importing, sample
from kessai.config.commands import Words
from kessai.config.simulation import april, cases, report
from kessai.config.simulation.april import report as april_report
from kessai.config.simulation.april import scratch
from kessai.config.simulation.cast import CannotSimulate
from kessai.config.simulation.rows import CannotReadCases
from kessai.organisation import operations as organisation

INTERRUPTED = 130


class Command(Words):
    help = "Simulate the work of a central government."

    def add_words(self) -> None:
        self.add_staff()
        self.add_cases()
        self.add_april()

    def add_staff(self) -> None:
        word = self.word(
            "staff",
            self.staff,
            "Give posts and people to imported units until there are N in all. What is there stays; the same"
            " total, seed and chart give the same staff.",
            json=True,
        )
        word.add_argument("--total", type=_positive, required=True, metavar="N", help="how many posts in all")
        word.add_argument(
            "--seed", type=int, default=1, help="the same seed gives the same people (default 1)"
        )
        word.add_argument(
            "--tenant", help="code, number or name of one ministry (default: all without other posts)"
        )
        word.add_argument(
            "--effective",
            type=importing.day,
            metavar="DATE",
            help="the day the appointments begin (default: April 1 of the present fiscal year)",
        )

    def staff(
        self, *, total: int, seed: int, tenant: str | None, effective: date | None, as_json: bool
    ) -> int:
        began = time.monotonic()
        done = organisation.simulate_staff(
            total=total,
            seed=seed,
            effective=effective or importing.start_of_year(),
            names=sample.names(),
            tenant_id=importing.tenant(tenant).id if tenant else None,
        )
        if done.made:
            importing.refresh_statistics()
        seconds = time.monotonic() - began
        if as_json:
            self.write_json({**asdict(done), "seed": seed, "seconds": round(seconds, 2)})
        else:
            self.stdout.write(
                gettext("%(tenants)s府省庁の%(units)s部署に%(posts)sの職。新しく%(made)s（%(seconds).1f秒）")
                % {
                    "tenants": done.tenants,
                    "units": f"{done.units:,}",
                    "posts": f"{done.posts:,}",
                    "made": f"{done.made:,}",
                    "seconds": seconds,
                }
            )
        return 0

    def add_cases(self) -> None:
        word = self.word(
            "cases",
            self.cases,
            "Drive real contract cases from drafter to decider. Exit code 0: done; 1: something failed that"
            " should not have; 2: could not run; 130: interrupted.",
            json=True,
        )
        word.add_argument("file", type=Path, help="CSV of contract cases, gzipped or plain")
        word.add_argument(
            "--limit",
            type=_positive,
            required=True,
            metavar="N",
            help="how many direct rows to try; refused ones count. They are chosen by the seed from the whole"
            " file, so that all ministries take part",
        )
        word.add_argument("--in-order", action="store_true", help="take the first N direct rows instead")
        word.add_argument(
            "--seed", type=int, default=1, help="the same seed makes the same choices (default 1)"
        )
        word.add_argument("--workers", type=_positive, default=2, metavar="W", help="processes (default 2)")

    def cases(self, *, file: Path, limit: int, seed: int, workers: int, in_order: bool, as_json: bool) -> int:
        try:
            tally = cases.run(path=file, limit=limit, seed=seed, workers=workers, in_order=in_order)
        except (CannotReadCases, CannotSimulate) as refusal:
            cli.say(refusal, sys.stderr)
            return cli.COULD_NOT_RUN
        if as_json:
            self.write_json(
                {"file": str(file), "limit": limit, "seed": seed, "workers": workers, **tally.to_json()}
            )
        else:
            for line in report.lines(tally):
                self.stdout.write(line)
        if tally.failed:
            return 1
        return INTERRUPTED if tally.interrupted else 0

    def add_april(self) -> None:
        word = self.word(
            "april",
            self.april,
            "Let April 1 pass on a scratch database: appointment orders prepared, previewed and scheduled, midnight"
            " under load, every open case brought to its decision. Exit code 0: no act was refused, no task lost, no"
            " step written by the day; 1: something was; 2: could not run. No other data is touched.",
            json=True,
        )
        word.add_argument(
            "--staff", type=_positive, default=2_000, metavar="N", help="people (default 2,000)"
        )
        word.add_argument(
            "--transfers",
            type=_positive,
            default=600,
            metavar="N",
            help="appointments of the day (default 600)",
        )
        word.add_argument(
            "--cases", type=_positive, default=200, metavar="N", help="open cases (default 200)"
        )
        word.add_argument(
            "--units",
            type=Path,
            metavar="FILE",
            help="CSV of units as for org import (default: a chart made up)",
        )
        word.add_argument(
            "--seed", type=int, default=1, help="the same seed makes the same choices (default 1)"
        )
        word.add_argument("--workers", type=_positive, default=2, metavar="W", help="processes (default 2)")

    def april(
        self,
        *,
        staff: int,
        transfers: int,
        cases: int,
        units: Path | None,
        seed: int,
        workers: int,
        as_json: bool,
    ) -> int:
        given = {"staff": staff, "transfers": transfers, "cases": cases, "seed": seed, "workers": workers}
        arguments = [f"--{name}={value}" for name, value in given.items()]
        arguments += [f"--units={units.resolve()}"] if units else []
        code, found = scratch.run(april.__name__, [*arguments, f"--language={cli.terminal_language()}"])
        if as_json:
            self.write_json({**given, "units": str(units) if units else None, **found})
        elif found:
            for line in april_report.lines(found):
                self.stdout.write(line)
        return code


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number
