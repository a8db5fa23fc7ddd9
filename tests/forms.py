"""The forms of a page, as a browser without scripts sends them."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any


class _Forms(HTMLParser):
    """Fields by the id of their form, or its number; ``buttons`` with the offset at which each stands."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: dict[str, dict[str, str]] = {}
        self.actions: dict[str, str] = {}
        self.buttons: list[tuple[int, dict[str, str]]] = []
        self._starts = [0]
        for line in page.split("\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)
        self._form = ""
        self._area: dict[str, str] | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        of = {name: value or "" for name, value in attrs}
        name, form = of.get("name", ""), of.get("form", self._form)
        line, column = self.getpos()
        if tag == "form":
            self._form = of.get("id") or f"#{len(self.actions)}"
            self.actions[self._form] = of.get("action", "").partition("#")[0]
        elif tag == "button":
            self.buttons.append((self._starts[line - 1] + column, {**of, "form": form}))
        elif tag == "input" and (of.get("type") not in ("radio", "checkbox") or "checked" in of):
            self.forms.setdefault(form, {})[name] = of.get("value", "")
        elif tag == "textarea":
            self._area = self.forms.setdefault(form, {})
            self._area["name of the area"] = name
            self._area.setdefault(name, "")

    def handle_data(self, data: str) -> None:
        if self._area:
            self._area[self._area["name of the area"]] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = ""
        elif tag == "textarea" and self._area:
            del self._area["name of the area"]
            self._area = None


def press(client: Any, page: str, value: str, *, within: str = "", **typed: str) -> Any:
    """Press the first button with a value that stands after some words; ``typed`` goes into the fields of its form."""
    parsed, start = _Forms(page), page.index(within)
    button = next(of for at, of in parsed.buttons if at >= start and of.get("value") == value)
    fields = {name: text for name, text in parsed.forms[button["form"]].items() if name}
    return client.post(parsed.actions[button["form"]], {**fields, **typed, button["name"]: value})
