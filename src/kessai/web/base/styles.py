"""Style sheets stand in the page: each request before the first paint costs half a second on a slow line (ADR 35)."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "static" / "kessai"
COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)


@cache
def sheet(name: str) -> str:
    """The text of a style sheet without its comments: ``case`` for case.css. FileNotFoundError where there is none."""
    return COMMENT.sub("", (FOLDER / f"{name}.css").read_text(encoding="utf-8"))


@cache
def sources() -> str:
    """What a Content-Security-Policy lets pass: each of our style sheets by its SHA-256, and nothing else inline."""
    digests = (hashlib.sha256(sheet(path.stem).encode()).digest() for path in sorted(FOLDER.glob("*.css")))
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
