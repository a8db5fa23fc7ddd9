"""What one form of a matter changes of the one before it."""

from __future__ import annotations

from kessai.decisions.forms.rules import changes

AMOUNT, PARTY = {"key": "amount", "required": True}, {"key": "counterparty", "required": True}
OWN = {"key": "region", "required": False, "kind": "line", "label": "地域", "label_en": "Region"}


def test_the_same_form_changes_nothing() -> None:
    assert changes([AMOUNT, OWN], [AMOUNT, OWN]).none


def test_fields_come_go_and_are_asked_for_otherwise() -> None:
    found = changes([AMOUNT, PARTY], [{**AMOUNT, "required": False}, OWN])
    assert [field.key for field in found.new] == ["region"]
    assert [field.key for field in found.gone] == ["counterparty"]
    assert [field.key for field in found.other] == ["amount"]
    assert not found.moved
    assert not found.none


def test_another_order_is_a_change() -> None:
    found = changes([AMOUNT, PARTY, OWN], [PARTY, AMOUNT])
    assert (found.moved, found.new, found.other) == (True, (), ())
