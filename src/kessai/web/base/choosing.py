"""Choosing a post, or a day, by the words that somebody typed."""

from __future__ import annotations

from datetime import date

from kessai.drafting.rules import Unreadable, read_date
from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_
from kessai.organisation import queries as organisation


def day_by_words(typed: str) -> date | None:
    """The day that was typed, by era or Gregorian year; None for none. Errors: Cannot."""
    try:
        return read_date(typed[:100])
    except Unreadable as unreadable:
        raise Cannot(unreadable.text.message, "", **unreadable.text.params) from unreadable


def post_by_words(*, tenant_id: int, words: str, on: date) -> int:
    """The one post that the words find. Errors: Cannot, with those that they would fit."""
    words = words.strip()
    found = organisation.find_posts(tenant_id=tenant_id, words=words, on=on, limit=8)
    exact = [one for one in found if words in (one.title, f"{one.unit_name} {one.title}", one.code)]
    if len(exact or found) == 1:
        return (exact or found)[0].post_id
    if not found:
        raise Cannot(
            N_("「%(words)s」に当たる職が見つかりません。"),
            N_("職名か部署名を入れ直してください。"),
            words=words,
        )
    raise Cannot(
        N_("「%(words)s」に当たる職が一つに決まりません。"),
        N_("部署名を添えてください。候補：%(names)s"),
        words=words,
        names="、".join(f"{one.unit_name} {one.title}" for one in found),
    )
