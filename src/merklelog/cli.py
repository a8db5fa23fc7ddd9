"""The command ``merklelog``: judge vectors, verify a bundle or a proof, follow a log, check a copy, be a witness.

Exit status: 0 everything holds, 1 something does not, 2 nothing could be judged.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from merklelog.bundle import BundleMalformed, ProofBundle
from merklelog.checkpoint import CheckpointInvalid
from merklelog.evidence.command import answer, is_bundle
from merklelog.evidence.words import LANGUAGES
from merklelog.monitor import command as monitor
from merklelog.note import NoteInvalid, Verifier
from merklelog.tree import ProofInvalid
from merklelog.vectors import NoVectors, Report, judge_directory
from merklelog.witness import command as witness

HOLDS, FAILS, NOT_JUDGED = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    options = _parser().parse_args(arguments)
    status: int = options.run(options)
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="merklelog",
        description="Check transparency logs: RFC 9162 proofs, C2SP tiles and signed checkpoints.",
        epilog="Exit status: 0 everything holds, 1 something does not, 2 nothing could be judged.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    vectors = commands.add_parser("vectors", help="judge every proof vector (*.json) in a folder")
    vectors.add_argument("directory", type=Path, metavar="DIR")
    vectors.add_argument("--json", action="store_true", help="report as JSON")
    vectors.set_defaults(run=_run_vectors)
    verify = commands.add_parser("verify", help="verify an evidence bundle (ZIP), or the proof of one entry")
    verify.add_argument("file", type=Path, metavar="FILE")
    verify.add_argument("--policy", type=Path, metavar="FILE", help="bundle: the trust policy you believe")
    verify.add_argument("--tsa", type=Path, metavar="FILE", help="bundle: certificates you believe (PEM)")
    verify.add_argument("--lang", choices=LANGUAGES, help="bundle: language of the answer; else LANG's")
    verify.add_argument("--key", metavar="VKEY", help="proof of one entry: verifier key, name+hexid+base64")
    verify.add_argument("--json", action="store_true", help="report as JSON, with every step")
    verify.set_defaults(run=_run_verify)
    witness.add_parsers(commands.add_parser("witness", help="cosign the checkpoints of other logs"))
    monitor.add_parsers(commands)
    return parser


def _run_vectors(options: argparse.Namespace) -> int:
    try:
        report = judge_directory(options.directory)
    except NoVectors as error:
        return _not_judged(str(error), as_json=options.json)
    if options.json:
        _print_json(_vectors_json(report))
    else:
        _print_vectors(report)
    if report.disagreements:
        return FAILS
    return NOT_JUDGED if report.malformed else HOLDS


def _vectors_json(report: Report) -> dict[str, Any]:
    return {
        "judged": len(report.verdicts),
        "agree": len(report.verdicts) - len(report.disagreements),
        "disagree": [
            {
                "file": str(verdict.path),
                "kind": verdict.kind,
                "wantErr": verdict.want_error,
                "error": verdict.error,
            }
            for verdict in report.disagreements
        ],
        "malformed": [{"file": str(path), "error": error} for path, error in report.malformed],
    }


def _print_vectors(report: Report) -> None:
    for verdict in report.disagreements:
        wanted = "refused" if verdict.want_error else "accepted"
        found = "accepted" if verdict.error is None else f"refused: {verdict.error}"
        print(f"{verdict.path}: should be {wanted}, was {found}")
    for path, error in report.malformed:
        print(f"{path}: not a vector: {error}")
    agree = len(report.verdicts) - len(report.disagreements)
    print(f"{agree} of {len(report.verdicts)} vectors agree, {len(report.malformed)} files malformed")


def _run_verify(options: argparse.Namespace) -> int:
    """A bundle or a proof: the content of the file says which."""
    try:
        bundled = is_bundle(options.file)
    except OSError as error:
        return _not_judged(str(error), as_json=options.json)
    if not bundled:
        return _verify_proof(options)
    found = answer(
        options.file, policy=options.policy, tsa=options.tsa, lang=options.lang, as_json=options.json
    )
    print(found.text)
    return found.status


def _verify_proof(options: argparse.Namespace) -> int:
    if not options.key:
        return _not_judged("the proof of one entry is verified with --key", as_json=options.json)
    try:
        verifier = Verifier.parse(options.key)
        bundle = ProofBundle.from_json(options.file.read_bytes())
    except (NoteInvalid, BundleMalformed, OSError) as error:
        return _not_judged(str(error), as_json=options.json)
    try:
        checkpoint = bundle.verify([verifier])
    except (CheckpointInvalid, ProofInvalid) as error:
        if options.json:
            _print_json({"verified": False, "error": str(error)})
        else:
            print(f"NOT VERIFIED: {error}")
        return FAILS
    if options.json:
        _print_json({"verified": True, **_bundle_json(bundle), "root": checkpoint.root.hex()})
    else:
        print(f"verified: entry {bundle.index} of {checkpoint.origin} at size {checkpoint.size}")
        print(f"root {checkpoint.root.hex()}, signed by {verifier}")
    return HOLDS


def _bundle_json(bundle: ProofBundle) -> dict[str, Any]:
    return {
        "origin": bundle.origin,
        "index": bundle.index,
        "size": bundle.size,
        "steps": [
            {
                "side": step.side,
                "sibling": step.sibling.hex(),
                "result": step.result.hex(),
                "covers": [step.first, step.end],
            }
            for step in bundle.steps()
        ],
    }


def _not_judged(message: str, *, as_json: bool) -> int:
    if as_json:
        _print_json({"error": message})
    else:
        print(f"merklelog: {message}")
    return NOT_JUDGED


def _print_json(value: dict[str, Any]) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))
