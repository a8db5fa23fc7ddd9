"""Somebody new at the job, who knows no codes: a first contract, a first notice, a first study group, to decided.

Each begins from what one wants to do, in ordinary words; each official then has one sitting for all three.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, expect

from journeys import counted
from journeys.tally import Count, Tally
from journeys.walker import DESK, Walker
from journeys.words import EN, JA, Words

NOVICE, DEPUTY, DIRECTOR, GENERAL = "0030", "0029", "0028", "0022"
OFFICERS = (DEPUTY, "0004", DIRECTOR, "0008", "0024", "0023", GENERAL)
"""In turn: 課長補佐, 会計課長, 課長 who decides the contract, 文書課長, 総務課長, 審議官, 局長."""

NUMBERED = re.compile(r"第\d+号")
WANTS = {
    "ja": {"notice": "都道府県に通知を出したい", "study": "研究会を開きたい"},
    "en": {"notice": "send a notice to prefectures", "study": "a study group of experts"},
}
Picture = Callable[[Walker, str], None]


@dataclass(frozen=True)
class Novice:
    """One novice's three drafts, in one language; ``picture`` takes one where something is to be seen."""

    browser: Browser
    address: str
    language: str = "ja"
    size: tuple[int, int] = DESK
    picture: Picture = lambda walker, name: None

    @property
    def say(self) -> Words:
        return JA if self.language == "ja" else EN

    @property
    def titles(self) -> tuple[str, str, str]:
        return (
            f"はじめての調査の委託（{self.language}）",
            f"はじめての留意事項の通知（{self.language}）",
            f"はじめての研究会の開催（{self.language}）",
        )

    @contextmanager
    def as_(self, staff_no: str) -> Iterator[tuple[Walker, Tally]]:
        walker = Walker(self.browser, self.address, staff_no, self.language, size=self.size)
        tally = Tally(walker.context)
        walker.come_in()
        yield walker, tally
        walker.leave()

    def drafts(self) -> dict[str, Count]:
        """The three from home to submitted, with what each took."""
        took: dict[str, Count] = {}
        contract, notice, study = self.titles
        with self.as_(NOVICE) as (walker, tally):
            with tally.counting() as took["contract"]:
                counted.contract_from_zero(walker, self.say, contract, self.picture)
            walker.look()
            with tally.counting() as took["notice"]:
                self._notice(walker, notice)
            walker.look()
            with tally.counting() as took["study"]:
                self._study_group(walker, study)
            walker.look()
        return took

    def _begin(self, walker: Walker, want: str, matter: str) -> None:
        """Say what one wants; the kind of matter that is meant is there."""
        counted.press(walker.page.locator("header nav").get_by_role("link", name=self.say.new))
        walker.arrive()
        walker.page.keyboard.type(WANTS[self.language][want])
        kind = walker.page.locator(f".kind-b[value={matter}]")
        expect(walker.page.locator(".kind-b").first).to_have_attribute("value", matter)
        self.picture(walker, f"{want}-kinds")
        counted.press(kind)
        walker.arrive()

    def _notice(self, walker: Walker, title: str) -> None:
        """To the governors of the 47 prefectures, whom the directory has as a group."""
        self._begin(walker, "notice", "notice_local")
        counted.type_in(walker, "title", title)
        walker.page.locator("#address-group").select_option(value="都道府県知事")
        counted.press(walker.page.locator("button[name=do][value=address]"))
        walker.arrive()
        lines = walker.page.locator("#f-addressees").input_value().split("\n")
        assert len([line for line in lines if line.strip()]) == 47, lines
        self.picture(walker, "notice")
        counted.attach(walker)
        counted.submit(walker)

    def _study_group(self, walker: Walker, title: str) -> None:
        self._begin(walker, "study", "study_group")
        for key, text in (
            ("title", title),
            ("persons", "青山 哲（大学教授）\n井川 美帆（市長）\n三好 麻里（企業）"),
            ("starts_on", "R9.1.12"),
        ):
            counted.type_in(walker, key, text)
        self.picture(walker, "study")
        counted.submit(walker)

    def decided(self) -> None:
        """Each official answers what is there of the three; at the end all are decided."""
        for staff_no in OFFICERS:
            with self.as_(staff_no) as (walker, _):
                self._answers(walker)
        with self.as_(NOVICE) as (walker, _):
            for title in self.titles:
                line = walker.page.locator(".done-line").filter(has_text=title)
                expect(line.get_by_role("link")).to_have_text(NUMBERED)

    def _answers(self, walker: Walker) -> None:
        for title in self.titles:
            found = walker.page.locator(".queue").get_by_role("link", name=title)
            if found.count():
                counted.press(found.first)
                walker.arrive()
                counted.press(walker.page.locator("#acts [data-key=a]"))
                walker.arrive()
                expect(walker.page.locator(".note-ok").first).to_be_visible()
                walker.open("/")
