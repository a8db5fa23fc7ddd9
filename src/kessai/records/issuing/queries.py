"""Reads of how a ministry issues what it decided: the methods, the layouts of letters, the seals with their keepers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kessai.records.issuing.layouts import Layout, may_be_used
from kessai.records.models import IssueMethod, LetterLayout
from kessai.records.models import Seal as SealRow

ANY = "*"


@dataclass(frozen=True, slots=True)
class Method:
    """A way of issuing; ``to_public``: it names no addressee."""

    code: str
    name: str
    name_en: str
    to_public: bool


@dataclass(frozen=True, slots=True)
class Seal:
    """An official seal and the post that keeps it. ``matters``, ``methods``: of the issues that need it, or ANY."""

    code: str
    name: str
    name_en: str
    keeper_post_id: int
    matters: frozenset[str]
    methods: frozenset[str]

    def needed(self, *, matter: str, method: str) -> bool:
        """Whether an issue of a kind of matter by a method needs a seal such as this."""
        return bool(self.matters & {matter, ANY}) and bool(self.methods & {method, ANY})


def methods(*, tenant_id: int, on: date) -> tuple[Method, ...]:
    """The ways of issuing of a ministry on a day, in their order."""
    rows = IssueMethod.objects.filter(tenant_id=tenant_id, period__contains=on).order_by("position", "code")
    return tuple(Method(row.code, row.name, row.name_en, row.to_public) for row in rows)


def seals(*, tenant_id: int, on: date) -> tuple[Seal, ...]:
    """The official seals of a ministry that are valid on a day, in their order."""
    rows = SealRow.objects.filter(tenant_id=tenant_id, period__contains=on).order_by("position", "code")
    return tuple(
        Seal(
            row.code,
            row.name,
            row.name_en,
            row.keeper_post_id,
            frozenset(row.matters),
            frozenset(row.methods),
        )
        for row in rows
    )


def layouts(*, tenant_id: int, matter: str, issued: bool, on: date) -> tuple[Layout, ...]:
    """The layouts of letters for a kind of matter on a day, in their order. ``issued``: whether its decisions are."""
    rows = LetterLayout.objects.filter(tenant_id=tenant_id, period__contains=on).order_by("position", "code")
    return tuple(
        Layout(row.code, row.name, row.name_en, row.mark, row.seal, row.each, row.honorific)
        for row in rows
        if may_be_used(row.matters, matter=matter, issued=issued)
    )
