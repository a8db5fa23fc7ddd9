"""What a page weighs, how soon it is painted, whether it moves, and whether everybody can use it."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page

from journeys.walker import DESK, PHONE

SLOW_4G = {
    "latency": 150 * 3.75,
    "downloadThroughput": 1.6 * 1000 * 1000 / 8 * 0.9,
    "uploadThroughput": 750 * 1000 / 8 * 0.9,
}
"""The preset "Slow 4G" of Chrome's developer tools (front_end/core/sdk/NetworkManager.ts; those of Lighthouse's
mobileSlow4G, 150 ms and 1.6 Mbit/s, as throttled by request): ms for each request, bytes a second."""
SLOWER_CPU = 4
LOADS, MORE_LOADS = 3, 4
MOST_PAINT_MS = 1_500
MOST_TABS, SPARE_TABS = 5, 12
"""At most until the first control comes again: a date takes a Tab for each of its parts, what scrolls takes one."""
HALF = (DESK[0] // 2, DESK[1] // 2)
"""The window at 200 % zoom."""

SHIFTS = """new PerformanceObserver((list) => {
  for (const one of list.getEntries()) {
    if (one.hadRecentInput) continue;
    window.__shift = (window.__shift || 0) + one.value;
    const moved = one.sources.map(({ node }) => (node?.outerHTML ?? node?.data ?? "").slice(0, 80));
    window.__moved = (window.__moved || []).concat(moved);
  }
}).observe({ type: "layout-shift", buffered: true })"""

STOPS = """() => {
  const of = "a[href], button, input, select, textarea, summary, [tabindex], [contenteditable=true]";
  const groups = new Set();
  window.__stops = [...document.querySelectorAll(of)].filter((e) => {
    if (e.disabled || e.tabIndex < 0 || e.type === "hidden") return false;
    if (!e.checkVisibility({ visibilityProperty: true })) return false;
    if (e.type !== "radio") return true;
    // Of a group of radio buttons one is reached by Tab, the others by the arrows.
    const all = [...document.getElementsByName(e.name)].filter((o) => o.type === "radio" && o.form === e.form);
    const one = all.find((o) => o.checked) ?? e;
    if (e !== one || groups.has(one)) return false;
    groups.add(one);
    return all.some((o) => o.checked) || all[0] === e;
  });
  const ahead = window.__stops.filter((e) => e.tabIndex > 0).length;
  return [window.__stops.length, ahead];
}"""

STOP = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const said = (e.textContent || e.name || "").trim().slice(0, 30);
  const name = `${e.tagName.toLowerCase()}${e.id ? "#" + e.id : ""} ${said}`;
  const ringed = (o) => {
    if (!o) return false;
    const style = getComputedStyle(o);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
  };
  const label = e.labels?.[0] ?? e.closest("label");
  const seen = ringed(e) || ringed(label) || ringed(e.nextElementSibling) || ringed(e.closest("li, fieldset"));
  const box = [e, label].filter(Boolean).map((o) => [o, o.getBoundingClientRect()]).find(([, r]) => r.width > 2);
  let clear = true;
  if (box) {
    const [of, r] = box;
    const points = [.05, .2, .35, .5, .65, .8, .95].flatMap((y) => [.1, .5, .9].map((x) => [x, y]));
    clear = points.some(([x, y]) => {
      const hit = document.elementFromPoint(r.left + r.width * x, r.top + r.height * y);
      return hit && (of.contains(hit) || hit.contains(of) && hit !== document.body && hit.tagName !== "MAIN");
    });
  }
  return [window.__stops.indexOf(e), name, seen, clear];
}"""

NAMED = "(n) => window.__stops[n].outerHTML.slice(0, 100)"
AGAINST_THE_ORDER = """(turns) => turns.filter(([from, to]) => {
  let above = window.__stops[from];
  while (!above.contains(window.__stops[to])) above = above.parentElement;
  return getComputedStyle(above).readingFlow === "normal";
}).map(([from, to]) => `the order goes back to ${window.__stops[to].outerHTML.slice(0, 80)}`)"""
"""Where the order is not that of the document, the sheet must have asked for that of what is seen."""
EDGES = """() => [...document.querySelectorAll(".btn, button, input, select, textarea")].filter((e) => {
  if (["checkbox", "radio", "file", "hidden"].includes(e.type) || e.closest(".vh")) return false;
  if (!e.checkVisibility({ visibilityProperty: true })) return false;
  const s = getComputedStyle(e);
  const edge = ["top", "right", "bottom", "left"].map((side) => `border-${side}`).some((side) =>
    parseFloat(s.getPropertyValue(`${side}-width`)) > 0 && s.getPropertyValue(`${side}-color`) !== s.backgroundColor);
  const plain = getComputedStyle(document.body).backgroundColor;
  return !edge && s.textDecorationLine === "none" && s.backgroundColor === plain;
}).map((e) => e.outerHTML.slice(0, 120))"""
"""Controls that lose their edge where the colours are the reader's own."""

MOVING = """() => {
  const seconds = (all) => Math.max(...all.split(",").map(parseFloat));
  const all = [...document.querySelectorAll("*")];
  const slow = all.filter((e) => seconds(getComputedStyle(e).transitionDuration) > 0.01);
  return [...document.getAnimations().map(String), ...slow.map((e) => e.outerHTML.slice(0, 80))];
}"""
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
WIDER = "document.documentElement.scrollWidth - window.innerWidth"


@dataclass(frozen=True)
class Place:
    """A page of somebody who is signed in. No more than ``cookies``: what is typed and not saved stays where it is."""

    address: str
    url: str
    cookies: Any


@dataclass
class Loads:
    """``paints``: first contentful paints in ms; ``shift``: the most layout shift; ``weight``: bytes by kind."""

    paints: list[float] = field(default_factory=list)
    shift: float = 0.0
    moved: list[str] = field(default_factory=list)
    weight: dict[str, int] = field(default_factory=dict)

    def shifted(self, page: Page) -> None:
        self.shift = max(self.shift, page.evaluate("window.__shift || 0"))
        self.moved += page.evaluate("window.__moved || []")


def on_a_phone(browser: Browser, place: Place, found: Loads, times: int) -> None:
    """On a slow phone with an empty cache: the first time until the network is quiet, then until all is loaded."""
    for _ in range(times):
        with opened(browser, place, PHONE, throttled=True) as (page, bytes_of):
            page.goto(place.url)
            if not found.weight:
                page.wait_for_load_state("networkidle")
                found.weight = dict(bytes_of)
            found.paints.append(page.evaluate(PAINTED))
            found.shifted(page)


@contextmanager
def opened(
    browser: Browser, place: Place, size: tuple[int, int], *, throttled: bool = False
) -> Iterator[tuple[Page, dict[str, int]]]:
    """A new browser with an empty cache, already running, and what it receives from now on, in bytes by kind."""
    phone = size == PHONE
    context = browser.new_context(
        base_url=place.address,
        storage_state={"cookies": place.cookies, "origins": []},
        viewport={"width": size[0], "height": size[1]},
        is_mobile=phone,
        has_touch=phone,
        locale="ja-JP",
        timezone_id="Asia/Tokyo",
    )
    try:
        page = context.new_page()
        page.add_init_script(SHIFTS)
        page.goto("/healthz")
        weight = _weighed(context, page, throttled)
        yield page, weight
    finally:
        context.close()


def _weighed(context: BrowserContext, page: Page, throttled: bool) -> dict[str, int]:
    cdp = context.new_cdp_session(page)
    cdp.send("Network.enable")
    cdp.send("Network.clearBrowserCache")
    if throttled:
        cdp.send("Network.emulateNetworkConditions", {"offline": False, **SLOW_4G})
        cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER_CPU})
    return _weight(cdp)


def _weight(cdp: CDPSession) -> dict[str, int]:
    """Filled as answers come: bytes on the wire with their headers, and ``plain``: as they were before compression.

    Pages of attachments, shown as pictures, are not of the page.
    """
    weight: dict[str, int] = {}
    kinds: dict[str, str] = {}

    def received(event: dict[str, Any]) -> None:
        kind, url = event["type"], event["response"]["url"]
        if kind != "Image" or "/static/" in url:
            kinds[event["requestId"]] = kind

    def data(event: dict[str, Any]) -> None:
        if event["requestId"] in kinds:
            weight["plain"] = weight.get("plain", 0) + int(event["dataLength"])

    def finished(event: dict[str, Any]) -> None:
        kind = kinds.get(event["requestId"])
        if kind:
            weight[kind] = weight.get(kind, 0) + int(event["encodedDataLength"])

    cdp.on("Network.responseReceived", received)
    cdp.on("Network.dataReceived", data)
    cdp.on("Network.loadingFinished", finished)
    return weight


def by_keyboard(page: Page) -> list[str]:
    """Press Tab around the whole page; what is not right: not reached, out of order, not seen, hidden by another."""
    stops, ahead = page.evaluate(STOPS)
    wrong = [f"{ahead} controls jump the order"] if ahead else []
    order: list[int] = []
    for _ in range(MOST_TABS * stops + SPARE_TABS):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None:
            continue
        place, name, seen, clear = stop
        if place < 0:
            # A part that scrolls is reached too.
            continue
        if order and place == order[0] != order[-1]:
            break
        order.append(place)
        if not seen:
            wrong.append(f"no focus is seen: {name}")
        if not clear:
            wrong.append(f"hidden while it has the focus: {name}")
    missed = sorted(set(range(stops)) - set(order))
    wrong += [
        f"not reached by Tab: {page.evaluate('(n) => window.__stops[n].outerHTML.slice(0, 100)', n)}"
        for n in missed
    ]
    turns = [list(turn) for turn in pairwise(order) if 0 < turn[1] < turn[0] < stops - 1]
    wrong += page.evaluate(AGAINST_THE_ORDER, turns)
    return list(dict.fromkeys(wrong))


def for_everybody(page: Page) -> dict[str, list[str]]:
    """At 200 % zoom, in forced colours, with reduced motion: what is not right, by each."""
    page.set_viewport_size({"width": HALF[0], "height": HALF[1]})
    wide = page.evaluate(WIDER)
    page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    page.emulate_media(forced_colors="active")
    pale = Axe().run(page, options={"runOnly": ["color-contrast"]}).response["violations"]
    forced = [f"no edge: {html}" for html in page.evaluate(EDGES)]
    forced += [f"pale: {node['html'][:100]}" for each in pale for node in each["nodes"]]
    page.emulate_media(forced_colors="none", reduced_motion="reduce")
    moving = page.evaluate(MOVING)
    page.emulate_media(reduced_motion="no-preference")
    return {
        "zoom": [f"{wide} px wider than the window"] if wide > 1 else [],
        "forced_colours": forced,
        "reduced_motion": moving,
    }


def measured(browser: Browser, place: Place, *, times: int = LOADS) -> dict[str, Any]:
    """All of a page; ``wrong`` is empty by each where nothing is. ``times``: loads on the phone."""
    found = Loads()
    on_a_phone(browser, place, found, times)
    if statistics.median(found.paints) > MOST_PAINT_MS:
        # Something else may have had the machine: more than twice as many loads decide.
        on_a_phone(browser, place, found, MORE_LOADS)
    with opened(browser, place, DESK) as (page, _):
        page.goto(place.url)
        page.wait_for_load_state("networkidle")
        found.shifted(page)
        wrong = {"keyboard": by_keyboard(page), **for_everybody(page)}
    plain = found.weight.pop("plain", 0)
    return {
        "bytes": sum(found.weight.values()),
        "plain_bytes": plain,
        "bytes_by_kind": found.weight,
        "first_paint_ms": round(statistics.median(found.paints)),
        "first_paints_ms": [round(paint) for paint in found.paints],
        "layout_shift": round(found.shift, 4),
        "moved": sorted(set(found.moved)),
        "wrong": wrong,
    }
