"""``merklelog monitor`` and ``merklelog fsck``.

Exit status: 0 everything holds, 1 something does not, 2 nothing could be judged.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from merklelog import durable
from merklelog.monitor.acts import Acts
from merklelog.monitor.copies import CopyReport, check_copy
from merklelog.monitor.following import LogFails, State, StateInvalid, follow
from merklelog.monitor.remote import Unreachable, reader
from merklelog.note import NoteInvalid, Verifier

HOLDS, FAILS, NOT_JUDGED = 0, 1, 2


def add_parsers(commands: Any) -> None:
    """The subcommands, to the ones of ``merklelog``."""
    monitor = commands.add_parser(
        "monitor", help="follow a log: read every entry, compare with an earlier look"
    )
    monitor.add_argument(
        "log", metavar="URL", help="prefix of the log's files, or a directory that holds them"
    )
    _add_keys(monitor)
    monitor.add_argument("--state", type=Path, metavar="FILE", help="what was seen, kept for the next look")
    monitor.add_argument("--case", metavar="UUID", help="list the acts of a case, and say if any is missing")
    monitor.set_defaults(run=_run_monitor)
    fsck = commands.add_parser("fsck", help="check a copy of a log's files")
    fsck.add_argument("log", metavar="DIR", help="the directory that holds checkpoint and tile/, or its URL")
    _add_keys(fsck)
    fsck.set_defaults(run=_run_fsck)


def _add_keys(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--key",
        required=True,
        action="append",
        metavar="VKEY",
        help="verifier key of the log, name+hexid+base64; again for an earlier or later key of the same log",
    )
    parser.add_argument("--json", action="store_true", help="report as JSON")


def _verifiers(options: argparse.Namespace) -> list[Verifier]:
    verifiers = [Verifier.parse(each) for each in options.key]
    if len({each.name for each in verifiers}) > 1:
        raise NoteInvalid("the keys are of different logs: a log's key has the log's name")
    return verifiers


def _run_monitor(options: argparse.Namespace) -> int:
    acts = Acts(options.case) if options.case else None
    new = [0]

    def take(index: int, entry: bytes) -> None:
        new[0] += 1
        if acts:
            acts.take(index, entry)

    try:
        verifiers = _verifiers(options)
        since = _earlier(options.state, verifiers)
        seen = follow(reader(options.log), verifiers, since=since, take=take, whole=acts is not None)
    except (NoteInvalid, StateInvalid, Unreachable, OSError) as error:
        return _not_judged(str(error), options)
    except LogFails as fault:
        return _failed(fault, options)
    if options.state:
        durable.write(options.state, seen.format(), mode=0o644)
    before = since.checkpoint.size if since else None
    _say_seen(seen, before, new[0], acts, options)
    return HOLDS if acts is None or acts.whole else FAILS


def _earlier(path: Path | None, verifiers: list[Verifier]) -> State | None:
    try:
        return State.parse(path.read_bytes(), verifiers) if path else None
    except FileNotFoundError:
        return None


def _say_seen(
    seen: State, before: int | None, read: int, acts: Acts | None, options: argparse.Namespace
) -> None:
    signed = seen.checkpoint
    if options.json:
        report: dict[str, Any] = {
            "holds": acts is None or acts.whole,
            "origin": signed.origin,
            "size": signed.size,
            "root": signed.root.hex(),
            "extends": before,
            "read": read,
        }
        _print_json(report | ({"case": _acts_json(acts)} if acts else {}))
        return
    print(f"{signed.origin}: {signed.size} entries, root {signed.root.hex()}")
    print(f"{read} entries read, all of them under the signed root")
    print("seen for the first time" if before is None else f"extends the log of {before} entries seen before")
    if acts:
        _print_acts(acts)


def _acts_json(acts: Acts) -> dict[str, Any]:
    return {
        "id": acts.case,
        "whole": acts.whole,
        "missing": [list(each) for each in acts.missing],
        "twice": acts.twice,
        "misplaced": acts.misplaced,
        "acts": [
            {"seq": each.seq, "index": each.index, "leaf": json.loads(each.leaf)} for each in acts.found
        ],
    }


def _print_acts(acts: Acts) -> None:
    for each in acts.found:
        # Escaped beyond ASCII: what a log says of itself must not write on the terminal.
        print(f"  act {each.seq}: entry {each.index}  {json.dumps(json.loads(each.leaf))}")
    for first, last in acts.missing:
        print(f"MISSING: act {first}" if first == last else f"MISSING: acts {first} to {last}")
    for seq in acts.twice:
        print(f"TWICE: act {seq}")
    for seq in acts.misplaced:
        print(f"OUT OF ORDER: act {seq}")
    if not acts.found:
        print(f"NOT THERE: no act of case {acts.case}")
    elif acts.whole:
        print(f"case {acts.case}: acts 1 to {len(acts.found)}, none missing, none twice")


def _failed(fault: LogFails, options: argparse.Namespace) -> int:
    notes = [each.decode("utf-8", "replace") for each in fault.evidence]
    if options.json:
        _print_json({"holds": False, "error": str(fault), "evidence": notes})
        return FAILS
    print(f"FAILS: {fault}")
    for note in notes:
        print(
            "\ncheckpoint:", *(json.dumps(line, ensure_ascii=True) for line in note.splitlines()), sep="\n  "
        )
    return FAILS


def _run_fsck(options: argparse.Namespace) -> int:
    try:
        report = check_copy(reader(options.log), _verifiers(options))
    except (NoteInvalid, Unreachable, OSError) as error:
        return _not_judged(str(error), options)
    if options.json:
        _print_json(_copy_json(report))
    else:
        for each in report.damages:
            print(f"{each.path}: {each.message}")
        if report.checkpoint:
            size, root = report.checkpoint.size, report.checkpoint.root.hex()
            print(f"{size} entries, root {root}: {'DAMAGED' if report.damages else 'sound'}")
    return FAILS if report.damages else HOLDS


def _copy_json(report: CopyReport) -> dict[str, Any]:
    signed = report.checkpoint
    return {
        "holds": not report.damages,
        "size": signed.size if signed else None,
        "root": signed.root.hex() if signed else None,
        "damages": [
            {"path": each.path, "message": each.message, "index": each.index} for each in report.damages
        ],
    }


def _not_judged(message: str, options: argparse.Namespace) -> int:
    if options.json:
        _print_json({"error": message})
    else:
        print(f"merklelog: {message}", file=sys.stderr)
    return NOT_JUDGED


def _print_json(value: dict[str, Any]) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))
