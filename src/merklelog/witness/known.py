"""Whom a witness cosigns for, as the operator's files say now: a log's new key needs no restart."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from pathlib import Path

from merklelog.note import Verifier
from merklelog.policy import LogKey, Policy, PolicyInvalid
from merklelog.witness.judging import Witness

log = logging.getLogger("merklelog.witness")


class LogsUnusable(Exception):
    """No log is given, or a policy cannot be used; the message names the file and the line."""


class KnownLogs:
    """The ``given`` keys, and those of the log lines of the policy ``files``, read anew when one was changed; but for
    those that any of the files names as stolen. There may then be none, and nothing is cosigned.

    Raises ``LogsUnusable`` for what is there at first. ``refresh`` may be called by several threads at once.
    """

    def __init__(self, given: Sequence[Verifier], files: Sequence[Path]) -> None:
        self._given, self._files = tuple(given), tuple(files)
        self._lock = threading.Lock()
        self._seen = self._look()
        self.keys = self._read()

    def refresh(self, witness: Witness) -> None:
        """Tell the witness the keys of a file that was changed; of one that cannot be used they stay, which is said."""
        with self._lock:
            # Looked at before it is read: what is changed in between is read again by the next request.
            seen = self._look()
            if seen == self._seen:
                return
            self._seen = seen
            try:
                self.keys = self._read()
            except LogsUnusable as error:
                log.error("the keys of the logs stay as they were: %s", error)
                return
            witness.know(self.keys)
            log.info("the keys of the logs were read again: %s", ", ".join(str(each) for each in self.keys))

    def _look(self) -> list[tuple[int, int, int] | None]:
        return [_state(path) for path in self._files]

    def _read(self) -> list[Verifier]:
        found = [LogKey(each) for each in self._given]
        for path in self._files:
            try:
                found += Policy.parse(path.read_bytes()).logs
            except (PolicyInvalid, OSError) as error:
                raise LogsUnusable(f"{path}: {error}") from error
        if not found:
            raise LogsUnusable("no log is given; use --log VKEY or --policy FILE")
        stolen = {each.verifier for each in found if each.compromised is not None}
        return [each.verifier for each in found if each.verifier not in stolen]


def _state(path: Path) -> tuple[int, int, int] | None:
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_mtime_ns, seen.st_size, seen.st_ino
