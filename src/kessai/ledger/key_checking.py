"""Whether what the record says of a log's keys is the log's own, and of one piece."""

from __future__ import annotations

from itertools import pairwise

from kessai.kernel.words import N_
from kessai.ledger import keys
from kessai.ledger.findings import Finding, finding
from kessai.ledger.keys import LogKey


def check_keys(tenant_id: int, own: tuple[LogKey, ...]) -> list[Finding]:
    """Keys that only the record knows, and times (sizes from and to) of the log's own that leave a gap or overlap.

    Each key begins where the one before it ended, and one signs now: a row that gives an ended key more time, or
    takes its end away, is one too many or one too few.
    """
    found = [
        finding(
            tenant_id,
            "foreign_key",
            N_("台帳の鍵とされている %(key)s は、鍵を作った所の控えにありません。"),
            key=str(each.verifier),
        )
        for each in keys.known(tenant_id)
        if each not in own
    ]
    follows = all(before.until == after.after for before, after in pairwise(own))
    if not (own[0].after == 0 and follows and own[-1].until is None):
        found.append(
            finding(
                tenant_id,
                "key_times",
                N_(
                    "台帳の鍵の記録が、つながっていません。"
                    "どの鍵が何件までを署名するかを kessai ledger key list で確かめてください。"
                ),
            )
        )
    return found
