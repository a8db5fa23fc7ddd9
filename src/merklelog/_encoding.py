"""Strict base64 (RFC 4648 §4): one spelling for each byte string, everything else refused."""

from __future__ import annotations

import base64


def b64encode(data: bytes) -> str:
    """Standard padded base64 of ``data``, as text."""
    return base64.b64encode(data).decode("ascii")


def b64decode(text: str) -> bytes:
    """Decode standard padded base64.

    Raises ``ValueError`` for a foreign character, wrong padding, or non-zero spare bits (RFC 4648 §3.5).
    """
    data = base64.b64decode(text, validate=True)
    if b64encode(data) != text:
        raise ValueError("base64 is not in its canonical spelling")
    return data
