"""A letter to be issued, arranged for its page: what is written where. Pure; nothing here is typesetting."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kessai.decisions.rules import CannotAct
from kessai.drafting import prose
from kessai.drafting.letters import Letter
from kessai.kernel.words import N_
from kessai.records.issuing.layouts import OMITTED, PUT

NUMBER, DAY, SENDER = "（文書番号）", "（施行の日）", "（発信者名）"
"""What stands for what is known only later."""

IN_HEAD = 8
"""Addressees at the head of a letter to all; more of them stand in a list at its end."""

_HONOURED = re.compile(r"(殿|様|御中|各位|宛て?|あて)$")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the issue of a letter; "" where it is not yet. ``tag``: marks what is no final letter."""

    number: str = ""
    day: str = ""
    sender: str = ""
    tag: str = ""
    note: str = ""


def called(title: str, unit: str) -> str:
    """The name of a post as it stands on what is sent: its title, behind that of its unit unless it names that too."""
    return title if title.startswith(unit) else f"{unit}{title}"


def tag_of(place: int, of: int) -> str:
    """案; 案の2, where there are several."""
    return f"案の{place}" if of > 1 else "案"


def copies(letter: Letter) -> tuple[tuple[str, ...], ...]:
    """The addressees of each copy that goes out: one by one, or all together; one copy where none is named."""
    if letter.layout.each and letter.addressees:
        return tuple((name,) for name in letter.addressees)
    return (letter.addressees,)


def going_out(
    letters: Sequence[Letter], addressees: Sequence[str], others: int = 1
) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """Which letters go out to whom: places from 1, with the addressees that stand on each copy.

    An addressee that no letter names gets letter ``others``. A letter to all bears the addressees that were decided,
    whoever of them gets it now; one to each is made for everybody who gets it now. Where nobody is named, as in a
    publication, all of them go out as they were decided.
    """
    named = {name for letter in letters for name in letter.addressees}
    found: list[tuple[int, tuple[str, ...]]] = []
    for place, letter in enumerate(letters, start=1):
        own = [name for name in addressees if name in letter.addressees]
        more = [name for name in addressees if name not in named] if place == others else []
        if not own and not more and addressees:
            continue
        if letter.layout.each and (own or more):
            found += ((place, (name,)) for name in (*own, *more))
        else:
            found.append((place, letter.addressees or tuple(more)))
    return tuple(found)


def has_room_for_seal(letter: Letter) -> bool:
    """Whether its layout has a place for an official seal: it then gets the mark and the electronic signature."""
    return letter.layout.seal == PUT


def judge_others(letters: Sequence[Letter], others: int) -> None:
    """Whether there is a letter for addressees that none of the letters names. Errors: CannotAct."""
    if letters and not 1 <= others <= len(letters):
        raise CannotAct(N_("この施行文はありません。"), N_("案件の画面から開き直してください。"))


def arranged(
    letter: Letter,
    known: Known,
    *,
    files: Sequence[str] = (),
    to: Sequence[str] | None = None,
    seal: str = "",
) -> dict[str, Any]:
    """Everything on the pages of a letter. ``files``: titles of the attachments; ``to``: addressees of this copy;
    ``seal``: the name of the official seal (公印) on it."""
    names = tuple(letter.addressees if to is None else to)
    honorific = letter.layout.honorific
    if any(_HONOURED.search(name) for name in names):
        honorific, names = "", tuple(_honoured(name, letter.layout.honorific) for name in names)
    listed = names if len(names) > IN_HEAD else ()
    open_seal = has_room_for_seal(letter) and bool(known.tag)
    return {
        "tag": known.tag,
        "note": known.note,
        "head": [letter.layout.mark or known.number or NUMBER, known.day or DAY],
        "addressees": ["別記のとおり"] if listed else list(names),
        "honorific": "" if listed else honorific,
        "sender": _senders(letter.sender or known.sender or SENDER),
        "seal": "（公　印　省　略）" if letter.layout.seal == OMITTED else "",
        "sealed": has_room_for_seal(letter),
        "sealed_as": "公印" if open_seal else "",
        "title": letter.title,
        "blocks": [_block(block) for block in prose.blocks(letter.text)],
        "enclosures": [_enclosure(line, files) for line in letter.enclosures],
        "contact": letter.contact.split("\n") if letter.contact else [],
        "listed": list(listed),
        "list_honorific": honorific,
        "mark": list(carved(seal)) if seal else [],
        "check": {},
    }


def carved(name: str) -> Iterator[str]:
    """The name of a seal in the columns of its square, from the left: read from above, and from the right."""
    rows = math.isqrt(max(len(name) - 1, 0)) + 1
    columns = [name[at : at + rows] for at in range(0, len(name), rows)]
    return reversed(columns)


def _honoured(name: str, honorific: str) -> str:
    return name if _HONOURED.search(name) or not honorific else f"{name}　{honorific}"


def _senders(sender: str) -> list[str]:
    """Each of those in whose names it goes out, on a line of its own (連名)."""
    return [line for line in re.split(r"[、\n]", sender) if line.strip()]


def _block(block: prose.Block) -> dict[str, Any]:
    return {
        "kind": block.kind,
        "text": block.text,
        "number": block.number,
        "depth": block.depth,
        "rows": [list(row) for row in block.rows],
        "indent": block.kind == "p" and block.text[:1] not in "　 （(「〔",
    }


_NUMBERED = re.compile(r"((?:別添|添付|別紙)\s?([0-9０-９]{1,2}))[ 　:：]*(.*)")


def _enclosure(line: str, files: Sequence[str]) -> dict[str, str]:
    """別添1 with the title of the first attachment, where the line says nothing more; any other line as it is."""
    found = _NUMBERED.fullmatch(line)
    if found is None:
        return {"label": "別添" if not line.startswith(("別", "添")) else "", "text": line}
    number = int(found[2])
    title = files[number - 1] if 1 <= number <= len(files) else ""
    return {"label": found[1].replace("添付", "別添"), "text": found[3] or title}


def cited(letter: Letter) -> Iterator[int]:
    """The attachments that the list of enclosures names, by their places from 1."""
    for line in letter.enclosures:
        if found := _NUMBERED.fullmatch(line):
            yield int(found[2])


def filename(title: str, to: Sequence[str], *, each: bool) -> str:
    """What the file of a letter is called; that of one addressee has the name of theirs."""
    name = f"{title}（{to[0]}）" if each and to else title
    return re.sub(r'[\\/:*?"<>|\s]+', "_", name)[:150] + ".pdf"
