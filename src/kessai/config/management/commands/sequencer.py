"""``kessai sequencer``: the ledger's sequencer alone, and beside it what asks the witnesses."""

from __future__ import annotations

import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from kessai.config import processes
from kessai.ledger import sequencer
from kessai.ledger.witnessing import asking, policies


class Command(BaseCommand):
    help = "Run the ledger's sequencer alone."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.KESSAI_DEMO:
            # Its witness runs no more: before anything is published that would wait for it.
            policies.end_demo()
        stop = threading.Event()
        processes.on_stop(stop.set)
        witnesses = threading.Thread(target=asking.run, args=(stop,), daemon=True)
        witnesses.start()
        sequencer.run(stop)
        witnesses.join(asking.ROUND_SECONDS)
