"""Taking away the bytes of a file in which the virus scanner found something, where no record binds them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from kessai.decisions.infected import queries
from kessai.drafting.inspecting import writes as inspecting
from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_


class CannotRemove(Cannot):
    """The bytes stay."""


def remove(*, tenant_id: int, sha256: str, at: datetime) -> bool:
    """Delete the bytes of an infected file; whether they were there. Its digest and what was found in it stay.

    Errors: CannotRemove, where nothing was found in it, or a record binds it.
    """
    with transaction.atomic():
        if not inspecting.lock_infected(tenant_id=tenant_id, sha256=sha256):
            raise CannotRemove(
                N_("「%(sha256)s」は、ウイルスが見つかったファイルではありません。"),
                N_("kessai files infected で確かめてください。"),
                sha256=sha256,
            )
        bound = [use for use in queries.uses(tenant_id=tenant_id, sha256=sha256) if use.binds]
        if bound:
            raise CannotRemove(
                N_("「%(sha256)s」は、案件か収受の記録に綴られているため、消せません（%(where)s）。"),
                N_("だれも開けないまま残ります。記録を検証するには、元のままのファイルが要ります。"),
                sha256=sha256,
                where="、".join(f"{tenant_id}-{use.id}" for use in bound),
            )
        return inspecting.take_away(tenant_id=tenant_id, sha256=sha256, at=at)
