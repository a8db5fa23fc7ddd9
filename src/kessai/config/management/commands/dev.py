"""``kessai dev``: for those who change kessai."""

from __future__ import annotations

from kessai.config.commands import Words


class Command(Words):
    help = "For developers: the catalogue of translations, the page of the state machine."

    def add_words(self) -> None:
        word = self.word("translations", self.translations, "compare the English catalogue with the sources")
        what = word.add_mutually_exclusive_group(required=True)
        what.add_argument(
            "--check", action="store_true", help="say what is missing or left over; exit code 1"
        )
        what.add_argument(
            "--update", action="store_true", help="add what is missing, drop what is left over, compile"
        )

        page = self.word(
            "state-machine", self.state_machine, "make docs/state-machine.md from the declared machine"
        )
        page.add_argument("--write", action="store_true", help="write the page, instead of printing it")

    def state_machine(self, *, write: bool) -> int:
        from kessai.config import machine_page

        if write:
            machine_page.PAGE.write_text(machine_page.text())
        else:
            self.stdout.write(machine_page.text())
        return 0

    def translations(self, *, check: bool, update: bool) -> int:
        from kessai.config import translations

        if update:
            translations.update()
        found = translations.problems()
        for line in found:
            self.stdout.write(line)
        return 1 if found and check else 0
