"""``kessai serve``: the web server alone."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from kessai.config import environment, serving, supervisor


class Command(BaseCommand):
    help = "Run the web server alone."

    def handle(self, *args: Any, **options: Any) -> None:
        supervisor.refuse_taken_port(environment.host(), environment.port())
        serving.serve()
