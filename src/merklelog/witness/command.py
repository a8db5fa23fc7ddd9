"""``merklelog witness``: make a witness, run it, show what it holds, check evidence.

Exit status: 0 all is well, 1 a log has shown two histories, 2 nothing can be said.
"""

from __future__ import annotations

import argparse
import json
import logging
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

from merklelog.checkpoint import CheckpointInvalid
from merklelog.note import NoteInvalid, Verifier
from merklelog.tree import ProofInvalid
from merklelog.witness.evidence import SPLIT_VIEW, Evidence, EvidenceMalformed
from merklelog.witness.judging import Witness
from merklelog.witness.known import KnownLogs, LogsUnusable
from merklelog.witness.server import WitnessServer
from merklelog.witness.state import Held, State, StateUnusable

WELL, SPLIT, UNUSABLE = 0, 1, 2
LISTEN = "127.0.0.1:8420"


class CannotServe(Exception):
    """Something that was given on the command line is not usable."""


def add_parsers(witness: argparse.ArgumentParser) -> None:
    """The words below ``merklelog witness``."""
    words = witness.add_subparsers(required=True, metavar="WORD")
    init = words.add_parser("init", help="make a witness: its key and its directory; prints the verifier key")
    init.add_argument(
        "--name", required=True, help="name of the key, by custom a host name and path of yours"
    )
    run = words.add_parser("run", help="cosign for the logs that are given, until stopped")
    run.add_argument("--listen", default=LISTEN, metavar="HOST:PORT", help=f"usually {LISTEN}")
    run.add_argument(
        "--policy",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="its log lines, read again when it was changed",
    )
    run.add_argument("--log", action="append", default=[], metavar="VKEY", help="verifier key of a log")
    show = words.add_parser("show", help="the latest checkpoint of each log, and evidence")
    show.add_argument("--json", action="store_true", help="report as JSON")
    check = words.add_parser("check", help="check a file of evidence against a log's key")
    check.add_argument("file", type=Path, metavar="FILE")
    check.add_argument(
        "--log", action="append", required=True, metavar="VKEY", help="verifier key of the log"
    )
    for parser in (init, run, show):
        parser.add_argument(
            "--state", type=Path, required=True, metavar="DIR", help="directory of the witness"
        )
    for parser, act in ((init, _init), (run, _run), (show, _show), (check, _check)):
        parser.set_defaults(run=_guarded, act=act)


def _guarded(options: argparse.Namespace) -> int:
    try:
        status: int = options.act(options)
        return status
    except (StateUnusable, LogsUnusable, CannotServe, NoteInvalid, OSError) as error:
        sys.stderr.write(f"merklelog witness: {error}\n")
        return UNUSABLE


def _init(options: argparse.Namespace) -> int:
    _say(str(State.create(options.state, options.name).verifier()))
    return WELL


def _run(options: argparse.Namespace) -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    state = State.open(options.state)
    known = KnownLogs([Verifier.parse(vkey) for vkey in options.log], options.policy)
    witness = Witness(state, known.keys, clock=time.time)
    with state.alone():
        state.all_held()
        server = WitnessServer(_address(options.listen), witness, before=known.refresh)
        signal.signal(signal.SIGTERM, _interrupt)
        _say(f"{state.verifier()}\nlistening on {_address(options.listen)[0]}:{server.server_port}")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return WELL
        finally:
            server.server_close()
    return WELL


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not (port.isascii() and port.isdigit() and int(port) <= 65535):
        raise CannotServe(f"not an address to listen on: {text!r}, want HOST:PORT")
    return host.removeprefix("[").removesuffix("]"), int(port)


def _show(options: argparse.Namespace) -> int:
    state = State.open(options.state)
    held, evidence = state.all_held(), state.all_evidence()
    if options.json:
        _say(json.dumps(_json(state, held, evidence), ensure_ascii=False, indent=2))
    else:
        _say(f"witness {state.verifier()}")
        for each in held:
            _say(
                f"\n{each.checkpoint.origin}\n  {each.checkpoint.size} entries, root {each.checkpoint.root.hex()}"
            )
            _say(f"  cosigned {_day(each.time)}")
        for path, one in evidence:
            what = "SPLIT VIEW" if one.kind == SPLIT_VIEW else "not proven"
            _say(f"\n{what} of {one.origin}, {_day(one.seen)}\n  {path}")
    return SPLIT if any(one.kind == SPLIT_VIEW for _, one in evidence) else WELL


def _json(state: State, held: list[Held], evidence: list[tuple[Path, Evidence]]) -> dict[str, Any]:
    return {
        "witness": str(state.verifier()),
        "logs": [
            {
                "origin": each.checkpoint.origin,
                "size": each.checkpoint.size,
                "root": each.checkpoint.root.hex(),
                "cosigned": each.time,
            }
            for each in held
        ],
        "evidence": [
            {"kind": one.kind, "origin": one.origin, "seen": one.seen, "file": str(path)}
            for path, one in evidence
        ],
    }


def _check(options: argparse.Namespace) -> int:
    try:
        verifiers = [Verifier.parse(vkey) for vkey in options.log]
        evidence = Evidence.from_json(options.file.read_bytes())
    except EvidenceMalformed as error:
        raise CannotServe(f"{options.file}: {error}") from error
    try:
        _say(f"SPLIT VIEW of {evidence.origin}: {evidence.prove(verifiers)}")
    except (CheckpointInvalid, ProofInvalid) as error:
        _say(f"not proven: {error}")
        return UNUSABLE
    return SPLIT


def _day(seconds: int) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat()
    except (OverflowError, ValueError, OSError):
        return f"{seconds} s after 1970"


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
