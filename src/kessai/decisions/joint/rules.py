"""Joint decisions of several units (連名) on their way: which steps stand for a unit, and when the units may change.

Pure. How they come on the route is told in routing.joint.rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kessai.decisions.rules import CannotAct
from kessai.kernel.words import N_


def is_joint(reasons: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a step, by its reasons as they are recorded, decides for a unit in a joint decision."""
    return any(reason.get("joint") for reason in reasons)


def unit_ids(said: Mapping[str, Any]) -> frozenset[int]:
    """The joint units that a ruling event names."""
    return frozenset(int(each["unit_id"]) for each in said.get("joint", ()))


def judge_units(before: Mapping[str, Any], after: Mapping[str, Any], substance: bool | None) -> None:
    """In whose name a case is decided is of its substance: other units are declared as a change of it.

    ``before``, ``after``: what rules the case and what would; ``substance``: as declared, None if nothing was.
    """
    if substance is False and unit_ids(before) != unit_ids(after):
        raise CannotAct(
            N_("連名の部署が前の版と違うため、「主旨は変わらない」では出せません。"),
            N_("「変わる」を選んで出してください。経路を読み直し、すべての判断をやり直します。"),
        )
