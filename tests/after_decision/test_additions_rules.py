"""What an addition to the cover sheet may be: a number is read in any width, and nothing else is one."""

from __future__ import annotations

import pytest

from kessai.decisions.additions import rules
from kessai.decisions.rules import CannotAct


def test_a_number_is_read_in_full_width_with_separators() -> None:
    assert rules.read_value("number", "１,２００", "号") == "1200"


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(CannotAct, match="数を読み取れません"):
        rules.read_value("number", "十二", "号")
