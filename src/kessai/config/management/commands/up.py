"""``kessai up``: everything, in one foreground process group."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connections

from kessai.config import environment, supervisor


class Command(BaseCommand):
    help = "Run everything in the foreground: database, web server, worker, sequencer. Ctrl-C stops it."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        self.prepare()
        for connection in connections.all():
            connection.close()
            connection.close_pool()  # type: ignore[attr-defined]
        supervisor.run(when_ready=self.announce)
        self.stdout.write("停止しました。 / Stopped.")

    def prepare(self) -> None:
        """What else must be there before anybody can come in."""

    def announce(self) -> None:
        self.stdout.write(f"kessai: {address()}")
        self.stdout.flush()


def address() -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(environment.host(), environment.host())
    return f"http://{f'[{host}]' if ':' in host and not host.startswith('[') else host}:{environment.port()}/"
