"""What came of the rows: of each, and counted together."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from kessai.kernel.words import Text

DECIDED, REFUSED, WAITING, FAILED = "decided", "refused", "waiting", "failed"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a row did not come to a decision. ``field`` of the form, where it is about one."""

    field: str
    text: Text

    @property
    def group(self) -> Text:
        """The reason without the values of this row."""
        names = re.findall(r"%\((\w+)\)", self.text.message)
        return Text(self.text.message, dict.fromkeys(names, "…"))


@dataclass(slots=True)
class Driven:
    """What came of a row. ``acts``: events left on the record, by kind."""

    line: int
    end: str = FAILED
    reasons: tuple[Reason, ...] = ()
    acts: Counter[str] = field(default_factory=Counter)
    writing: int = 0
    """Acts of writing, which leave no event: start, save, discard."""
    number: str = ""
    error: str = ""


@dataclass(slots=True)
class Tally:
    """All rows of a run. ``seconds`` from the first row handed out to the last answer."""

    skipped: dict[str, int]
    tried: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    acts: Counter[str] = field(default_factory=Counter)
    writing: int = 0
    refused: list[Driven] = field(default_factory=list)
    waiting: list[Driven] = field(default_factory=list)
    failed: list[Driven] = field(default_factory=list)
    seconds: float = 0.0
    interrupted: bool = False

    def add(self, driven: Driven) -> None:
        self.tried += 1
        self.ends[driven.end] += 1
        self.acts += driven.acts
        self.writing += driven.writing
        kept = {REFUSED: self.refused, WAITING: self.waiting, FAILED: self.failed}.get(driven.end)
        if kept is not None:
            kept.append(driven)

    @property
    def cases_submitted(self) -> int:
        return self.ends[DECIDED] + self.ends[WAITING] + sum(1 for d in self.failed if d.acts["submitted"])

    @property
    def acts_per_second(self) -> float:
        return self.acts.total() / self.seconds if self.seconds else 0.0

    def reasons(self) -> list[tuple[Reason, int]]:
        """Reasons of refusal without the values of single rows, the most frequent first."""
        counted: Counter[tuple[str, str]] = Counter()
        one: dict[tuple[str, str], Reason] = {}
        for driven in self.refused:
            for reason in driven.reasons:
                key = (reason.field, reason.text.message)
                counted[key] += 1
                one[key] = Reason(reason.field, reason.group)
        return [(one[key], count) for key, count in counted.most_common()]

    def to_json(self) -> dict[str, Any]:
        return {
            "tried": self.tried,
            "submitted": self.cases_submitted,
            "returned": self.acts["returned"],
            "decided": self.ends[DECIDED],
            "waiting": [_row(driven) for driven in self.waiting],
            "acts": self.acts.total(),
            "acts_by_kind": dict(self.acts),
            "acts_of_writing": self.writing,
            "seconds": round(self.seconds, 3),
            "acts_per_second": round(self.acts_per_second, 1),
            "skipped": self.skipped,
            "refused": {
                "total": self.ends[REFUSED],
                "reasons": [
                    {"field": reason.field or None, "reason": str(reason.text), "rows": count}
                    for reason, count in self.reasons()
                ],
                "rows": [_row(driven) for driven in sorted(self.refused, key=lambda d: d.line)],
            },
            "failed": [{"line": driven.line, "error": driven.error} for driven in self.failed],
            "interrupted": self.interrupted,
        }


def _row(driven: Driven) -> dict[str, Any]:
    return {
        "line": driven.line,
        "reasons": [{"field": r.field or None, "reason": str(r.text)} for r in driven.reasons],
    }
