"""Which fields of a record a redacted copy withholds unless somebody chooses otherwise.

A proposal to begin with, after the disclosure law (情報公開法 Art. 5): item 1, persons; item 5, deliberations. Whoever
hands out the copy decides.
"""

from __future__ import annotations

from collections.abc import Collection

from kessai.decisions import machine

OPEN = "open"
DECIDING = frozenset({machine.DECIDED_EVENT, machine.CIRCULATION_ENDED, machine.EXPIRED})
INSIDE = frozenset({"act", "person", "post"})
"""Numbers that mean something inside the system only, and would join copies of several cases by person."""
PERSONAL = frozenset(
    {
        *("content.readers", "content.letters"),
        *(f"content.values.{key}" for key in ("persons", "addressees", "counterparty", "corporate_number")),
    }
)
WHOLE = frozenset({"payload.content_hash", "payload.original", "payload.document"})
"""Hashes over everything that was proposed, decided or issued. They have no salt: with all else known, whoever has one
finds a withheld name or amount by trying."""
PLAIN_PAYLOAD = frozenset(
    f"payload.{key}" for key in ("number", "table", "table_name", "row", "day", "method")
)
"""What an act carries besides, and speaks of no person; all else may hold names and words."""
PLAIN_CONTENT = frozenset({"content.title", "content.matter", "content.marking"})
"""What a case that is not open as a whole says of itself in the register of files: which part is closed, its record
does not say field by field."""


def shown_at_first(*, kind: str, name: str, disclosure: str) -> bool:
    """Whether a field of an act is ticked at first. ``disclosure``: of the record (開示区分), "" if not filed yet."""
    if name in INSIDE or name in PERSONAL:
        return False
    if name == "name":
        return kind in DECIDING
    if name == "remark":
        return disclosure == OPEN or kind in DECIDING
    if name.startswith("payload."):
        return name in PLAIN_PAYLOAD
    if disclosure != OPEN and name.startswith(("content.", "attachment.")):
        return name in PLAIN_CONTENT
    return True


def file_shown_at_first(*, disclosure: str) -> bool:
    """Whether documents go along: only of a case that is open as a whole."""
    return disclosure == OPEN


SUGGESTED, FILES = "suggested", "files"


def redacts(orders: Collection[str], *, seq: int, name: str, shown: bool) -> bool:
    """Whether an operator's orders withhold a field: ``suggested``, or as ``means`` says. Any order withholds the
    hashes over everything too. ``shown``: at first."""
    if name in WHOLE:
        return bool(orders)
    return (SUGGESTED in orders and not shown) or any(means(each, seq=seq, name=name) for each in orders)


def means(order: str, *, seq: int, name: str) -> bool:
    """Whether an order is about a field: by its name in every act (``remark``, ``content.*``), or in one
    (``2:remark``)."""
    return order in (name, f"{seq}:{name}") or (order.endswith(".*") and name.startswith(order[:-1]))


def within(sizes: dict[str, int], *, room: int) -> set[str]:
    """Those of some files, the smallest first, that fit into so many bytes together."""
    chosen: set[str] = set()
    for name, size in sorted(sizes.items(), key=lambda each: (each[1], each[0])):
        if size > room:
            break
        chosen.add(name)
        room -= size
    return chosen
