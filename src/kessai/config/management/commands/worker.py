"""``kessai worker``: the background worker alone."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from kessai.config import working


class Command(BaseCommand):
    help = "Run the background worker alone."

    def handle(self, *args: Any, **options: Any) -> None:
        working.work()
