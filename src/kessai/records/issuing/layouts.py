"""How a letter that is issued (施行文) is laid out: a ministry's own choice, as values. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

OMITTED, PUT, NONE = "omitted", "put", "none"
"""Of the seal: 「（公印省略）」 below the sender, room for it beside the sender, nothing."""

SEALS = (OMITTED, PUT, NONE)


@dataclass(frozen=True, slots=True)
class Layout:
    """``mark``: what stands where others have their number (事務連絡); ``seal``: one of SEALS; ``honorific``: after an
    addressee (殿). ``each``: every addressee gets a letter of their own, instead of one to all."""

    code: str
    name: str
    name_en: str
    mark: str = ""
    seal: str = OMITTED
    each: bool = False
    honorific: str = ""

    def to_json(self) -> dict[str, str | bool]:
        return {
            "code": self.code,
            "name": self.name,
            "name_en": self.name_en,
            "mark": self.mark,
            "seal": self.seal,
            "each": self.each,
            "honorific": self.honorific,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, object]) -> Layout:
        return cls(
            code=str(value["code"]),
            name=str(value["name"]),
            name_en=str(value["name_en"]),
            mark=str(value["mark"]),
            seal=str(value["seal"]),
            each=bool(value["each"]),
            honorific=str(value["honorific"]),
        )


def may_be_used(matters: Collection[str], *, matter: str, issued: bool) -> bool:
    """Whether a layout for some ``matters`` is one for a kind of matter; with none named, for all that are issued."""
    return matter in matters if matters else issued
