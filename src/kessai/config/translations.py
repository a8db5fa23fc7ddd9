"""The English of every Japanese text: extracted from the sources, compared with the catalogue, compiled.

Texts are written in Japanese in the sources; ``django.po`` holds their English. Babel is a tool of
developers, so only the command ``kessai dev`` imports this.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

SOURCE = Path(__file__).parent.parent
CATALOGUE = SOURCE / "locale/en/LC_MESSAGES/django.po"
COMPILED = CATALOGUE.with_suffix(".mo")

# Which argument of a call is the message: a context is marked "c".
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "N_": None,
    "NN_": (1, 1),
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}

MessageId = str | tuple[str, ...] | list[str]


@dataclass(frozen=True, slots=True)
class Found:
    """A text in the sources: what it says, in which context, where."""

    id: MessageId
    context: str | None
    where: str


def found_in_sources(source: Path = SOURCE) -> list[Found]:
    """Every text to translate, in the order of files; a text used twice is there twice."""
    files = sorted(path for path in source.rglob("*") if path.suffix in {".py", ".html", ".txt"})
    return [text for path in files for text in _found_in(path, source)]


def problems(source: Path = SOURCE, catalogue: Path = CATALOGUE) -> list[str]:
    """What is missing, doubtful, empty, left over or not compiled, a line each; empty when all is well."""
    texts = {(text.id, text.context): text for text in found_in_sources(source)}
    existing = _read(catalogue)
    known = {(message.id, message.context): message for message in _messages(existing)}
    lines = [f"missing: {_shown(text.id)} ({text.where})" for key, text in texts.items() if key not in known]
    for key, message in known.items():
        if key not in texts:
            lines.append(f"no longer used: {_shown(message.id)}")
        elif message.fuzzy:
            lines.append(f"fuzzy: {_shown(message.id)} ({texts[key].where})")
        elif not all(_strings(message)):
            lines.append(f"without English: {_shown(message.id)} ({texts[key].where})")
        elif _placeholders(message.id) != _placeholders(_strings(message)):
            lines.append(f"other placeholders: {_shown(message.id)} ({texts[key].where})")
    lines += [f"no longer used: {_shown(message.id)}" for message in existing.obsolete.values()]
    compiled = catalogue.with_suffix(".mo")
    if not compiled.exists() or compiled.read_bytes() != _compiled(existing):
        lines.append("not compiled: kessai dev translations --update")
    return lines


def update(source: Path = SOURCE, catalogue: Path = CATALOGUE) -> None:
    """Add what is missing with an empty translation, drop what is no longer used, compile."""
    existing = {(message.id, message.context): message for message in _messages(_read(catalogue))}
    fresh = _new_catalogue()
    for text in found_in_sources(source):
        old = existing.get((text.id, text.context))
        empty = "" if isinstance(text.id, str) else ("", "")
        fresh.add(text.id, old.string if old else empty, context=text.context, flags=_flags(text.id))
    catalogue.parent.mkdir(parents=True, exist_ok=True)
    written = io.BytesIO()
    write_po(written, fresh, no_location=True, sort_output=True, width=110)
    catalogue.write_bytes(written.getvalue())
    catalogue.with_suffix(".mo").write_bytes(_compiled(_read(catalogue)))


def _found_in(path: Path, source: Path) -> Iterator[Found]:
    text = path.read_text()
    if path.suffix != ".py":
        # What is left of a template is no Python: its indentation means nothing.
        text = "\n".join(line.lstrip() for line in templatize(text, origin=str(path)).split("\n"))
    for line, message, _, context in extract("python", io.BytesIO(text.encode()), keywords=KEYWORDS):
        identifier = message if isinstance(message, str) else tuple(message)
        if identifier:
            yield Found(identifier, context, f"{path.relative_to(source)}:{line}")


class _Plain(Catalog):
    """A catalogue without dates and tools in its header: the file changes only when a text does."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [
            ("Language", "en"),
            ("Plural-Forms", "nplurals=2; plural=(n != 1);"),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
        ]


def _new_catalogue() -> Catalog:
    return _Plain(locale="en", domain="django", header_comment="# The English of kessai.", fuzzy=False)


def _read(path: Path) -> Catalog:
    if not path.exists():
        return _new_catalogue()
    with path.open("rb") as file:
        return read_po(file, locale="en", domain="django")


def _compiled(catalogue: Catalog) -> bytes:
    clean = _new_catalogue()
    for message in _messages(catalogue):
        if all(_strings(message)) and not message.fuzzy:
            clean.add(message.id, message.string, context=message.context)
    buffer = io.BytesIO()
    write_mo(buffer, clean)
    return buffer.getvalue()


def _messages(catalogue: Catalog) -> Iterable[Message]:
    return [message for message in catalogue if message.id]


def _strings(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))


def _flags(identifier: MessageId) -> tuple[str, ...]:
    return ("python-format",) if _placeholders(identifier) else ()


def _placeholders(text: MessageId) -> set[str]:
    joined = text if isinstance(text, str) else " ".join(text)
    return set(re.findall(r"%\(\w+\)[sd]", joined))


def _shown(identifier: MessageId) -> str:
    return identifier if isinstance(identifier, str) else identifier[0]
