"""``kessai sequencer``: the ledger's sequencer alone."""

from __future__ import annotations

import threading
from typing import Any

from django.core.management.base import BaseCommand

from kessai.config import processes
from kessai.ledger import sequencer


class Command(BaseCommand):
    help = "Run the ledger's sequencer alone."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        processes.on_stop(stop.set)
        sequencer.run(stop)
