"""What the commands of the house share: words below a word, ``--json``, exit codes."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser
from django.utils import translation

from kessai.config import cli
from kessai.config.database import CannotTellSuperuser, CannotUseDatabase
from kessai.config.environment import CannotReadSetting
from kessai.config.place import CannotUseHome
from kessai.config.server_programs import CannotStartDatabase
from kessai.kernel.errors import Cannot

Handler = Callable[..., int | None]
Group = argparse._SubParsersAction

COULD_NOT_RUN = (
    CannotStartDatabase,
    CannotUseDatabase,
    CannotUseHome,
    CannotReadSetting,
    CannotTellSuperuser,
)


class Words(BaseCommand):
    """A command whose next word says what to do: ``kessai db url``.

    Subclasses add their words in ``add_words``. A word's handler gets its arguments by keyword and returns
    the exit code, None for 0; a refusal it raises is said on stderr with exit code 1, or 2 when the thing
    could not run at all. Through ``call_command`` refusals are raised to the caller.
    """

    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        self._words = parser.add_subparsers(dest="word", required=True, metavar="WORD")
        self.add_words()

    def add_words(self) -> None:
        raise NotImplementedError

    def group(self, name: str, help: str) -> Group:
        """Add a word that is followed by another one: ``kessai org order start``; its words go ``among`` it."""
        parser = self._words.add_parser(name, help=help, description=help)
        words: Group = parser.add_subparsers(dest="next_word", required=True, metavar="WORD")
        return words

    def word(
        self, name: str, handler: Handler, help: str, *, json: bool = False, among: Group | None = None
    ) -> argparse.ArgumentParser:
        """Add a word; ``json`` gives it ``--json``, passed to the handler as ``as_json``."""
        words = self._words if among is None else among
        parser: argparse.ArgumentParser = words.add_parser(name, help=help, description=help)
        parser.set_defaults(handler=handler)
        if json:
            parser.add_argument("--json", action="store_true", dest="as_json", help="print JSON")
        return parser

    def handle(self, *args: Any, **options: Any) -> None:
        own = {k: v for k, v in options.items() if k not in _OF_DJANGO}
        code = options["handler"](**own)
        if code:
            raise Finished(code)

    def run_from_argv(self, argv: list[str]) -> NoReturn:
        code = 0
        try:
            with translation.override(cli.terminal_language()):
                super().run_from_argv(argv)
        except Finished as finished:
            code = finished.code
        except Cannot as refusal:
            cli.say(refusal, sys.stderr)
            code = cli.COULD_NOT_RUN if isinstance(refusal, COULD_NOT_RUN) else cli.REFUSED
        sys.exit(code)

    def write_json(self, value: object) -> None:
        self.stdout.write(json.dumps(value, ensure_ascii=False, indent=1, default=str))


class Finished(Exception):
    """The command ran; ``code`` is its answer."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


_OF_DJANGO = {
    "handler", "word", "next_word", "verbosity", "settings", "pythonpath", "traceback", "no_color", "force_color",
    "skip_checks", "stdout", "stderr",
}  # fmt: skip
