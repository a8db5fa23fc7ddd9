"""The command ``kessai``: Django's management commands, with the settings set and the database running.

Exit codes: 0 done; 1 the thing asked is false or refused; 2 could not run.
"""

from __future__ import annotations

import errno
import gettext
import os
import sys
from pathlib import Path
from typing import TextIO

from django.db.utils import DatabaseError, OperationalError
from psycopg import errors as postgres

from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_, Text

REFUSED = 1
COULD_NOT_RUN = 2

# These are about the database server itself or need none.
WITHOUT_DATABASE = {"", "help", "--help", "-h", "version", "--version", "db", "dev"}
SUPERVISING = {"up", "demo"}

LOCALES = Path(__file__).parent.parent / "locale"


def main() -> None:
    sys.exit(run(sys.argv))


def run(argv: list[str]) -> int:
    """Run one command line; what could not be done is said on stderr in the user's words."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kessai.config.settings")
    try:
        return _run(argv)
    except Cannot as refusal:
        say(refusal, sys.stderr)
        return COULD_NOT_RUN
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS}:
            raise
        say(_from_system(error), sys.stderr)
        return COULD_NOT_RUN
    except DatabaseError as error:
        explained = _from_database(error)
        if explained is None:
            raise
        say(explained, sys.stderr)
        return COULD_NOT_RUN
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stdout = None
        return 0


def _run(argv: list[str]) -> int:
    # Settings are read once and hold the database's address: it must be decided before Django is loaded.
    from kessai.config import database, environment, supervisor

    # Whatever is made is for whoever runs this, not for the other users of the machine.
    os.umask(0o077)
    word = argv[1] if len(argv) > 1 else ""
    helping = bool({"--help", "-h"} & set(argv))
    supervising = word in SUPERVISING and not helping
    if word not in WITHOUT_DATABASE and not helping:
        environment.check()
    try:
        if supervising:
            supervisor.take_over(demo=word == "demo", fresh="--fresh" in argv)
        elif word not in WITHOUT_DATABASE and not helping:
            database.ensure_running()
        from django.core.management import execute_from_command_line

        execute_from_command_line(["kessai", *argv[1:]])
    finally:
        if supervising:
            supervisor.let_go()
    return 0


def say(refusal: Cannot, stream: TextIO) -> None:
    """Why, and what can be done about it, in the language of the terminal."""
    for text in (refusal.what, refusal.remedy):
        if text.message:
            stream.write(in_words(text) + "\n")


def in_words(text: Text) -> str:
    """Japanese where the terminal's language is Japanese, English elsewhere. Works before Django is set up."""
    if terminal_language() == "ja":
        return str(text)
    catalogue = gettext.translation("django", LOCALES, languages=["en"], fallback=True)
    return catalogue.gettext(text.message) % dict(text.params)


def terminal_language() -> str:
    """``ja`` or ``en``."""
    chosen = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "ja" if chosen.lower().startswith("ja") else "en"


def _from_system(error: OSError) -> Cannot:
    from kessai.config import environment

    where = str(error.filename or environment.home())
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return Cannot(N_("ディスクがいっぱいです(%(where)s)。"), N_("空きを増やしてください。"), where=where)
    return Cannot(
        N_("%(where)s を読み書きする権限がありません。"),
        N_("前回と同じ利用者で実行するか、KESSAI_HOME に別のディレクトリを指定してください。"),
        where=where,
    )


def _from_database(error: DatabaseError) -> Cannot | None:
    said = " ".join(str(error).split())
    if isinstance(error.__cause__, postgres.DiskFull):
        return Cannot(N_("ディスクがいっぱいです(%(where)s)。"), N_("空きを増やしてください。"), where=said)
    if isinstance(error.__cause__, postgres.UndefinedTable | postgres.UndefinedColumn):
        return Cannot(
            N_("データベースがこの版になっていません(%(said)s)。"),
            N_("kessai migrate を実行してください。"),
            said=said,
        )
    if isinstance(error, OperationalError):
        return Cannot(
            N_("データベースが応答しません(%(said)s)。"),
            N_("kessai db status で状態を確かめてください。"),
            said=said,
        )
    return None
