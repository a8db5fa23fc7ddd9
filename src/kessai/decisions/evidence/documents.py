"""The documents that go along in the evidence of a case: what acts bind, as it is stored, and the cover sheet."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import partial
from typing import Any

from kessai.decisions.evidence import rules
from kessai.decisions.models import CoverSheet
from kessai.decisions.signatures import queries as signatures
from kessai.decisions.stored import Stored
from kessai.drafting import queries as drafts
from kessai.drafting.inspecting.queries import CannotOpen
from kessai.kernel.errors import Cannot, NotFound
from kessai.kernel.words import N_
from merklelog.evidence.container import MAX_FILE, Content, content, measured
from merklelog.evidence.files import ORIGINAL, Bound, bound_files

ROOM = MAX_FILE - 2**28
"""For documents: what is left of a ZIP file without ZIP64 after acts, keys and headers."""


class CannotBundle(Cannot):
    """No evidence bundle can be made of the case as it stands."""


def bound_by(fields: Mapping[int, Mapping[str, Any]]) -> Iterator[Bound]:
    """Every file that acts bind, the first time it is bound."""
    known: set[str] = set()
    for seq, values in sorted(fields.items()):
        for bound in bound_files(seq, values):
            if bound.sha256 not in known:
                known.add(bound.sha256)
                yield bound


def contents(
    stored: Stored, fields: Mapping[int, Mapping[str, Any]], wanted: Collection[str] | None
) -> dict[str, Content]:
    """The documents that the shown fields bind, that are wanted, there, safe to open, and not too large together.

    Errors: CannotBundle where one is not what was bound.
    """
    found: dict[str, Content] = {}
    sizes: dict[str, int] = {}
    for bound in bound_by(fields):
        if wanted is not None and bound.sha256 not in wanted:
            continue
        if bound.binding == ORIGINAL:
            if stored.original is not None:
                found[bound.sha256] = _same(bound.sha256, content(stored.original.body.encode()))
            continue
        size = size_of(stored.tenant_id, bound.sha256)
        if size is not None:
            sizes[bound.sha256] = size
    for sha256 in rules.within(sizes, room=ROOM):
        found[sha256] = _kept(stored.tenant_id, sha256)
    return found


def _kept(tenant_id: int, sha256: str) -> Content:
    """A stored file, read through once. Errors: CannotBundle where it is another than it was."""
    return _same(sha256, measured(partial(_chunks, tenant_id, sha256)))


def _same(sha256: str, there: Content) -> Content:
    if there.sha256 != sha256:
        raise CannotBundle(
            N_("文書の中身が、記録された指紋（%(sha256)s）と違うため、証拠一式を作れません。"),
            N_("証明の画面で、合わないところを確かめてください。"),
            sha256=sha256,
        )
    return there


def size_of(tenant_id: int, sha256: str) -> int | None:
    """Of a file that may be handed out."""
    try:
        drafts.open_blob(tenant_id=tenant_id, sha256=sha256).close()
    except (NotFound, CannotOpen):
        return None
    return drafts.size_stored(tenant_id=tenant_id, sha256=sha256)


def _chunks(tenant_id: int, sha256: str) -> Iterator[bytes]:
    with drafts.open_blob(tenant_id=tenant_id, sha256=sha256) as stream:
        while chunk := stream.read(2**20):
            yield chunk


def cover_sheet(stored: Stored) -> Content | None:
    """The latest, signed if it is, with the last time stamps it got; None before it is made, and where its file is
    lost."""
    latest: CoverSheet | None = max(stored.cover_sheets, key=lambda sheet: sheet.shows, default=None)
    if latest is None:
        return None
    signed = next((sheet for sheet in stored.signed_sheets if sheet.shows == latest.shows), None)
    sha256 = bytes((signed or latest).sha256).hex()
    if signed is not None:
        sha256 = signatures.current(tenant_id=stored.tenant_id, first=sha256)
    return _kept(stored.tenant_id, sha256) if size_of(stored.tenant_id, sha256) is not None else None
