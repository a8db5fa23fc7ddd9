"""What ``make ux`` found, as a table: what is asked, what came out, whether it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from journeys.measuring import MOST_PAINT_MS

DOCS = Path(__file__).parents[2] / "docs/experience.md"
BEGINS, ENDS = "<!-- written by make ux WRITE=1 -->", "<!-- to here -->"
MOST_BYTES = 120_000


@dataclass(frozen=True)
class Row:
    what: str
    asked: str
    came: str
    holds: bool


def rows(found: Mapping[str, Any]) -> list[Row]:
    """Everything that must hold, in the order in which it is told."""
    return [*_acts(found["acts"]), *_pages(found["pages"])]


def _acts(acts: Mapping[str, Mapping[str, Any]]) -> Iterable[Row]:
    def row(name: str, what: str, asked: str, took: Callable[[Any], int], most: int, words: str) -> Row:
        came = [took(of[name]) for of in acts.values()]
        return Row(what, asked, f"{max(came)} {words}", max(came) <= most)

    def fields(count: Any) -> int:
        return len(count["fields"])

    yield row(
        "contract_from_zero", "a contract, from home to submitted", "at most 8 fields, none for the route",
        lambda count: fields(count) + count["files"] + count["choices"], 8,
        "with the words searched for, the kind of matter and the attached file; 0 for the route",
    )  # fmt: skip
    yield row(
        "contract_from_precedent", "a contract from a precedent", "at most 4 fields", fields, 4,
        "fields; choosing the precedent is one press more, attaching another",
    )  # fmt: skip
    yield row(
        "approve_by_pointer", "approve without opinion, from the inbox, by mouse", "2 clicks",
        lambda count: int(count["presses"] + count["keys"]), 2, "clicks",
    )  # fmt: skip
    yield row(
        "approve_by_keys", "approve without opinion, from the inbox, by keyboard", "2 keys",
        lambda count: int(count["presses"] + count["keys"]), 2, "keys",
    )  # fmt: skip
    held = all(of["who_has_it"]["holds"] for of in acts.values())
    pressed = max(of["who_has_it"]["presses"] + of["who_has_it"]["keys"] for of in acts.values())
    yield Row(
        "who has it, and since when, from home", "0 clicks", f"{pressed} clicks" if held else "not on the page",
        held and pressed == 0,
    )  # fmt: skip


def _pages(pages: Mapping[str, Any]) -> Iterable[Row]:
    if not pages:
        return

    def worst(key: str) -> tuple[str, float]:
        return max(((name, page[key]) for name, page in pages.items()), key=lambda each: each[1])

    name, most = worst("bytes")
    yield Row(
        f"weight of a page, of {len(pages)}", "at most 120 kB",
        f"{most / 1000:.0f} kB on the wire, compressed ({name})", most <= MOST_BYTES,
    )  # fmt: skip
    name, slowest = worst("first_paint_ms")
    yield Row(
        "first paint on a slow phone",
        "under 1.5 s",
        f"{slowest / 1000:.2f} s at worst ({name})",
        slowest < MOST_PAINT_MS,
    )
    name, shift = worst("layout_shift")
    yield Row("layout shift", "none", f"{shift:g}" + (f" ({name})" if shift else ""), shift == 0)
    for key, what in (
        ("keyboard", "every control reached by Tab in order, its focus seen"),
        ("zoom", "200 % zoom: nothing sideways"),
        ("forced_colours", "forced colours: edges and contrast"),
        ("reduced_motion", "reduced motion: nothing moves"),
        ("axe", "axe: no violation"),
    ):
        wrong = {name: page["wrong"][key] for name, page in pages.items() if page["wrong"][key]}
        yield Row(what, "every page", f"{len(pages) - len(wrong)} of {len(pages)} pages", not wrong)


def line(name: str, page: Mapping[str, Any]) -> str:
    """One page, while it is measured."""
    wrong = "; ".join(f"{key}: {', '.join(said[:3])}" for key, said in page["wrong"].items() if said)
    shift = f"shift {page['layout_shift']:g} {page['moved'] or ''}"
    return f"{name:40} {page['bytes'] / 1000:6.1f} kB {page['first_paint_ms']:5} ms  {shift}  {wrong}"


def printed(rows: Iterable[Row]) -> str:
    return "\n".join(
        f"{'holds' if row.holds else 'FAILS'}  {row.what}: {row.came} (asked: {row.asked})" for row in rows
    )


def _when(found: Mapping[str, Any]) -> str:
    load = sum(found["load"]) / len(found["load"])
    raised = f"; what is measured ran at nice {found['nice']}" if found["nice"] < 0 else ""
    return (
        f"Measured on {found['measured_on']} with {found['browser']}, while on average {load:.0f} processes wanted the "
        f"{found['processors']} processors of the machine{raised}."
    )


def write(found: Mapping[str, Any], rows: Iterable[Row]) -> None:
    """Put the tables between the marks of the page in the docs."""
    told = [
        _when(found),
        "",
        "| what | asked | measured | |",
        "|---|---|---|---|",
    ]
    told += [
        f"| {row.what} | {row.asked} | {row.came} | {'holds' if row.holds else 'does not hold'} |"
        for row in rows
    ]
    told += ["", "| page | kB on the wire | kB uncompressed | first paint, ms |", "|---|---|---|---|"]
    for name, page in sorted(found["pages"].items()):
        if name.startswith("ja "):
            sizes = f"{page['bytes'] / 1000:.0f} | {page['plain_bytes'] / 1000:.0f}"
            told.append(f"| {name.removeprefix('ja ')} | {sizes} | {page['first_paint_ms']} |")
    before, rest = DOCS.read_text().split(BEGINS)
    after = rest.split(ENDS)[1]
    DOCS.write_text(before + BEGINS + "\n" + "\n".join(told) + "\n" + ENDS + after)
