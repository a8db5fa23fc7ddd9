"""What it takes to draft, read and act, counted and measured in a browser on a running ministry: ``make ux``.

Writes ``build/ux.json``, prints the table, and ends with 0 only if all of it holds. ``--write`` also writes
``docs/experience.md``; ``--pages WORDS`` measures only the pages whose names match a regular expression.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "src")]

from playwright.sync_api import Browser, sync_playwright  # noqa: E402

import browser as chromium  # noqa: E402
from installation import Installation, free_port  # noqa: E402
from journeys import counted, measuring, screenshots, ux_table  # noqa: E402
from journeys.story import DRAFTER, REVIEWER  # noqa: E402
from journeys.tally import Tally  # noqa: E402
from journeys.walker import DESK, LAUNCH, Walker, names  # noqa: E402
from journeys.words import SAY  # noqa: E402

OUT = ROOT / "build/ux.json"
LOADS = {"ja": measuring.LOADS, "en": 1}
"""How soon a page is painted hardly depends on its language: in English one load in time is enough."""


def count_acts(browser: Browser, address: str, language: str) -> dict[str, Any]:
    """Each act done once, with what it took."""
    done: dict[str, Any] = {}
    say = SAY[language]
    drafter, tally = come_in(browser, address, DRAFTER, language)
    title = f"窓口業務の改善に関する調査の委託（{language}）"
    with tally.counting() as count:
        counted.contract_from_zero(drafter, say, title)
    done["contract_from_zero"] = count.as_json()
    drafter.open("/")
    with tally.counting() as count:
        shown = drafter.page.locator("section[aria-labelledby=sent] > .sent-list > li").filter(has_text=title)
        words = shown.first.inner_text()
    holder = names()[REVIEWER][0]
    done["who_has_it"] = {
        **count.as_json(),
        "shown": words,
        "holds": holder in words and bool(re.search(r"\d", words)),
    }
    with tally.counting() as count:
        counted.contract_from_precedent(drafter, say, f"地域運営組織の実態調査の集計業務（{language}）")
    done["contract_from_precedent"] = count.as_json()
    drafter.leave()
    reviewer, tally = come_in(browser, address, REVIEWER, language)
    for name, act in (
        ("approve_by_pointer", counted.approve_by_pointer),
        ("approve_by_keys", counted.approve_by_keys),
    ):
        reviewer.open("/")
        with tally.counting() as count:
            act(reviewer)
        done[name] = count.as_json()
    reviewer.leave()
    return done


def come_in(browser: Browser, address: str, staff_no: str, language: str) -> tuple[Walker, Tally]:
    walker = Walker(browser, address, staff_no, language)
    tally = Tally(walker.context)
    walker.come_in()
    return walker, tally


def measure_pages(browser: Browser, address: str, language: str, wanted: str, found: dict[str, Any]) -> None:
    """Each page that the pictures are made of, by language and name; kept as it comes."""

    def pictures(language: str, size: tuple[int, int]) -> Callable[..., None]:
        def picture(walker: Walker, name: str, *, whole: bool = True) -> None:
            if re.search(wanted, name):
                axe = judged(walker)
                place = measuring.Place(address, walker.page.url, walker.context.cookies())
                page = measuring.measured(browser, place, times=LOADS[language])
                page["wrong"]["axe"] = axe
                found["pages"][f"{language} {name}"] = page
                print(ux_table.line(f"{language} {name}", page), flush=True)
                keep(found, language)

        return picture

    screenshots.take(browser, address, pictures, sizes=(DESK,), languages=(language,))


def judged(walker: Walker) -> list[str]:
    """What is not right with the page as it stands: axe, its width, its language. All others are measured anyway."""
    try:
        walker.look()
    except AssertionError as wrong:
        return [str(wrong)]
    return []


def part(language: str) -> Path:
    return OUT.with_name(f"ux-{language}.json")


def keep(found: dict[str, Any], language: str) -> None:
    """``load``: how many processes wanted the processors on average in the last minutes, each time."""
    found["load"] = [*found.get("load", []), round(os.getloadavg()[1], 1)]
    OUT.parent.mkdir(exist_ok=True)
    part(language).write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n")


def measure_all(wanted: str) -> None:
    """One language after the other, for they would slow each other down; put together in ``OUT``."""
    for language in LOADS:
        measure(language, wanted)
    found, more = (json.loads(part(language).read_text()) for language in ("ja", "en"))
    for what in ("acts", "pages"):
        found[what] |= more[what]
    found["load"] += more["load"]
    OUT.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n")


def measure(language: str, wanted: str) -> None:
    """Start a ministry, count and measure, and keep it all."""
    executable = chromium.executable()
    if executable is None:
        sys.exit(f"no Chromium is on PATH; to get one: {chromium.HOW_TO_GET_IT}")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        ministry = Installation(Path(folder) / "home", free_port(), {})
        try:
            ministry.up("demo")
            address = ministry.url("/").rstrip("/")
            browser = playwright.chromium.launch(executable_path=str(executable), args=LAUNCH)
            found: dict[str, Any] = {
                "measured_on": (datetime.now(UTC) + timedelta(hours=9)).date().isoformat(),
                "browser": f"Chromium {browser.version}",
                "processors": os.cpu_count(),
                "nice": os.getpriority(os.PRIO_PROCESS, 0),
                "acts": {language: count_acts(browser, address, language)},
                "pages": {},
            }
            keep(found, language)
            measure_pages(browser, address, language, wanted, found)
            browser.close()
        finally:
            ministry.close()


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--write", action="store_true", help="put the tables into docs/experience.md")
    asked.add_argument("--pages", default="", help="only those whose names match")
    asked.add_argument("--language", choices=LOADS, help="only these pages, into a file of their own")
    asked.add_argument("--again", action="store_true", help="what was measured last, not anew")
    options = asked.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    if options.language:
        measure(options.language, options.pages)
        return
    if not options.again:
        measure_all(options.pages)
    found = json.loads(OUT.read_text())
    rows = ux_table.rows(found)
    print(ux_table.printed(rows))
    if options.write:
        ux_table.write(found, rows)
    sys.exit(0 if all(row.holds for row in rows) else 1)


if __name__ == "__main__":
    main()
