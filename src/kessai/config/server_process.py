"""The embedded server as a process: which one it is, and whether the number it left is still its own."""

from __future__ import annotations

import os
from pathlib import Path

from kessai.config.place import Place

LOCK_FILE = "postmaster.pid"
SOCKET = ".s.PGSQL.5432"
# Above what any system numbers its processes with.
NO_PROCESS = 2**31 - 1
DELETED = " (deleted)"


def process_id(place: Place) -> int | None:
    """The server's process, if it is alive."""
    pid = _recorded_process(place)
    return pid if pid is not None and _serves(place, pid) else None


def lost_its_programs(place: Place) -> bool:
    """Whether the programs of the running server are gone, as those of a checkout that was deleted: it answers, and
    cannot load its libraries."""
    try:
        program = str(Path(f"/proc/{process_id(place)}/exe").readlink())
    except OSError:
        return False
    return program.endswith(DELETED) and not Path(program.removesuffix(DELETED)).exists()


def _recorded_process(place: Place) -> int | None:
    try:
        return int((place.data / LOCK_FILE).read_text().split("\n", 1)[0])
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _serves(place: Place, pid: int) -> bool:
    if not Path("/proc/self").exists():
        return _exists(pid)
    try:
        return os.fsencode(place.data) in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False


def disown_number(place: Place) -> None:
    """Let a start pass although the number in the lock file is, by now, that of another process.

    That happens after a reboot, in containers, and while a killed server waits to be collected. The rest of the
    file stays: by it the server sees whether processes of the killed one still hold the shared memory.
    """
    pid = _recorded_process(place)
    if pid is None or not _exists(pid) or _serves(place, pid):
        return
    file = place.data / LOCK_FILE
    rest = file.read_text().split("\n", 1)[1:]
    file.write_text("\n".join([str(NO_PROCESS), *rest]))
    (place.sockets / f"{SOCKET}.lock").unlink(missing_ok=True)
