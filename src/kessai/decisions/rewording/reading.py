"""Reading corrected words into the content of a revision: for a preview and for the act, by the same steps."""

from __future__ import annotations

from collections.abc import Mapping

from kessai.decisions.course import common
from kessai.decisions.models import Case
from kessai.drafting.rules import Content, Reading, reworded
from kessai.kernel.calendar import day_in_japan
from kessai.routing import queries as routing


def read(case: Case, content: Content, words: Mapping[str, str]) -> Reading:
    """``content`` with other words; the question is asked as on the day of the last submission."""
    on = day_in_japan(common.fixed_last(case, submitted=True).at)
    matter = routing.matter(tenant_id=case.tenant_id, code=case.matter_code, on=on)
    return reworded(content, question=matter.question, words=words)
