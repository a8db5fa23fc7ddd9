"""200 matters being worked on by people in browsers, whatever happens to the server."""

from __future__ import annotations

import queue
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from .browsing import Browser, Form, NoAnswer, forms

DRAFTER, DEPUTY, DIRECTOR, ACCOUNTS = "0030", "0029", "0028", "0004"
PEOPLE = (DRAFTER, DEPUTY, DIRECTOR, ACCOUNTS)
MATTER = "contract_service"
STAYS_WITH_IT = 0.75


@dataclass
class Sent:
    """A form that was sent, as it was sent: what is sent again when no answer came."""

    who: str
    path: str
    fields: dict[str, str]
    kind: str

    @property
    def act_id(self) -> str:
        return self.fields["act_id"]


@dataclass
class Matter:
    """One case on its way. ``route``: who is asked, after the drafter; ``sent_back``: still to be returned."""

    serial: int
    route: tuple[str, ...]
    sent_back: bool
    ref: str = ""
    place: int = 0
    """0: to be submitted; n: waits for the n-th of the route; beyond: decided."""
    waiting: Sent | None = None

    @property
    def done(self) -> bool:
        return self.place > len(self.route)


@dataclass
class Book:
    """What the people saw: every act that was answered, and how often no answer came."""

    acknowledged: dict[str, str] = field(default_factory=dict)
    """Kind of act by act id."""
    unanswered: list[str] = field(default_factory=list)
    """Act ids that were sent once without an answer."""
    refused: list[str] = field(default_factory=list)


class Office:
    """Threads of people that take the next matter and do the next act of it."""

    def __init__(
        self, port: int, people: Mapping[str, int], matters: list[Matter], threads: int, seed: int
    ) -> None:
        self.port, self.people, self.matters, self.seed = port, people, matters, seed
        self.book = Book()
        self.open = threading.Event()
        self.waiting: queue.SimpleQueue[Matter] = queue.SimpleQueue()
        for matter in matters:
            self.waiting.put(matter)
        self.stop = threading.Event()
        self.failures: list[BaseException] = []
        self.threads = [
            threading.Thread(target=self._work, args=(number,), daemon=True) for number in range(threads)
        ]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def finish(self, seconds: float) -> None:
        """Let everybody work until all is decided."""
        for thread in self.threads:
            thread.join(timeout=seconds)
        self.stop.set()

    def _work(self, number: int) -> None:
        desk, chance = _Desk(self), Random(f"{self.seed} {number}")
        matter: Matter | None = None
        try:
            while not self.stop.is_set() and not self.failures:
                self.open.wait(timeout=1)
                if not self.open.is_set():
                    continue
                try:
                    matter = matter or self.waiting.get_nowait()
                except queue.Empty:
                    if all(matter.done for matter in self.matters):
                        return
                    self.stop.wait(0.02)
                    continue
                try:
                    desk.next_act(matter)
                except NoAnswer:
                    self.stop.wait(0.05)
                # Staying with some brings cases to every stage, the decision too, while others have not begun.
                if not matter.done and chance.random() > STAYS_WITH_IT:
                    self.waiting.put(matter)
                    matter = None
                elif matter.done:
                    matter = None
        except BaseException as failure:
            self.failures.append(failure)
        finally:
            for browser in desk.browsers.values():
                browser.close()


class _Desk:
    """One thread's browsers, one for each person, signed in when first needed."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.browsers: dict[str, Browser] = {}

    def browser(self, who: str) -> Browser:
        if who not in self.browsers:
            fresh = Browser(self.office.port)
            person = str(self.office.people[who])
            page = fresh.get("/sign-in/")
            form = next(form for form in forms(page.body) if form.fields.get("person") == person)
            answer = fresh.post(form.action, form.fields)
            assert answer.status == 302, answer
            self.browsers[who] = fresh
        return self.browsers[who]

    def next_act(self, matter: Matter) -> None:
        if matter.waiting is None:
            matter.waiting = self._submission(matter) if matter.place == 0 else self._act(matter)
        self._send(matter, matter.waiting)

    def _submission(self, matter: Matter) -> Sent:
        browser = self.browser(DRAFTER)
        if not matter.ref:
            matter.ref = self._begin(browser)
        page = browser.get(f"/drafts/{matter.ref}/")
        assert page.status == 200, page
        form = _form_with(page.body, "version")
        amount = 9_500_000 if ACCOUNTS in matter.route else 500_000 + matter.serial
        typed = {
            "do": "submit",
            "title": f"調査業務の委託について（その{matter.serial}）",
            "text": f"下記のとおり契約を締結してよろしいか伺います。{form.fields['act_id']}",
            "counterparty": f"株式会社第{matter.serial}",
            "amount": str(amount),
        }
        return Sent(DRAFTER, f"/drafts/{matter.ref}/", form.fields | typed, "submitted")

    def _begin(self, browser: Browser) -> str:
        page = browser.get("/drafts/new/")
        form = _form_with(page.body, "post")
        answer = browser.post(form.action, form.fields | {"matter": MATTER})
        assert answer.status == 302, answer
        return answer.location.strip("/").split("/")[-1]

    def _act(self, matter: Matter) -> Sent:
        who = matter.route[matter.place - 1]
        page = self.browser(who).get(f"/cases/{matter.ref}/")
        assert page.status == 200, page
        if matter.sent_back and who == DEPUTY:
            do, kind = "return", "returned"
        elif matter.place == len(matter.route):
            do, kind = "decide", "decided"
        else:
            do, kind = "approve", "consented" if who == ACCOUNTS else "approved"
        form = next(form for form in forms(page.body) if do in form.does and "position" in form.fields)
        said = {"do": do, "reason": "積算の根拠を書いてください。"} if do == "return" else {"do": do}
        return Sent(who, f"/cases/{matter.ref}/", form.fields | said, kind)

    def _send(self, matter: Matter, sent: Sent) -> None:
        book = self.office.book
        try:
            answer = self.browser(sent.who).post(sent.path, sent.fields)
        except NoAnswer:
            book.unanswered.append(sent.act_id)
            raise
        if answer.status != 302:
            book.refused.append(f"{answer.status} {sent.kind} {sent.path} {sent.act_id}")
            raise AssertionError(book.refused[-1])
        book.acknowledged[sent.act_id] = sent.kind
        matter.waiting = None
        if sent.kind == "returned":
            matter.sent_back, matter.place = False, 0
        else:
            matter.place += 1


def _form_with(body: str, name: str) -> Form:
    return next(form for form in forms(body) if name in form.fields)


def matters(count: int, chance: Random) -> list[Matter]:
    """Small contracts that the director decides; some need a consent, some come back once."""
    return [
        Matter(
            serial,
            (DEPUTY, ACCOUNTS, DIRECTOR) if chance.random() < 0.3 else (DEPUTY, DIRECTOR),
            sent_back=chance.random() < 0.15,
        )
        for serial in range(count)
    ]
