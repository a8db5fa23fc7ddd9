"""Somebody at a browser: signs in, reads, types and presses; every page they see is checked with axe."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page, Request, expect

import kessai

LAUNCH = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SAMPLE = Path(kessai.__file__).parent / "sample"
DESK, PHONE = (1366, 768), (375, 812)
PATIENCE_MS = 15_000
BREATH_MS = 60
QUIET_BREATHS = 2
JUDGED: set[bytes] = set()
"""The parts of the pages that axe found nothing wrong with."""
WIDEST = """() => [...document.querySelectorAll("main *")]
    .filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
    .map((e) => e.outerHTML.slice(0, 120)).slice(0, 4)"""
PARTS = """() => {
  const STATES = ["aria-current", "aria-expanded", "aria-hidden", "aria-invalid", "aria-live"];
  const words = (e) => (e.textContent.trim() ? "text" : "");
  const part = (e) => [
    e.parentElement.tagName, e.parentElement.getAttribute("class"), e.tagName, e.getAttribute("class"),
    e.getAttribute("role"), e.getAttribute("type"), e.getClientRects().length ? "seen" : "", words(e),
    ...[...e.attributes].map((a) => a.name + (STATES.includes(a.name) ? a.value : "")),
  ].join(" ");
  const all = [...document.body.querySelectorAll("*")];
  const ids = all.map((e) => e.id).filter(Boolean);
  const order = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6, main, nav, aside, header, footer, section")];
  return JSON.stringify([
    document.documentElement.lang, innerWidth, document.title !== "", ids.length - new Set(ids).size,
    order.map((e) => e.tagName), [...new Set(all.map(part))].sort(),
  ]);
}"""
"""What a page is made of: each kind of part in its place once, headings and landmarks in their order."""


def names() -> dict[str, tuple[str, str]]:
    """Names of the sample's people in both languages by staff number."""
    with (SAMPLE / "people.csv").open() as file:
        return {row["staff_no"]: (row["name"], row["name_en"]) for row in csv.DictReader(file)}


@dataclass
class Walker:
    """One person's browser. ``language``: ja or en; ``script`` false: JavaScript is off; ``touch``: a phone."""

    browser: Browser
    address: str
    staff_no: str
    language: str = "ja"
    script: bool = True
    size: tuple[int, int] = DESK
    touch: bool = False
    looked_at: list[str] = field(default_factory=list)
    context: BrowserContext = field(init=False)
    page: Page = field(init=False)

    def __post_init__(self) -> None:
        width, height = self.size
        self.context = self.browser.new_context(
            base_url=self.address,
            java_script_enabled=self.script,
            viewport={"width": width, "height": height},
            has_touch=self.touch,
            is_mobile=self.touch,
            locale="ja-JP" if self.language == "ja" else "en-GB",
            timezone_id="Asia/Tokyo",
        )
        self.context.set_default_timeout(PATIENCE_MS)
        self.page = self.context.new_page()
        self._under_way = False
        self.page.on("request", self._asked)
        self.page.on("load", self._arrived)
        self.page.on("pageerror", self._broke)
        self.page.on("console", self._said)
        self.troubles: list[str] = []

    def _asked(self, request: Request) -> None:
        if request.is_navigation_request() and request.frame == self.page.main_frame:
            self._under_way = True

    def _arrived(self, page: object) -> None:
        self._under_way = False

    def arrive(self) -> None:
        """Wait for the page that a press has asked for; a press may also change the page that is there.

        A form that is sent while it is being saved goes only after that.
        """
        quiet = waited = 0
        while quiet < QUIET_BREATHS:
            self.page.wait_for_timeout(BREATH_MS)
            waited += BREATH_MS
            assert waited < PATIENCE_MS, f"{self.page.url}: the next page does not come"
            quiet = 0 if self._under_way or self._saving() else quiet + 1

    def _saving(self) -> bool:
        try:
            return self.script and self.page.locator(".htmx-request").count() > 0
        except Error:
            return True

    def _broke(self, error: object) -> None:
        self.troubles.append(f"script error: {error}")

    def _said(self, message: object) -> None:
        kind, text = getattr(message, "type", ""), getattr(message, "text", "")
        # A refusal is shown on the page; the browser's own note of its status is no trouble.
        if kind == "error" and "status of 409" not in text:
            self.troubles.append(f"console: {text}")

    def leave(self) -> None:
        """Close the browser; nothing may have gone wrong unseen."""
        self.context.close()
        assert not self.troubles, self.troubles

    def come_in(self) -> None:
        """Open the ministry, choose the language, and become the person."""
        self.page.goto("/")
        if self.language == "en":
            self.press("English")
        self.look()
        name = names()[self.staff_no][self.language == "en"]
        self.page.get_by_role("button", name=name).click()
        self.arrive()
        expect(self.page.locator("h1")).to_have_text("Inbox" if self.language == "en" else "受信箱")
        self.look()

    def open(self, path: str) -> None:
        self.page.goto(path)
        self.look()

    def press(self, name: str, within: str = "body") -> None:
        """Press the first visible button or link of that name."""
        place = self.page.locator(within)
        found = place.get_by_role("button", name=name).or_(place.get_by_role("link", name=name))
        found.filter(visible=True).first.click()
        self.arrive()

    def tap(self, where: Locator) -> None:
        """With a finger."""
        where.tap()
        self.arrive()

    def fill(self, **values: str) -> None:
        """Type into the fields of a draft by their keys."""
        for key, value in values.items():
            self.page.locator(f"#f-{key}").fill(value)

    def reads(self, *texts: str) -> None:
        """Each text is, or comes to be, somewhere in the page."""
        for text in texts:
            expect(self.page.locator("body")).to_contain_text(text)

    def reference(self) -> str:
        """``<tenant>-<uuid>`` of the case or draft that is open."""
        return self.page.url.split("/")[4]

    def look(self) -> None:
        """Judge the page that is open: axe, no sideways scrolling, the chosen language.

        A page made of the same parts as one that was judged already, in the same language and size, is not given to
        axe again: most looks are at such pages, and axe takes longer than all else.
        """
        self.arrive()
        self.looked_at.append(self.page.url)
        assert self.page.locator("html").get_attribute("lang") == self.language, self.page.content()
        wide = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 1, f"{self.page.url} is {wide} px wider than the window: {self.page.evaluate(WIDEST)}"
        parts = hashlib.sha256(self.page.evaluate(PARTS).encode()).digest()
        if parts not in JUDGED:
            self._judge()
            JUDGED.add(parts)

    def _judge(self) -> None:
        page = self.page if self.script else self._copy()
        found = Axe().run(page).response["violations"]
        assert not found, "\n".join(
            f"{self.page.url}: {v['id']} ({v['help']}): {[node['html'][:200] for node in v['nodes']]}"
            for v in found
        )
        if page is not self.page:
            page.context.close()

    def _copy(self) -> Page:
        """The page as it stands, where axe can run although the page's own scripts do not."""
        html = self.page.content()
        context = self.browser.new_context(
            base_url=self.address,
            viewport=self.page.viewport_size,
            storage_state=self.context.storage_state(),
        )
        page = context.new_page()
        page.route("**/*.js", lambda route: route.abort())
        page.route(
            self.page.url, lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8")
        )
        page.goto(self.page.url)
        return page
