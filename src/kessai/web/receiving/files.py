"""The files of a receipt on its page: what was found in each, and its first page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.urls import reverse

from kessai.decisions.receiving.queries import ReceiptPage
from kessai.drafting.inspecting import queries as inspecting
from kessai.drafting.inspecting.queries import Verdict
from kessai.drafting.rules import AttachedFile
from kessai.kernel.calendar import day_in_japan
from kessai.web.converters import Ref
from kessai.web.leafing.shelf import Leaf, leaves


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file that arrived, with what was found in it; ``leaf``: its first page, where it has one to be shown."""

    file: AttachedFile
    view: str
    verdict: Verdict
    leaf: Leaf | None


def arrived(ref: Ref, page: ReceiptPage, at: datetime) -> list[Arrived]:
    said = inspecting.verdicts(
        tenant_id=ref.tenant_id,
        files=[(file.sha256, file.filename) for file in page.files],
        on=day_in_japan(at),
    )
    found = []
    for position, file in enumerate(page.files, start=1):
        verdict = said[file.sha256, file.filename].received
        address = partial(_address, ref, position)
        found.append(Arrived(file, address("-view"), verdict, next(iter(leaves(verdict, address)), None)))
    return found


def _address(ref: Ref, position: int, kind: str, **more: int) -> str:
    return reverse(f"receiving:file{kind}", kwargs={"ref": ref, "position": position, **more})
