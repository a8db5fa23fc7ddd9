"""Counts what somebody does at a browser: by listeners in the page, of trusted input events only.

What a script of the page or of the test makes up is not trusted by the browser and is not counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import BrowserContext

LISTENERS = """(() => {
  if (window !== window.top) return;
  const typing = (e) => e.matches?.(`input:not([type=checkbox], [type=radio], [type=file]), textarea, select`);
  const listen = (type, heard) => addEventListener(type, (event) => { if (event.isTrusted) heard(event); }, true);
  const tell = (kind, what) => window.tallied(kind, what);
  listen("pointerdown", () => tell("press", ""));
  listen("keydown", (event) => { if (!event.repeat) tell(typing(event.target) ? "stroke" : "key", event.key); });
  listen("input", ({ target }) => { if (target.type !== "file") tell("field", target.name || target.id); });
  listen("click", ({ target }) => {
    const choice = target.closest?.("button[name=matter], button[name=follow]");
    if (choice) tell("choice", choice.name);
  });
  // A browser lets a script choose files only through its own protocol, and tells the page so itself.
  addEventListener("change", ({ target }) => { if (target.type === "file") tell("file", target.name); }, true);
})()"""
"""What a button chooses, the kind of matter or a precedent, is told apart from the fields of a form."""


@dataclass
class Count:
    """``fields``: names of those typed or chosen, each once; ``keys``: pressed outside fields for text."""

    fields: list[str] = field(default_factory=list)
    choices: int = 0
    files: int = 0
    presses: int = 0
    keys: int = 0
    strokes: int = 0

    def as_json(self) -> dict[str, object]:
        return {
            "fields": self.fields,
            "choices": self.choices,
            "files": self.files,
            "presses": self.presses,
            "keys": self.keys,
            "strokes": self.strokes,
        }


class Tally:
    """To be made before the first page of the context is opened."""

    def __init__(self, context: BrowserContext) -> None:
        self._count = Count()
        context.expose_binding("tallied", self._heard)
        context.add_init_script(LISTENERS)

    def _heard(self, source: Any, kind: str, what: str) -> None:
        count = self._count
        if kind == "field" and what not in count.fields:
            count.fields.append(what)
        count.choices += kind == "choice"
        count.files += kind == "file"
        count.presses += kind == "press"
        count.keys += kind == "key"
        count.strokes += kind == "stroke"

    @contextmanager
    def counting(self) -> Iterator[Count]:
        """What is done within the block."""
        self._count = Count()
        yield self._count
