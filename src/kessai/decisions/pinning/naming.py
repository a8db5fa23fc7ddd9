"""What the place of a comment is called. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kessai.decisions.anchors import Anchor, Passage
from kessai.drafting.fields import FIELDS
from kessai.kernel.words import N_

SHOWN = 60
"""Letters of a passage that are shown where it is only named."""

OF_ALL = {"title": N_("件名"), "question": N_("伺い"), "text": N_("伺い文"), "reason": N_("理由")}
"""What every proposal has besides the fields of its form."""
UNNAMED = N_("記載事項")


def field_name(key: str, labels: Mapping[str, Sequence[str]]) -> str:
    """The Japanese name of a field. ``labels``: of the ministry's own fields, see Content."""
    if key in OF_ALL:
        return OF_ALL[key]
    return FIELDS[key].label if key in FIELDS else labels[key][0] if key in labels else UNNAMED


def short(quote: str) -> str:
    """A passage on one line, the beginning of a long one."""
    line = " ".join(quote.replace("｜", " ").split())
    return line if len(line) <= SHOWN else line[:SHOWN] + "…"


def on_the_sheet(anchor: Anchor, labels: Mapping[str, Sequence[str]]) -> str:
    """伺い文「金23,100,000円」について; 添付2「見積書」3頁について."""
    if isinstance(anchor, Passage):
        return f"{field_name(anchor.field, labels)}「{short(anchor.quote)}」について"
    return f"添付{anchor.attachment}「{anchor.title}」{anchor.page}頁について"
