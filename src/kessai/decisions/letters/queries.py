"""Letters to be issued as they will look: of a draft, of one that is shown, of a case; and as they were sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from kessai.decisions import access, machine, planned_route
from kessai.decisions.letters import printing
from kessai.decisions.letters import rules as letters
from kessai.decisions.letters.rules import called
from kessai.decisions.models import Case, Event, Step
from kessai.decisions.previewing import queries as previewing
from kessai.decisions.signatures import queries as signatures
from kessai.decisions.signatures.queries import Version
from kessai.drafting import prose
from kessai.drafting import queries as drafts
from kessai.drafting.letters import Letter
from kessai.drafting.queries import DraftPage
from kessai.drafting.showing import printed
from kessai.kernel.actor import Actor
from kessai.kernel.errors import NotFound
from kessai.kernel.words import N_
from kessai.organisation import queries as organisation


@dataclass(frozen=True, slots=True)
class Drawn:
    """A letter with all that is known of it. ``place``, ``of``: which of how many; ``blocks``: of its text.

    ``page``: arranged for printing; of a letter to each, as the first addressee gets it. ``copies``: how many go out.
    """

    place: int
    of: int
    letter: Letter
    sender: str
    blocks: tuple[prose.Block, ...]
    enclosures: tuple[str, ...]
    copies: int
    page: dict[str, Any]

    @property
    def number(self) -> int:
        """By which it is addressed, whatever others come or go."""
        return int(self.letter.id)

    @property
    def filename(self) -> str:
        return letters.filename(f"（{self.page['tag']}）{self.letter.title}", (), each=False)

    @property
    def key(self) -> str:
        """Changes with whatever would be seen on its pages."""
        return printing.key([self.page])


def drawn(letters_: Sequence[Letter], *, files: Sequence[str], known: letters.Known) -> tuple[Drawn, ...]:
    """Letters with what is known of them. ``files``: titles of the attachments."""
    found = []
    for place, letter in enumerate(letters_, start=1):
        each = letters.copies(letter)
        tag = letters.tag_of(place, len(letters_))
        mine = letters.Known(known.number, known.day, known.sender, tag, known.note)
        page = letters.arranged(letter, mine, files=files, to=each[0])
        enclosures = tuple(f"{e['label']}　{e['text']}".strip() for e in page["enclosures"])
        found.append(
            Drawn(
                place=place,
                of=len(letters_),
                letter=letter,
                sender=letter.sender or known.sender,
                blocks=prose.blocks(letter.text),
                enclosures=enclosures,
                copies=len(each),
                page=page,
            )
        )
    return tuple(found)


def of_draft(*, actor: Actor, tenant_id: int, draft_id: UUID, at: datetime) -> tuple[Drawn, ...]:
    """The letters of one's own draft, as it is stored; NotFound otherwise."""
    page = drafts.draft(actor=actor, tenant_id=tenant_id, draft_id=draft_id, at=at)
    return _of_page(page, at)


def of_preview(*, actor: Actor, tenant_id: int, draft_id: UUID, at: datetime) -> tuple[Drawn, ...]:
    """The letters of a draft that the reader was asked to look at; NotFound otherwise."""
    seeing = access.sight(actor=actor, at=at)
    previewing.require_shown(seeing, tenant_id=tenant_id, draft_id=draft_id)
    return _of_page(drafts.draft_unchecked(tenant_id=tenant_id, draft_id=draft_id, at=at), at)


def _of_page(page: DraftPage, at: datetime) -> tuple[Drawn, ...]:
    read = planned_route.read(page, at=at)
    steps = read.plan.steps if read.plan else ()
    decider = next((step.seat for step in steps if step.kind == machine.DECIDE), None)
    sender = called(decider.title, decider.unit_name) if decider else ""
    files = [file.title for file in page.attachments]
    return drawn(read.content.letters, files=files, known=letters.Known(sender=sender))


def of_case(*, actor: Actor, tenant_id: int, case_id: UUID, at: datetime) -> tuple[Drawn, ...]:
    """The letters of the current revision of a case, with its number once it has one; NotFound for strangers."""
    access.require_visible(actor=actor, tenant_id=tenant_id, case_id=case_id, at=at)
    case = Case.objects.get(tenant_id=tenant_id, id=case_id)
    revision = drafts.revision(tenant_id=tenant_id, draft_id=case_id, number=case.revision)
    if not revision.content.letters:
        return ()
    return drawn(
        revision.content.letters,
        files=[file.title for file in revision.attachments],
        known=letters.Known(number=case.number, sender=sender_of(case)),
    )


def sender_of(case: Case) -> str:
    """In whose name a letter goes out that names nobody: the post that decides, by the title of its decision."""
    mine = {"tenant_id": case.tenant_id, "case_id": case.id}
    decided = Event.objects.filter(**mine, kind=machine.DECIDED_EVENT).first()
    if decided is not None:
        said = decided.payload
        return called(said.get("for_title", decided.post_title), said.get("for_unit", decided.unit_name))
    step = Step.objects.filter(**mine, round=case.round, kind=machine.DECIDE).first()
    return called(step.post_title, step.unit_name) if step else ""


def pdf(one: Drawn, *, tenant_id: int, at: datetime) -> Path:
    """The pages of a letter. No access check: it is of who was given the letter."""

    def make() -> bytes:
        author = organisation.tenant(tenant_id=tenant_id).name
        return printing.pdf([one.page], author=author, made=int(at.timestamp()))

    return printed.kept(tenant_id=tenant_id, key=one.key, make=make)


def one_of(found: Sequence[Drawn], number: int) -> Drawn:
    """One of some letters, by its number; NotFound where there is none."""
    one = next((each for each in found if each.number == number), None)
    if one is None:
        raise NotFound(N_("この施行文はありません。"), N_("案件か下書きの画面から開き直してください。"))
    return one


@dataclass(frozen=True, slots=True)
class Issued:
    """A letter as it went out: to whom, and its stored PDF. ``code``: of one with a seal, as it stands on it;
    ``renewed``: the same with later time stamps, where it has got some."""

    place: int
    to: tuple[str, ...]
    title: str
    filename: str
    size: int
    sha256: str
    code: str = ""
    renewed: Version | None = None


def issued(*, actor: Actor, tenant_id: int, case_id: UUID, seq: int, place: int, at: datetime) -> Issued:
    """A letter that went out by the record ``seq`` of an issue; NotFound for strangers, and where there is none."""
    access.require_visible(actor=actor, tenant_id=tenant_id, case_id=case_id, at=at)
    mine = Event.objects.filter(tenant_id=tenant_id, case_id=case_id)
    event = mine.filter(seq=seq, kind=machine.ISSUED).first()
    answer = mine.filter(kind=machine.SEALED, payload__about=seq).first()
    renewed = signatures.renewed(tenant_id=tenant_id, case_id=case_id)
    sent = issued_of(event.payload, answer, renewed) if event else ()
    if not 1 <= place <= len(sent):
        raise NotFound(N_("この施行文はありません。"), N_("案件の画面から開き直してください。"))
    return sent[place - 1]


def issued_of(said: Any, sealed: Event | None, renewed: Mapping[str, Version]) -> tuple[Issued, ...]:
    """The letters that the payload of an issue names, those with a seal as the event that put it says; ``renewed``: by
    the hash of what was signed."""
    found = {
        n: Issued(n, tuple(each["to"]), each["title"], each["filename"], each["size"], each["sha256"])
        for n, each in enumerate(said.get("letters", ()), start=1)
    }
    for each in sealed.payload.get("sealed", ()) if sealed else ():
        one = found[each["letter"]]
        found[one.place] = replace(
            one,
            size=each["size"],
            sha256=each["sha256"],
            code=each["code"],
            renewed=renewed.get(each["sha256"]),
        )
    return tuple(found.values())
