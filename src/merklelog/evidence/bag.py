"""The bag in a bundle: BagIt 1.0 (RFC 8493) in one spelling, so that a reader makes it anew and compares.

Source: docs/evidence/format.md, section 2.
"""

from __future__ import annotations

from collections.abc import Mapping

from merklelog.evidence.container import Content, content

BAGIT = "bagit.txt"
INFO = "bag-info.txt"
MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"
PAYLOAD = "data/"

_DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


def tags(case: str, members: Mapping[str, Content]) -> dict[str, Content]:
    """The four tag files of the bag whose payload are the members under ``data/``."""
    payload = {name: each for name, each in members.items() if name.startswith(PAYLOAD)}
    octets = sum(each.size for each in payload.values())
    info = f"External-Identifier: {case}\nPayload-Oxum: {octets}.{len(payload)}\n"
    made = {
        INFO: content(info.encode()),
        BAGIT: content(_DECLARATION),
        MANIFEST: content(_manifest(payload)),
    }
    return made | {TAG_MANIFEST: content(_manifest(made))}


def _manifest(members: Mapping[str, Content]) -> bytes:
    lines = (f"{members[name].sha256}  {name}\n" for name in sorted(members))
    return "".join(lines).encode()
