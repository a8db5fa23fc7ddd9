"""Everything, or the parts that are named, on an installation of its own that is removed afterwards.

Settings are the ones users get.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path


def main() -> None:
    with _house() as url:
        import stage as the_stage
        from benchmarks import acts, bulk, impact, inbox, orders, precedents, searching, sequencing

        stage = the_stage.build()
        for part in (acts, bulk, sequencing, inbox, precedents, searching, orders, impact):
            if not sys.argv[1:] or part.__name__.removeprefix("benchmarks.") in sys.argv[1:]:
                part.run(stage, url)


@contextlib.contextmanager
def _house() -> Iterator[str]:
    """A migrated database with nothing in it; the superuser's connection string."""
    with tempfile.TemporaryDirectory() as folder:
        for name in [name for name in os.environ if name.startswith("KESSAI_")]:
            del os.environ[name]
        os.environ["KESSAI_HOME"] = str(Path(folder) / "home")
        os.environ["DJANGO_SETTINGS_MODULE"] = "kessai.config.settings"
        from kessai.config import database

        database.ensure_running()
        import django
        from django.core.management import call_command
        from django.db import connections

        django.setup()
        try:
            call_command("migrate", verbosity=0)
            yield database.superuser_url()
        finally:
            for connection in connections.all():
                connection.close()
                if hasattr(connection, "close_pool"):
                    connection.close_pool()
            call_command("db", "remove", "--yes")


main()
