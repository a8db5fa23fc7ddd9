"""Where things lie on this machine: KESSAI_HOME, and in it (or beside it) the embedded database.

PostgreSQL does not run as root. When root runs kessai, the database runs as a system account that must be
able to walk to its directory. Where it cannot (KESSAI_HOME under a closed directory such as ``/root``), the
database lies in ``/var/lib/kessai/<id>`` and ``place.json`` in KESSAI_HOME says so; no directory that was
there before is opened to others, except KESSAI_HOME itself when it was empty.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pwd
import secrets
import shutil
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_

MARKER = "place.json"
LOCK = "lock"
SUPERVISOR = "supervisor"
SECRET_KEY = "secret-key"
ACCOUNT = "kessai-pg"
ELSEWHERE = Path("/var/lib/kessai")

# Everything that kessai ever makes in KESSAI_HOME, beside the two files above that processes lock; starting
# over removes these and nothing else.
NAMES = ("postgres", "blobs", "previews", "ledger", "keys", "witness", "mail", "log", SECRET_KEY, MARKER)

# sun_path holds 107 bytes and the socket's own name takes 14.
LONGEST_SOCKET_DIRECTORY = 90


class CannotUseHome(Cannot):
    """KESSAI_HOME cannot hold the data."""


@dataclass(frozen=True, slots=True)
class Place:
    """Directories of one installation.

    ``account`` is the system account the database runs as, or None for the one running now.
    """

    home: Path
    id: str
    database: Path
    account: str | None

    @property
    def data(self) -> Path:
        return self.database / "data"

    @property
    def log(self) -> Path:
        return self.database / "log"

    @property
    def sockets(self) -> Path:
        near = self.database / "run"
        if len(os.fsencode(near)) <= LONGEST_SOCKET_DIRECTORY:
            return near
        return Path("/tmp") / f"kessai-{self.id}"

    @property
    def moved(self) -> bool:
        """Whether the database lies outside KESSAI_HOME."""
        return self.database.parent != self.home


def find(home: Path) -> Place:
    """The place as recorded, or as it would be made; writes nothing."""
    recorded = _recorded(home)
    if recorded is not None:
        return recorded
    account = ACCOUNT if os.geteuid() == 0 else None
    return Place(home=home, id="unmade", database=home / "postgres", account=account)


def take(home: Path) -> Place:
    """Make KESSAI_HOME ours, once; afterwards only find it. Errors: CannotUseHome, OSError."""
    recorded = _recorded(home)
    if recorded is not None:
        return recorded
    make_home(home)
    with locked(home):
        recorded = _recorded(home)
        if recorded is not None:
            return recorded
        made = _choose(home)
        if not (home / SECRET_KEY).exists():
            _make_secret_key(home)
        record = {
            "made_by": "kessai",
            "format": 1,
            "id": made.id,
            "database": str(made.database) if made.moved else None,
            "account": made.account,
        }
        scratch = home / f"{MARKER}.new"
        scratch.write_text(json.dumps(record, indent=1) + "\n")
        scratch.replace(home / MARKER)
        return made


@contextlib.contextmanager
def locked(home: Path) -> Iterator[None]:
    """One process at a time starts, stops or makes things in this home."""
    descriptor = os.open(home / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def clear(home: Path) -> None:
    """Remove everything kessai made in this home, and the database wherever it lies; the home stays.

    The database must be stopped. Errors: CannotUseHome when the directory does not carry our mark.
    """
    if not home.exists():
        return
    place = _recorded(home)
    if place is None:
        if not {path.name for path in home.iterdir()} - {LOCK, SUPERVISOR}:
            return
        raise CannotUseHome(
            N_("%(home)s は kessai が作ったディレクトリではないため、消去しません。"),
            N_("KESSAI_HOME に別のディレクトリを指定してください。"),
            home=str(home),
        )
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(place.sockets)
    if place.moved:
        shutil.rmtree(place.database, ignore_errors=True)
    # The mark goes last: an interrupted clearing can be run again.
    for name in sorted(NAMES, key=lambda name: name == MARKER):
        path = home / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def account_of(place: Place) -> pwd.struct_passwd | None:
    """The system account the database runs as, made if missing; None when it runs as whoever runs this."""
    if place.account is None or os.geteuid() != 0:
        return None
    return _account(place.account)


def secret_key(home: Path) -> str:
    """The key made with this home; a passing one where no home has been made yet."""
    try:
        return (home / SECRET_KEY).read_text().strip()
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return secrets.token_urlsafe(48)


def _make_secret_key(home: Path) -> None:
    scratch = home / f"{SECRET_KEY}.new"
    scratch.unlink(missing_ok=True)
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48) + "\n")
    scratch.replace(home / SECRET_KEY)


def _recorded(home: Path) -> Place | None:
    try:
        record = json.loads((home / MARKER).read_text())
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        raise _not_a_directory(home) from None
    except PermissionError:
        raise _closed(home) from None
    except ValueError:
        record = None
    if not isinstance(record, dict) or record.get("made_by") != "kessai":
        raise CannotUseHome(
            N_("%(home)s/place.json を読めません。"),
            N_("KESSAI_HOME に別のディレクトリを指定するか、このファイルをバックアップから戻してください。"),
            home=str(home),
        )
    database = Path(record["database"]) if record["database"] else home / "postgres"
    return Place(home=home, id=record["id"], database=database, account=record["account"])


def make_home(home: Path) -> None:
    """Make the directory if it is missing. Errors: CannotUseHome, OSError."""
    mode = 0o711 if os.geteuid() == 0 else 0o700
    try:
        if home.exists():
            if not home.is_dir():
                raise _not_a_directory(home)
            if mode == 0o711 and not any(home.iterdir()):
                home.chmod(stat.S_IMODE(home.stat().st_mode) | stat.S_IXOTH)
            return
        for parent in reversed([above for above in home.parents if not above.exists()]):
            parent.mkdir(exist_ok=True)
            parent.chmod(0o755)
        home.mkdir(exist_ok=True)
        home.chmod(mode)
    except (NotADirectoryError, FileExistsError):
        raise _not_a_directory(home) from None
    except (PermissionError, FileNotFoundError):
        raise _closed(home) from None


def _choose(home: Path) -> Place:
    identifier = secrets.token_hex(6)
    # The key may be left by a start that was interrupted before the mark was set.
    taken = [name for name in NAMES if name != SECRET_KEY and (home / name).exists()]
    if taken:
        raise CannotUseHome(
            N_("%(home)s には kessai が作ったものではない「%(name)s」があります。"),
            N_("KESSAI_HOME に空のディレクトリを指定してください。"),
            home=str(home),
            name=taken[0],
        )
    if os.geteuid() != 0:
        return Place(home=home, id=identifier, database=home / "postgres", account=None)
    account = _account(ACCOUNT).pw_name
    open_to_all = all(parent.stat().st_mode & stat.S_IXOTH for parent in (home, *home.resolve().parents))
    database = home / "postgres" if open_to_all else ELSEWHERE / identifier
    return Place(home=home, id=identifier, database=database, account=account)


def _account(name: str) -> pwd.struct_passwd:
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(name)
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd and name == ACCOUNT:
        command = [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
        subprocess.run([*command, "--shell", "/bin/false", name], capture_output=True, check=False)
    for candidate in (name, "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(candidate)
    raise CannotUseHome(
        N_("データベースを動かすためのシステムアカウント %(name)s を作れません。"),
        N_("管理者がアカウントを作るか、root 以外の利用者で実行してください。"),
        name=name,
    )


def _not_a_directory(home: Path) -> CannotUseHome:
    return CannotUseHome(
        N_("KESSAI_HOME の %(home)s はディレクトリではありません。"),
        N_("KESSAI_HOME にディレクトリを指定してください。"),
        home=str(home),
    )


def _closed(home: Path) -> CannotUseHome:
    return CannotUseHome(
        N_("KESSAI_HOME の %(home)s に書き込む権限がありません。"),
        N_("書き込めるディレクトリを KESSAI_HOME に指定してください。"),
        home=str(home),
    )
