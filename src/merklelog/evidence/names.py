"""The names of a bundle's members. Source: docs/evidence/format.md, section 1."""

from __future__ import annotations

import re
from collections.abc import Collection

from merklelog.evidence.bag import BAGIT, INFO, MANIFEST, TAG_MANIFEST

FORMAT = "kessai-evidence/1"

BUNDLE = "data/bundle.json"
CHECKPOINT = "data/checkpoint"
POLICY = "data/keys/policy"
TSA = "data/keys/tsa.pem"
COVER_SHEET = "data/cover-sheet.pdf"
EXPLANATION = "data/explanation.html"
REQUIRED = (BAGIT, INFO, MANIFEST, TAG_MANIFEST, BUNDLE, CHECKPOINT, POLICY, EXPLANATION)

_ACT = re.compile(r"data/acts/[0-9]{5}\.json", re.ASCII)
_TOKEN = re.compile(r"data/timestamps/[0-9]{5}\.tsr", re.ASCII)
_FILE = re.compile(r"data/files/(?!00000)[0-9]{5}/[a-z0-9_.]+\.[a-z0-9]{1,8}", re.ASCII)


class NamesWrong(ValueError):
    """A name that has no place in a bundle, one that is missing, or numbers with a gap."""


def act_name(number: int) -> str:
    """The file of an act, counted from 1."""
    return f"data/acts/{number:05}.json"


def token_name(number: int) -> str:
    """The file of a timestamp, counted from 1."""
    return f"data/timestamps/{number:05}.tsr"


def is_file(name: str) -> bool:
    """Whether it is the name of a document."""
    return bool(_FILE.fullmatch(name))


def judge(names: Collection[str]) -> tuple[int, int]:
    """How many acts and timestamps there are; raises ``NamesWrong``."""
    acts = [name for name in names if _ACT.fullmatch(name)]
    tokens = [name for name in names if _TOKEN.fullmatch(name)]
    wanted = {
        *REQUIRED,
        *(act_name(n) for n in range(1, max(1, len(acts)) + 1)),
        *(token_name(n) for n in range(1, len(tokens) + 1)),
        *([TSA] if tokens else []),
    }
    for name in sorted(wanted - set(names)):
        raise NamesWrong(f"{name} is missing")
    for name in sorted(set(names) - wanted):
        if name != COVER_SHEET and not is_file(name):
            raise NamesWrong(f"{name!r} has no place in a bundle")
    return len(acts), len(tokens)
