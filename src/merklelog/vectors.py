"""Proof vectors: judging a folder of test files with this library's own verification.

Source: the JSON files of transparency-dev/merkle (``testdata``), one probe each: fields ``leafIdx``,
``treeSize``, ``root``, ``leafHash``, ``proof`` (inclusion) or ``size1``, ``size2``, ``root1``, ``root2``,
``proof`` (consistency), and ``wantErr``. Byte strings are base64 or null, numbers are uint64.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from merklelog._encoding import b64decode
from merklelog.tree import ProofInvalid, verify_consistency, verify_inclusion

_MAX_UINT64 = 2**64 - 1


class VectorMalformed(ValueError):
    """A file is not a proof vector; the message says why."""


class NoVectors(Exception):
    """There is no such directory, or no JSON file in it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found for one file: ``error`` is why the proof was refused, ``None`` if it was accepted."""

    path: Path
    kind: str
    want_error: bool
    error: str | None

    @property
    def agrees(self) -> bool:
        """Whether the file states the same."""
        return self.want_error == (self.error is not None)


@dataclass(frozen=True, slots=True)
class Report:
    """All verdicts under a directory, and the files that are not vectors with the reason, by path."""

    verdicts: tuple[Verdict, ...]
    malformed: tuple[tuple[Path, str], ...]

    @property
    def disagreements(self) -> tuple[Verdict, ...]:
        """The verdicts that differ from what their files state."""
        return tuple(verdict for verdict in self.verdicts if not verdict.agrees)


def judge_directory(directory: Path) -> Report:
    """Judge every ``*.json`` below the directory, in the order of their paths; raises ``NoVectors``."""
    if not directory.is_dir():
        raise NoVectors(f"{directory} is not a directory")
    verdicts: list[Verdict] = []
    malformed: list[tuple[Path, str]] = []
    for path in sorted(path for path in directory.rglob("*.json") if path.is_file()):
        try:
            verdicts.append(judge_file(path))
        except VectorMalformed as error:
            malformed.append((path, str(error)))
    if not verdicts and not malformed:
        raise NoVectors(f"{directory} holds no proof vector (*.json)")
    return Report(tuple(verdicts), tuple(malformed))


def judge_file(path: Path) -> Verdict:
    """Judge one file; raises ``VectorMalformed``."""
    try:
        probe = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise VectorMalformed(f"not readable as JSON: {error}") from error
    if not isinstance(probe, dict):
        raise VectorMalformed("not a JSON object")
    want_error = _field(probe, "wantErr")
    if not isinstance(want_error, bool):
        raise VectorMalformed("wantErr is not a boolean")
    if "leafIdx" in probe:
        return Verdict(path, "inclusion", want_error, _judge_inclusion(probe))
    if "size1" in probe:
        return Verdict(path, "consistency", want_error, _judge_consistency(probe))
    raise VectorMalformed("neither an inclusion nor a consistency vector")


def _judge_inclusion(probe: dict[str, Any]) -> str | None:
    index, size = _number(probe, "leafIdx"), _number(probe, "treeSize")
    leaf_hash, root, proof = _bytes(probe, "leafHash"), _bytes(probe, "root"), _proof(probe)
    try:
        verify_inclusion(index=index, size=size, leaf_hash=leaf_hash, proof=proof, root=root)
    except ProofInvalid as error:
        return str(error)
    return None


def _judge_consistency(probe: dict[str, Any]) -> str | None:
    size1, size2 = _number(probe, "size1"), _number(probe, "size2")
    root1, root2, proof = _bytes(probe, "root1"), _bytes(probe, "root2"), _proof(probe)
    try:
        verify_consistency(size1=size1, size2=size2, root1=root1, root2=root2, proof=proof)
    except ProofInvalid as error:
        return str(error)
    return None


def _field(probe: dict[str, Any], name: str) -> Any:
    if name not in probe:
        raise VectorMalformed(f"{name} is missing")
    return probe[name]


def _number(probe: dict[str, Any], name: str) -> int:
    value = _field(probe, name)
    if type(value) is not int or not 0 <= value <= _MAX_UINT64:
        raise VectorMalformed(f"{name} is not a uint64")
    return value


def _bytes(probe: dict[str, Any], name: str) -> bytes:
    return _decoded(_field(probe, name), name)


def _proof(probe: dict[str, Any]) -> list[bytes]:
    value = _field(probe, "proof")
    if value is None:
        return []
    if not isinstance(value, list):
        raise VectorMalformed("proof is not an array")
    return [_decoded(item, f"proof[{position}]") for position, item in enumerate(value)]


def _decoded(value: object, name: str) -> bytes:
    if value is None:
        return b""
    try:
        if isinstance(value, str):
            return b64decode(value)
    except ValueError:
        pass
    raise VectorMalformed(f"{name} is not base64")
