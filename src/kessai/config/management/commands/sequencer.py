"""``kessai sequencer``: the ledger's sequencer alone."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from kessai.ledger import sequencer


class Command(BaseCommand):
    help = "Run the ledger's sequencer alone."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        sequencer.run(stop)
