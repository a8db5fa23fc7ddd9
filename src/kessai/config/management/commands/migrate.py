"""``kessai migrate``: bring the database to this version, as its owner."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.core.management.commands.migrate import Command as Migrate

from kessai.config import migrating


class Command(Migrate):
    help = "Bring the database to this version of kessai."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        connection = migrating.owner_connection(options["database"])
        migrating.refuse_newer_data(connection)
        migrating.make_application_role(connection)
        super().handle(*args, **options)
        migrating.grant_foreign_tables(connection)
