"""The second verifier: one HTML file that checks a bundle in a browser, without a network and without this code.

Its script ``verifier`` was written from docs/evidence/format.md alone and shares nothing with the first.
"""

from __future__ import annotations

import re
from importlib.resources import files

MEDIA_TYPE = "text/html; charset=utf-8"


def page() -> str:
    """The file."""
    return files(__package__).joinpath("verify.html").read_text(encoding="utf-8")


def inline(kind: str) -> list[str]:
    """The contents of its ``script`` or ``style`` elements, as a Content-Security-Policy hashes them."""
    return [found[2] for found in re.finditer(rf"<({kind})[^>]*>(.*?)</{kind}>", page(), re.DOTALL)]
