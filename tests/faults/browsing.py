"""A tiny browser: cookies, forms as they stand on a page, one kept-alive connection."""

from __future__ import annotations

import http.client
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit


class NoAnswer(Exception):
    """Nobody answered, or not to the end: whether anything was done is not known."""


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    body: str


@dataclass
class Form:
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    does: list[str] = field(default_factory=list)
    """The values of its buttons named ``do``."""


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.current: Form | None = None
        self.text: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.current = Form(at.get("action", ""))
            self.found.append(self.current)
        elif self.current is None:
            return
        elif tag == "button" and at.get("name") == "do":
            self.current.does.append(at.get("value", ""))
        elif tag == "textarea" and "name" in at:
            self.text = at["name"]
            self.current.fields[self.text] = ""
        elif tag == "input" and "name" in at and at.get("type", "text") not in ("checkbox", "file", "radio"):
            self.current.fields[at["name"]] = at.get("value", "")

    def handle_data(self, data: str) -> None:
        if self.current is not None and self.text is not None:
            self.current.fields[self.text] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.text = None
        elif tag == "form":
            self.current = None


def forms(body: str) -> list[Form]:
    parser = _Forms()
    parser.feed(body)
    return parser.found


class Browser:
    """One person's browser."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}
        self.connection: http.client.HTTPConnection | None = None

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None)

    def post(self, path: str, fields: dict[str, str]) -> Answer:
        """Send a form; one that was read in another browser is sent with this one's token."""
        own = {"csrfmiddlewaretoken": self.cookies["kessai_csrf"]}
        return self._ask("POST", path, urlencode(fields | own))

    def _ask(self, method: str, path: str, body: str | None) -> Answer:
        headers = {
            "Host": f"127.0.0.1:{self.port}",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Accept-Language": "ja",
        }
        if body is not None:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Origin": f"http://127.0.0.1:{self.port}",
            }
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            self.connection.request(method, path, body=body, headers=headers)
            response = self.connection.getresponse()
            text = response.read().decode()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise NoAnswer(f"{method} {path}: {error!r}") from error
        self._keep(response)
        if response.status >= 500:
            # The database was taken from under the server: it does not know what was done either.
            raise NoAnswer(f"{method} {path}: {response.status}")
        return Answer(response.status, urlsplit(response.headers.get("Location", "")).path, text)

    def _keep(self, response: Any) -> None:
        for line in response.headers.get_all("Set-Cookie") or ():
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None
