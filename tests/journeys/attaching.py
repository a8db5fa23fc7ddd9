"""What people do with attachments, as steps that journeys and pictures are made of."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Dialog, Locator, expect

import documents
from journeys.story import DRAFTER
from journeys.walker import Walker
from journeys.words import EN, JA

PATIENCE_MS = 30_000
LARGE = 30_000_000

_FILES = """(items) => {
  const found = new DataTransfer();
  for (const [name, type, body] of items) {
    found.items.add(new File([Uint8Array.from(atob(body), (c) => c.charCodeAt(0))], name, { type }));
  }
  return found;
}"""


@dataclass(frozen=True)
class Said:
    """What the pages say, in one language."""

    macros: str
    again: str
    arrived: str
    next_page: str
    larger: str
    read: str
    attach: str


SAID = {
    "ja": Said(
        "マクロが入っています",
        "つながりません",
        "まで届いています",
        "次の頁",
        "大きく",
        "文字で読む",
        "添付する",
    ),
    "en": Said(
        "Contains macros", "No connection", "have arrived", "Next page", "Larger", "Read as text", "Attach"
    ),
}

Picture = Callable[[Walker, str], None]


def whole(
    browser: Browser, address: str, folder: Path, *, language: str, script: bool, size: tuple[int, int],
    picture: Picture = lambda walker, name: None,
) -> None:  # fmt: skip
    """Attach in every way there is, lose the connection and the page on the way, and leaf through what is there."""
    drafter = Walker(browser, address, DRAFTER, language=language, script=script, size=size)
    drafter.come_in()
    words, said = (JA if language == "ja" else EN), SAID[language]
    drafter.press(words.new, within="header nav")
    drafter.page.locator("#want").fill(words.want)
    if not script:
        drafter.press(words.search, within="form.start")
    drafter.press(words.service, within="#kinds")
    drafter.look()
    if script:
        drop(drafter, ("計画.pdf", documents.pdf("研究会の計画", "二枚目")), ("契約.docx", macros()))
        listed(drafter, "計画.pdf", "契約.docx")
        expect(drafter.page.locator("[data-editor=f-text] [data-files] option")).to_have_count(
            3, timeout=PATIENCE_MS
        )
        paste(drafter, ("image.png", documents.picture()))
        expect(drafter.page.locator(".file-l")).to_contain_text("20", timeout=PATIENCE_MS)
        expect(drafter.page.locator(".file-l")).to_contain_text(said.macros, timeout=PATIENCE_MS)
        expect(drafter.page.locator(".looking")).to_have_count(0, timeout=PATIENCE_MS)
        drafter.look()
        picture(drafter, "draft-with-attachments")
        lose_the_connection(drafter, folder, said, picture)
    else:
        drafter.page.locator("#f-files").set_input_files(
            [
                {
                    "name": "計画.pdf",
                    "mimeType": "application/pdf",
                    "buffer": documents.pdf("研究会の計画", "二枚目"),
                }
            ]
        )
        drafter.press(said.attach)
        listed(drafter, "計画.pdf")
    leaf(drafter, said, picture)
    drafter.leave()


def macros() -> bytes:
    return documents.with_macros(documents.docx("第1条"))


def listed(drafter: Walker, *names: str) -> None:
    for name in names:
        expect(drafter.page.locator(".file-l").first).to_contain_text(name, timeout=PATIENCE_MS)


def _handed(drafter: Walker, files: tuple[tuple[str, bytes], ...]) -> object:
    kinds = {"pdf": "application/pdf", "png": "image/png"}
    items = [
        (name, kinds.get(name.rpartition(".")[2], ""), base64.b64encode(body).decode())
        for name, body in files
    ]
    return drafter.page.evaluate_handle(_FILES, items)


def drop(drafter: Walker, *files: tuple[str, bytes]) -> None:
    """Drag files over the page and let them go."""
    data = _handed(drafter, files)
    for event in ("dragenter", "dragover", "drop"):
        drafter.page.locator(".files-s").dispatch_event(event, {"dataTransfer": data})


def paste(drafter: Walker, *files: tuple[str, bytes]) -> None:
    data = _handed(drafter, files)
    drafter.page.evaluate(
        "(data) => document.body.dispatchEvent(new ClipboardEvent('paste',"
        " { clipboardData: data, bubbles: true, cancelable: true }))",
        data,
    )


def lose_the_connection(drafter: Walker, folder: Path, said: Said, picture: Picture) -> None:
    """A large file goes on after the connection was lost, and after the page was opened again."""
    file = folder / "図面.bin"
    file.write_bytes(bytes(LARGE))
    page = drafter.page
    parts = _Counted(page.locator("#sending li"))
    page.on("request", lambda request: parts.count(request.method))
    page.route(
        "**/uploads/*/", lambda route: route.abort() if parts.lost(route.request.method) else route.fallback()
    )
    page.locator("#f-files").set_input_files(file)
    expect(page.locator("#sending")).to_contain_text(said.again, timeout=PATIENCE_MS)
    picture(drafter, "connection-lost")
    page.once("dialog", _leave)
    page.reload()
    listed_way = page.locator(".on-way")
    expect(listed_way).to_contain_text(said.arrived, timeout=PATIENCE_MS)
    drafter.look()
    picture(drafter, "gone-on-with")
    page.unroute("**/uploads/*/")
    page.locator("#f-files").set_input_files(file)
    expect(page.locator(".file-l").first).to_contain_text("30.0 MB", timeout=PATIENCE_MS)
    expect(page.locator(".on-way")).to_have_count(0)
    # What the browser says of the parts that were cut off is what was to happen.
    drafter.troubles = [each for each in drafter.troubles if "Failed to load resource" not in each]


class _Counted:
    """Lets one part through and cuts off the others."""

    def __init__(self, lines: Locator) -> None:
        self.lines, self.sent = lines, 0

    def count(self, method: str) -> None:
        self.sent += method == "PATCH"

    def lost(self, method: str) -> bool:
        return method == "PATCH" and self.sent > 1


def _leave(dialog: Dialog) -> None:
    dialog.accept()


def leaf(drafter: Walker, said: Said, picture: Picture) -> None:
    """Open the first file, the next page of it, a closer look, and its text."""
    address = drafter.page.locator(".file-l a").first.get_attribute("href")
    assert address
    drafter.open(address)
    for _ in range(10):
        if drafter.page.locator(".lf-sheet img").count():
            break
        drafter.page.wait_for_timeout(1_000)
        drafter.open(address)
    shown(drafter, 1)
    picture(drafter, "attachment")
    drafter.press(said.next_page)
    shown(drafter, 2)
    drafter.look()
    drafter.press(said.larger)
    shown(drafter, 2)
    drafter.look()
    picture(drafter, "attachment-larger")
    drafter.page.locator(".lf-text summary").click()
    expect(drafter.page.locator(".lf-text pre")).to_contain_text("研究会の計画")
    assert said.read in drafter.page.locator(".lf-text summary").inner_text()


def shown(drafter: Walker, number: int) -> None:
    """The picture of the page has arrived."""
    image = drafter.page.locator(".lf-sheet img")
    expect(image).to_have_attribute("src", f"{image.get_attribute('src')}")
    assert f"/pages/{number}/" in (image.get_attribute("src") or "")
    drafter.page.wait_for_function(
        "() => { const it = document.querySelector('.lf-sheet img'); return it.complete && it.naturalWidth > 0; }",
        timeout=PATIENCE_MS,
    )
