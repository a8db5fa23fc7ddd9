"""What a run came to, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext

from kessai.config.simulation.tally import DECIDED, REFUSED, Driven, Reason, Tally
from kessai.kernel.words import Text

LISTED = 20


def lines(tally: Tally) -> Iterator[str]:
    """The report, line by line; at most ``LISTED`` rows of a kind are named."""
    if tally.interrupted:
        yield gettext("途中で止めました。始めた案件は最後まで進めてあります。")
    yield gettext(
        "対象 %(tried)s件: 提出 %(submitted)s、差戻し %(returned)s、決裁 %(decided)s、受付不可 %(refused)s"
    ) % {
        "tried": f"{tally.tried:,}",
        "submitted": f"{tally.cases_submitted:,}",
        "returned": f"{tally.acts['returned']:,}",
        "decided": f"{tally.ends[DECIDED]:,}",
        "refused": f"{tally.ends[REFUSED]:,}",
    }
    yield gettext("操作 %(acts)s回、%(seconds).1f秒、毎秒%(rate).0f回") % {
        "acts": f"{tally.acts.total():,}",
        "seconds": tally.seconds,
        "rate": tally.acts_per_second,
    }
    if tally.skipped:
        kinds = "、".join(f"{kind} {count:,}" for kind, count in sorted(tally.skipped.items()))
        yield gettext("府省が決めたものではない行（とばした数）: %(kinds)s") % {"kinds": kinds}
    if tally.refused:
        yield gettext("受け付けられなかった理由:")
        for reason, count in tally.reasons():
            yield f"  {count:>6,}  {_said(reason)}"
        yield from _listed(tally.refused)
    if tally.waiting:
        yield gettext("途中で止まっている案件: %(n)s") % {"n": len(tally.waiting)}
        yield from _listed(tally.waiting)
    if tally.failed:
        yield gettext("予期しない失敗: %(n)s") % {"n": len(tally.failed)}
        for driven in tally.failed[:LISTED]:
            last = driven.error.strip().rsplit("\n", 1)[-1]
            yield "  " + gettext("%(line)s行: %(why)s") % {"line": driven.line, "why": last}


def _listed(rows: Sequence[Driven]) -> Iterator[str]:
    for driven in sorted(rows, key=lambda driven: driven.line)[:LISTED]:
        why = " / ".join(_said(reason) for reason in driven.reasons)
        yield "  " + gettext("%(line)s行: %(why)s") % {"line": driven.line, "why": why}
    if len(rows) > LISTED:
        yield "  " + gettext("ほか%(n)s行（--json ですべて出ます）") % {"n": f"{len(rows) - LISTED:,}"}


def _said(reason: Reason) -> str:
    words = _in_words(reason.text)
    return f"{reason.field}: {words}" if reason.field else words


def _in_words(text: Text) -> str:
    return gettext(text.message) % dict(text.params)
