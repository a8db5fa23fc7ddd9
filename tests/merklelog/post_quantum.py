"""A witness that signs with ML-DSA-44 (C2SP tlog-cosignature, type 0x06)."""

from __future__ import annotations

from base64 import b64decode, b64encode
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

NAME = "witness.future.example"
SECRET = MLDSA44PrivateKey.from_seed_bytes(bytes([9]) * 32)
RAW = b"\x06" + SECRET.public_key().public_bytes_raw()
ID = sha256(NAME.encode() + b"\n" + RAW).digest()[:4]
VKEY = f"{NAME}+{ID.hex()}+{b64encode(RAW).decode()}"

SAMPLE = Path(__file__).with_name("post_quantum.txt")
"""A cosignature of this key on the log of the test bundles, made once: ML-DSA signs with fresh randomness each time."""


def message(text: str, time: int) -> bytes:
    origin, size, root = text.split("\n")[:3]
    named = (
        bytes([len(NAME)]) + NAME.encode() + time.to_bytes(8, "big") + bytes([len(origin)]) + origin.encode()
    )
    return b"subtree/v1\n\0" + named + bytes(8) + int(size).to_bytes(8, "big") + b64decode(root)


def line(text: str, *, time: int) -> str:
    """A new signature line under a note text."""
    return line_of(time.to_bytes(8, "big") + SECRET.sign(message(text, time)))


def line_of(signature: bytes) -> str:
    return f"— {NAME} {b64encode(ID + signature).decode()}\n"


def sample() -> bytes:
    """The signature, with its time, on the log of the test bundles."""
    return b64decode(SAMPLE.read_text())
