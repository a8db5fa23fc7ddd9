"""What reads of redlines answer with: frozen, complete, ready to be shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kessai.decisions.redline.rules import KEPT, Changed, Difference, FileChange, Run, abridged


@dataclass(frozen=True, slots=True)
class Fixed:
    """A revision, and by whom and how it was fixed. ``substance``: whether it was declared to change; None: unsaid."""

    number: int
    event: str
    at: datetime
    post_title: str
    unit_name: str
    person_name: str
    remark: str
    substance: bool | None


@dataclass(frozen=True, slots=True)
class Redlined:
    """A text or value that differs; ``runs`` are empty where it is shown as a whole."""

    change: Changed
    runs: tuple[Run, ...]

    @property
    def short(self) -> tuple[Run, ...]:
        """Only what stands around the changes."""
        return abridged(self.runs)


@dataclass(frozen=True, slots=True)
class FileText:
    """How the text of a file that was replaced differs. ``read``: both have a text; ``cut``: only its beginning."""

    read: bool
    runs: tuple[Run, ...] = ()
    cut: bool = False

    @property
    def same(self) -> bool:
        return self.read and all(run.kind == KEPT for run in self.runs)

    @property
    def short(self) -> tuple[Run, ...]:
        """Only what stands around the changes."""
        return abridged(self.runs)


@dataclass(frozen=True, slots=True)
class Changes:
    """The difference of two revisions. ``revisions``: all that there are, to choose from."""

    tenant_id: int
    case_id: UUID
    title: str
    question: str
    state: str
    seen: str
    """As a form carries it back with an act."""
    before: Fixed
    after: Fixed
    revisions: tuple[Fixed, ...]
    difference: Difference
    texts: tuple[Redlined, ...]
    files: tuple[tuple[FileChange, FileText | None], ...]
    """Each change of a file, with that of its text where another file stands in its place and it was compared."""
    object_at: int = 0
    """The position at which the reader may object to "substance unchanged"; 0 where they may not."""


@dataclass(frozen=True, slots=True)
class Acted:
    """An act after which the case changed. ``own``: by the reader, not by another for the reader's post."""

    event: str
    at: datetime
    post_title: str
    person_name: str
    own: bool


@dataclass(frozen=True, slots=True)
class Since:
    """What is new to a reader: since what they, or another for their post, last did, else since the revision before."""

    acted: Acted | None
    changes: Changes


@dataclass(frozen=True, slots=True)
class Pending:
    """What a draft in hand changes of the last revision, before it is put in."""

    revision: int
    difference: Difference
