"""``merklelog verify`` for a bundle: read what the checker gives, verify, say it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from merklelog.evidence import report, words
from merklelog.evidence.verifying import Trust, verify
from merklelog.policy import Policy, PolicyInvalid
from merklelog.timestamps import TimestampInvalid, read_certificates

HOLDS, FAILS, NOT_JUDGED = 0, 1, 2

_MARK = b"PK"


@dataclass(frozen=True, slots=True)
class Answer:
    """What to print, and the exit status."""

    text: str
    status: int


class _NotJudged(Exception):
    def __init__(self, path: Path, why: Exception) -> None:
        super().__init__(str(why))
        self.path = path


def is_bundle(path: Path) -> bool:
    """Whether the file begins as a ZIP file does; raises ``OSError``."""
    with path.open("rb") as file:
        return file.read(len(_MARK)) == _MARK


def answer(path: Path, *, policy: Path | None, tsa: Path | None, lang: str | None, as_json: bool) -> Answer:
    """Verify the bundle; ``policy`` and ``tsa`` are the checker's own."""
    spoken = words.language(lang)
    try:
        trust = _trust(policy, tsa)
        with path.open("rb") as file:
            result = verify(file, trust)
    except (OSError, _NotJudged) as error:
        said = _refusal(error, spoken)
        return Answer(json.dumps({"error": said}, ensure_ascii=False) if as_json else said, NOT_JUDGED)
    status = HOLDS if result.holds else FAILS
    if as_json:
        return Answer(json.dumps(report.as_json(result), ensure_ascii=False, indent=2), status)
    return Answer("\n".join(report.lines(result, spoken)), status)


def _refusal(error: OSError | _NotJudged, lang: str) -> str:
    if isinstance(error, OSError):
        return words.say(lang, "unreadable", file=error.filename, why=error.strerror)
    return words.say(lang, "bad_trust", file=error.path, why=words.visible(str(error)))


def _trust(policy: Path | None, tsa: Path | None) -> Trust:
    return Trust(_policy(policy) if policy else None, _certificates(tsa) if tsa else None)


def _policy(path: Path) -> Policy:
    try:
        return Policy.parse(path.read_bytes())
    except PolicyInvalid as error:
        raise _NotJudged(path, error) from error


def _certificates(path: Path) -> tuple[bytes, ...]:
    try:
        return read_certificates(path.read_bytes())
    except TimestampInvalid as error:
        raise _NotJudged(path, error) from error
