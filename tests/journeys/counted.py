"""The acts whose fields, presses and keys are counted, each done with the mouse and the keyboard as people do."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, expect

from journeys.story import SPECIFICATION
from journeys.walker import Walker
from journeys.words import JA, Words


def press(where: Locator) -> None:
    """With the pointer: a real press at its place."""
    where.scroll_into_view_if_needed()
    where.click()


def type_in(walker: Walker, key: str, text: str) -> None:
    """Go into a field of the draft, and type over what is in it."""
    box = walker.page.locator(f"#f-{key}")
    press(box)
    box.press("Control+a")
    walker.page.keyboard.type(text)


def attach(walker: Walker) -> None:
    with walker.page.expect_file_chooser() as choosing:
        press(walker.page.locator("#f-files"))
    choosing.value.set_files([SPECIFICATION])  # type: ignore[list-item]
    expect(walker.page.locator(".file-l").first).to_contain_text(str(SPECIFICATION["name"]))
    expect(walker.page.locator("[data-uploads][aria-busy=false]")).to_have_count(1)


def contract_from_zero(
    drafter: Walker, say: Words, title: str, look: Callable[[Walker, str], None] = lambda walker, name: None
) -> None:
    """From home to submitted: what one wants, the kind of matter, five fields, the specification."""
    page = drafter.page
    press(page.locator("header nav").get_by_role("link", name=say.new))
    drafter.arrive()
    expect(page.locator("#want")).to_be_focused()
    page.keyboard.type(say.want)
    best = page.locator(".kind-b.is-best")
    expect(best).to_contain_text(say.service)
    press(best)
    drafter.arrive()
    type_in(drafter, "title", title)
    type_in(drafter, "amount", "550万円")
    type_in(drafter, "counterparty", "青葉総合調査株式会社")
    type_in(drafter, "starts_on", "R9.1.12")
    type_in(drafter, "ends_on", "R9.3.19")
    attach(drafter)
    look(drafter, "contract")
    submit(drafter)


def contract_from_precedent(drafter: Walker, say: Words, title: str) -> None:
    """From home to submitted: a precedent from the latest, and of it what must be new each time."""
    page = drafter.page
    renewed = {"title": title, "amount": "5,830,000", "starts_on": "R9.1.12", "ends_on": "R9.3.26"}
    press(page.locator("header nav").get_by_role("link", name=say.new))
    drafter.arrive()
    found = page.locator(".alike-l > li").filter(has_text=JA.service).first
    press(found.locator("button[name=follow]"))
    drafter.arrive()
    for key, text in renewed.items():
        type_in(drafter, key, text)
    submit(drafter)


def submit(drafter: Walker) -> None:
    """Submitted: the page of the case is there."""
    expect(drafter.page.locator("#saved .is-bad, #saved.is-bad")).to_have_count(0)
    press(drafter.page.locator(".submit button[value=submit]"))
    drafter.arrive()
    expect(drafter.page.locator("main .note-ok").first).to_be_visible()


def approve_by_pointer(reviewer: Walker) -> None:
    """From the inbox: the first case, and the act without an opinion."""
    press(reviewer.page.locator(".queue .c-ask a").first)
    reviewer.arrive()
    press(reviewer.page.locator("#acts [data-key=a]"))
    reviewer.arrive()
    expect(reviewer.page.locator(".note-ok").first).to_be_visible()


def approve_by_keys(reviewer: Walker) -> None:
    """From the inbox: A opens the first case at its act, Enter does it."""
    reviewer.page.keyboard.press("a")
    reviewer.arrive()
    expect(reviewer.page.locator("#acts [data-key=a]")).to_be_focused()
    reviewer.page.keyboard.press("Enter")
    reviewer.arrive()
    expect(reviewer.page.locator(".note-ok").first).to_be_visible()
