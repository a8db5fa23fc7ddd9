"""Canonical JSON and the salted commitments built on it."""

from __future__ import annotations

import hmac
import json
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from merkle_samples import brief

from merklelog.canonical import MAX_DEPTH, MAX_INTEGER, NotCanonical, canonical, parse_canonical
from merklelog.commitment import digests, field_digest, field_salt, mismatches

strings = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
scalars = st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | strings
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(strings, inner, max_size=4),
    max_leaves=12,
)
MASTER = bytes(range(32))


@pytest.mark.parametrize(
    ("value", "data"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (-MAX_INTEGER, "-9007199254740991"),
        ("", '""'),
        ("決裁", '"決裁"'),
        ([], "[]"),
        ({}, "{}"),
        ((1, "a", [None]), '[1,"a",[null]]'),
        ({"b": 2, "a": {"d": [], "c": 1}}, '{"a":{"c":1,"d":[]},"b":2}'),
        ('\u20ac$\x0f\nA\'"\\\\"/', '"€$\\u000f\\nA\'\\"\\\\\\\\\\"/"'),
        ("\b\t\n\f\r\x00\x1f\x7f\u2028", '"\\b\\t\\n\\f\\r\\u0000\\u001f\x7f\u2028"'),
        ("が\u304b\u3099", '"が\u304b\u3099"'),
    ],
)
def test_values_are_spelt_as_rfc_8785_says(value: Any, data: str) -> None:
    assert canonical(value) == data.encode()


def test_keys_are_sorted_by_their_utf_16_code_units() -> None:
    # The example of RFC 8785 §3.2.3.
    value = {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\U0001f600": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis",
    }
    assert list(json.loads(canonical(value))) == [
        "\r",
        "1",
        "\u0080",
        "\u00f6",
        "\u20ac",
        "\U0001f600",
        "\ufb33",
    ]


@brief
@given(values)
def test_a_value_comes_back_and_has_one_spelling(value: Any) -> None:
    data = canonical(value)
    assert parse_canonical(data) == value
    assert canonical(parse_canonical(data)) == data


@brief
@given(values)
def test_every_other_spelling_is_refused(value: Any) -> None:
    data = canonical(value)
    others = {
        json.dumps(value).encode(),
        json.dumps(value, ensure_ascii=False, indent=1, separators=(",", ":")).encode(),
        b" " + data,
        data + b"\n",
        b"\xef\xbb\xbf" + data,
    } - {data}
    for other in others:
        with pytest.raises(NotCanonical):
            parse_canonical(other)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"1.0",
        b"1e3",
        b"-0",
        b"01",
        b"NaN",
        b"Infinity",
        b"9007199254740992",
        b"1" * 5000,
        b'{"a":1,"a":1}',
        b'{"b":1,"a":1}',
        b'"\\u0061"',
        b'"\\/"',
        b'"\\u000F"',
        b'"\\ud800"',
        b'"\xff"',
        b'"\xed\xa0\x80"',
        b"[1,]",
        b"{1:2}",
        b"[" * 100_000,
        b"[" * 100 + b"]" * 100,
        b"null null",
    ],
)
def test_bytes_that_are_not_canonical_are_refused(data: bytes) -> None:
    with pytest.raises(NotCanonical):
        parse_canonical(data)


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        MAX_INTEGER + 1,
        -MAX_INTEGER - 1,
        "\ud800",
        ["\udfff"],
        {"\ud800": 1},
        {1: 2},
        {"a": 1, None: 2},
        {1, 2},
        b"bytes",
        object(),
    ],
)
def test_values_without_a_canonical_form_are_refused(value: Any) -> None:
    with pytest.raises(NotCanonical):
        canonical(value)


def test_nesting_has_a_limit() -> None:
    value: Any = 1
    for _ in range(MAX_DEPTH):
        value = [value]
    assert parse_canonical(canonical(value)) == value
    with pytest.raises(NotCanonical, match="nested deeper"):
        canonical([value])


# Commitments


def test_a_digest_is_what_the_definition_says() -> None:
    salt = hmac.new(MASTER, b"kessai/field-salt/v1\x00" + "件名".encode(), sha256).digest()
    assert field_salt(MASTER, "件名") == salt
    digest = sha256(salt + '["件名","A案"]'.encode()).digest()
    assert field_digest(salt, "件名", "A案") == digest


def test_digests_have_not_changed_since_they_were_first_written() -> None:
    assert digests(MASTER, {"amount": 1000, "title": "契約"}) == {
        "amount": "kJiGJoHBI978fsaNPQgKwPzwdO2XtexkbJ6ggdKNHKQ",
        "title": "ntpHjO1LhpOQED2gq0bVRWlAykC6p_Kri_IJ4mBFzns",
    }


def test_salts_and_masters_have_32_bytes() -> None:
    for wrong in (b"", bytes(31), bytes(33)):
        with pytest.raises(ValueError, match="32 bytes"):
            field_salt(wrong, "a")
        with pytest.raises(ValueError, match="32 bytes"):
            field_digest(wrong, "a", 1)


fields = st.dictionaries(strings, values, min_size=1, max_size=5)


@brief
@given(fields, st.data())
def test_exactly_the_changed_field_is_named(record: dict[str, Any], data: st.DataObject) -> None:
    committed = digests(MASTER, record)
    name = data.draw(st.sampled_from(sorted(record)))
    value = data.draw(values)
    assume(canonical(value) != canonical(record[name]))
    assert mismatches(MASTER, record, committed) == []
    assert mismatches(MASTER, {**record, name: value}, committed) == [name]
    assert mismatches(MASTER, {k: v for k, v in record.items() if k != name}, committed) == [name]
    assert mismatches(MASTER, record, {k: v for k, v in committed.items() if k != name}) == [name]
    assert mismatches(bytes(32), record, committed) == sorted(record)


def test_equal_values_of_two_fields_have_different_digests() -> None:
    made = digests(MASTER, {"a": "同じ", "b": "同じ"})
    assert made["a"] != made["b"]
    assert mismatches(MASTER, {"a": "同じ", "b": "同じ"}, {"a": made["b"], "b": made["a"]}) == ["a", "b"]


def test_a_value_that_could_never_have_been_committed_is_named() -> None:
    made = digests(MASTER, {"amount": 1})
    assert mismatches(MASTER, {"amount": 1.0}, made) == ["amount"]  # type: ignore[dict-item]
    assert mismatches(MASTER, {"amount": True}, made) == ["amount"]
    assert mismatches(MASTER, {"amount": "1"}, made) == ["amount"]


def test_a_digest_spelt_otherwise_is_a_mismatch() -> None:
    made = digests(MASTER, {"a": 1})
    assert len(made["a"]) == 43
    for wrong in (made["a"] + "=", "", made["a"].lower(), "決"):
        assert mismatches(MASTER, {"a": 1}, {"a": wrong}) == ["a"]


def test_under_a_damaged_master_or_name_no_field_matches() -> None:
    made = digests(MASTER, {"a": 1, "b": 2})
    assert mismatches(MASTER[:31], {"a": 1, "b": 2}, made) == ["a", "b"]
    assert mismatches(MASTER, {"a": 1, "b": 2, "\ud800": 3}, {**made, "\ud800": made["a"]}) == ["\ud800"]
