"""What was sent but not taken comes back under the words of its page: every field of every page is known."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlencode

from django.http import QueryDict
from django.test import RequestFactory

from kessai.drafting.fields import FIELDS
from kessai.web import kept
from kessai.web.drafting import naming, posts

TEMPLATES = Path(kept.__file__).parent / "templates"
TAG = r"\{%.*?%\}|\{\{.*?\}\}"
ELEMENT = re.compile(rf"<(?:textarea|input|select)\b(?:{TAG}|[^>])*>", re.DOTALL)
NAME = re.compile(rf"\sname=\"((?:{TAG}|[^\"])*)\"", re.DOTALL)
NEEDS_NONE = {
    *("day", "find", "from", "last", "login", "on", "other", "q", "since", "table", "view", "want", "who"),
    *("year", "zoom"),
}
"""Sent with an address, kept by the page itself, or typed to sign in."""
MADE_BY_DATA = {
    "{% if number %}{{ prefix }}-{{ number }}-{{ cell.key }}{% else %}n-{{ cell.key }}{% endif %}",
    *("{{ box.key }}", "{{ key }}", "{{ letter.layout.key }}", "{{ line.key }}", "{{ part.key }}"),
    "{{ redirect_field_name }}",
}
"""Keys of fields and letters, which have labels of their own, and of the cells of a list."""


def names_of_pages() -> set[str]:
    """As the templates have them; files are told by their own names."""
    elements = [
        element for page in TEMPLATES.rglob("*.html") for element in ELEMENT.findall(page.read_text("utf-8"))
    ]
    typed = [element for element in elements if 'type="file"' not in element]
    names = {found[1] for element in typed if (found := NAME.search(element))}
    names = {name.replace("{{ choice.part }}", part) for name in names for part in posts.PARTS}
    return {name.replace("{{ choice.field }}", field) for name in names for field in naming.UNITS_ONLY}


def is_known(name: str) -> bool:
    if name.startswith("{{ row.place }}-"):
        return name.removeprefix("{{ row.place }}-") in {*kept.LABELS_OF_ROWS, *kept.UNSEEN_OF_ROWS}
    before, _, id = name.partition("-")
    if id:
        return before in {*kept.LABELS_BEFORE_IDS, *kept.UNSEEN_BEFORE_IDS}
    return name in {*kept.SILENT, *kept.UNSEEN, *kept.LABELS, *FIELDS}


def given_back(**sent: str) -> list[tuple[str, str, bool]]:
    request = RequestFactory().post("/")
    request.POST = QueryDict(urlencode(sent))  # type: ignore[assignment]
    return [(line.key, line.label, line.seen) for line in kept.lines(request)]


def test_every_field_of_every_page_is_known_where_it_is_given_back() -> None:
    names = names_of_pages()
    assert {"words", "{{ row.place }}-label"} <= names
    known = {name for name in names if is_known(name)}
    assert names - known == NEEDS_NONE | MADE_BY_DATA


def test_what_was_written_has_its_label_and_what_was_not_stays_hidden() -> None:
    assert given_back(add_reason="急ぐ", add_act="1", add_post_id="7", words="根拠は", to="3") == [
        ("add_reason", "理由", True),
        ("add_act", "add_act", False),
        ("add_post_id", "add_post_id", False),
        ("words", "書くこと", True),
        ("to", "to", False),
    ]
    sent = {
        "0-label": "会場",
        "12-kind": "line",
        "reply-0189": "要綱です",
        "letter-2-title": "通知",
        "deputy-1": "7",
    }
    assert given_back(**sent) == [
        ("0-label", "項目の名", True),
        ("12-kind", "12-kind", False),
        ("reply-0189", "返事", True),
        ("letter-2-title", "施行文の件名", True),
        ("deputy-1", "deputy-1", False),
    ]


def test_a_password_is_not_given_back() -> None:
    assert given_back(login="0030", password="secret") == [("login", "login", True)]
