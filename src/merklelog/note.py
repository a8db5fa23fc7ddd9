"""Signed notes: a text and the Ed25519 signatures below it.

Source: C2SP signed-note (text form of the keys as in golang.org/x/mod/sumdb/note). Ed25519: RFC 8032.
A key of another signature type is a subclass here (``merklelog.cosignature``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import ClassVar, Protocol, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from merklelog._encoding import b64decode, b64encode

ED25519 = b"\x01"
MAX_SIGNATURES = 100
MAX_NOTE_SIZE = 1_000_000

_KEY_ID_SIZE = 4
_KEY_SIZE = 32
_PRIVATE_PREFIX = "PRIVATE+KEY+"
_SIGNATURE_PREFIX = "— "


class NoteInvalid(ValueError):
    """A note or a key is malformed, or no trusted key vouches for the note; the message says which."""


def key_id(name: str, public_key: bytes, kind: bytes = ED25519) -> bytes:
    """First 4 bytes of SHA-256(name || 0x0A || signature type || public key). signed-note, "Signatures"."""
    return sha256(name.encode() + b"\n" + kind + public_key).digest()[:_KEY_ID_SIZE]


@dataclass(frozen=True, slots=True)
class Verifier:
    """A trusted key: its ``name`` and its Ed25519 ``public_key``; ``kind`` is its signature type, ``key_size`` is in
    bytes.
    """

    kind: ClassVar[bytes] = ED25519
    key_size: ClassVar[int] = _KEY_SIZE

    name: str
    public_key: bytes

    def __post_init__(self) -> None:
        require_name(self.name)
        if len(self.public_key) != self.key_size:
            raise NoteInvalid(
                f"a public key of this type has {self.key_size} bytes, not {len(self.public_key)}"
            )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a verifier key ``name+hexid+base64(kind || public key)``; raises ``NoteInvalid``."""
        name, identity, key = _parse_key(text, cls.kind)
        verifier = cls(name, key)
        if verifier.key_id.hex() != identity:
            raise NoteInvalid("the key id does not belong to this name and key")
        return verifier

    @property
    def key_id(self) -> bytes:
        """The 4 bytes that stand before a signature of this key."""
        return key_id(self.name, self.public_key, self.kind)

    def verifies(self, text: str, signature: bytes) -> bool:
        """Whether the 64-byte signature is this key's over the text."""
        return self._verifies(text.encode(), signature)

    def _verifies(self, message: bytes, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, message)
        except InvalidSignature:
            return False
        return True

    def __str__(self) -> str:
        """The verifier key as text, to be published."""
        return f"{self.name}+{self.key_id.hex()}+{b64encode(self.kind + self.public_key)}"


class PrivateKey:
    """A private key, from its 32-byte seed (RFC 8032 §5.1.5), and its name.

    It never shows the key except through ``secret``. What it signs is the subclass's.
    """

    __slots__ = ("_key", "_verifier")

    _public: ClassVar[type[Verifier]] = Verifier

    def __init__(self, name: str, seed: bytes) -> None:
        if len(seed) != _KEY_SIZE:
            raise NoteInvalid(f"an Ed25519 private key has {_KEY_SIZE} bytes, not {len(seed)}")
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self._verifier = self._public(name, self._key.public_key().public_bytes_raw())

    @classmethod
    def generate(cls, name: str) -> Self:
        """A new key from the system's randomness."""
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what ``secret`` gives; raises ``NoteInvalid`` and repeats no part of the text."""
        if not text.startswith(_PRIVATE_PREFIX):
            raise NoteInvalid("not a private key")
        name, identity, seed = _parse_key(text.removeprefix(_PRIVATE_PREFIX), cls._public.kind)
        signer = cls(name, seed)
        if signer.key_id.hex() != identity:
            raise NoteInvalid("the key id does not belong to this name and key")
        return signer

    def verifier(self) -> Verifier:
        """The public half."""
        return self._verifier

    @property
    def name(self) -> str:
        """The key name."""
        return self._verifier.name

    @property
    def key_id(self) -> bytes:
        """The 4 bytes that stand before a signature of this key."""
        return self._verifier.key_id

    def secret(self) -> str:
        """``PRIVATE+KEY+name+hexid+base64(kind || seed)``: to be kept, never published."""
        key = b64encode(self._public.kind + self._key.private_bytes_raw())
        return f"{_PRIVATE_PREFIX}{self.name}+{self.key_id.hex()}+{key}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._verifier})"


class NoteSigner(Protocol):
    """Whoever signs notes: a ``Signer``, or a key that lies elsewhere."""

    def verifier(self) -> Verifier:
        """The public half."""

    def signature(self, text: str) -> bytes:
        """The 64-byte Ed25519 signature over the text."""


class Signer(PrivateKey):
    """The private key of a log."""

    __slots__ = ()

    def signature(self, text: str) -> bytes:
        """The 64-byte Ed25519 signature over the text."""
        return self._key.sign(text.encode())


@dataclass(frozen=True, slots=True)
class RemoteSigner:
    """A private key of a log that is not shown to this program, behind PKCS#11 for instance.

    ``sign`` is given bytes and answers with the 64-byte Ed25519 signature.
    """

    public: Verifier
    sign: Callable[[bytes], bytes] = field(repr=False)

    def verifier(self) -> Verifier:
        """The public half."""
        return self.public

    def signature(self, text: str) -> bytes:
        """The signature over the text. Raises ``NoteInvalid`` if it is not of this key."""
        made = self.sign(text.encode())
        if not self.public.verifies(text, made):
            raise NoteInvalid(f"what was signed is not a signature of {self.public}")
        return made


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: key ``name``, 4-byte ``key_id`` and the signature bytes."""

    name: str
    key_id: bytes
    value: bytes

    @property
    def line(self) -> str:
        """The line, with its newline, as it stands below a note."""
        return f"{_SIGNATURE_PREFIX}{self.name} {b64encode(self.key_id + self.value)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """An opened note: its text, the signatures that a trusted key made, and those of unknown keys.

    Each of the former once, in the order in which it stands there last.
    """

    text: str
    verified: tuple[Signature, ...]
    unknown: tuple[Signature, ...]


def sign(text: str, signers: Sequence[NoteSigner]) -> bytes:
    """The note: the text, a blank line, one signature line for each signer in this order.

    Raises ``NoteInvalid`` unless the text ends in a newline and has no other control character, and there
    is at least one signer and none twice.
    """
    _require_text(text)
    keys = [signer.verifier() for signer in signers]
    if not keys or len({(key.name, key.key_id) for key in keys}) != len(keys):
        raise NoteInvalid("a note is signed by at least one key, and by none twice")
    lines = [
        Signature(key.name, key.key_id, signer.signature(text)).line
        for key, signer in zip(keys, signers, strict=True)
    ]
    return f"{text}\n{''.join(lines)}".encode()


def signed_text(note: str) -> str:
    """What the signatures of a note are over, and its timestamps: everything above the blank line."""
    return note.rpartition("\n\n")[0] + "\n"


def open_note(data: bytes, verifiers: Sequence[Verifier]) -> Note:
    """Read a note and check it against the trusted keys.

    Signatures of unknown keys are ignored, also if they share either the name or the id of a known one.
    Raises ``NoteInvalid`` for a malformed note, for any wrong signature of a known key, and if no known
    key has signed. signed-note, "Format" and "Signatures".
    """
    known = _by_identity(verifiers)
    text, signatures = parse_note(data)
    verified: dict[Signature, None] = {}
    unknown: list[Signature] = []
    for signature in signatures:
        verifier = known.get((signature.name, signature.key_id))
        if verifier is None:
            unknown.append(signature)
        elif not verifier.verifies(text, signature.value):
            raise NoteInvalid(f"the signature of {verifier} is wrong")
        else:
            verified.pop(signature, None)
            verified[signature] = None
    if not verified:
        raise NoteInvalid("no trusted key has signed this note")
    return Note(text, tuple(verified), tuple(unknown))


def _by_identity(verifiers: Sequence[Verifier]) -> dict[tuple[str, bytes], Verifier]:
    known: dict[tuple[str, bytes], Verifier] = {}
    for verifier in verifiers:
        if known.setdefault((verifier.name, verifier.key_id), verifier) != verifier:
            raise NoteInvalid(f"two trusted keys share the name and id of {verifier}")
    return known


def parse_note(data: bytes) -> tuple[str, list[Signature]]:
    """The text and the signatures of a note, none of them checked; raises ``NoteInvalid`` for a malformed one."""
    if len(data) > MAX_NOTE_SIZE:
        raise NoteInvalid(f"a note of more than {MAX_NOTE_SIZE} bytes is not read")
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NoteInvalid("the note is not UTF-8") from error
    _require_text(whole)
    text, separator, block = whole.rpartition("\n\n")
    if not separator or not block:
        raise NoteInvalid("the note has no signatures")
    lines = block[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise NoteInvalid(f"a note with more than {MAX_SIGNATURES} signatures is not read")
    return text + "\n", [_parse_signature(line) for line in lines]


def _parse_signature(line: str) -> Signature:
    name, _, encoded = line.removeprefix(_SIGNATURE_PREFIX).partition(" ")
    try:
        blob = b64decode(encoded)
    except ValueError as error:
        raise NoteInvalid(f"malformed signature line: {line!r}") from error
    if not line.startswith(_SIGNATURE_PREFIX) or len(blob) <= _KEY_ID_SIZE:
        raise NoteInvalid(f"malformed signature line: {line!r}")
    require_name(name)
    return Signature(name, blob[:_KEY_ID_SIZE], blob[_KEY_ID_SIZE:])


def split_key(text: str) -> tuple[str, str, bytes, bytes]:
    """Name, key id in hex, signature type and key material of a key as text; none of them is checked."""
    parts = text.split("+", 2)
    if len(parts) != 3:
        raise NoteInvalid("a key has three parts joined by +")
    try:
        blob = b64decode(parts[2])
    except ValueError:
        raise NoteInvalid("the key is not base64") from None
    return parts[0], parts[1], blob[:1], blob[1:]


def _parse_key(text: str, wanted: bytes) -> tuple[str, str, bytes]:
    name, identity, kind, material = split_key(text)
    if kind != wanted:
        raise NoteInvalid(f"a key of signature type 0x{kind.hex()}, not of 0x{wanted.hex()}")
    return name, identity, material


def _require_text(text: str) -> None:
    if not text.endswith("\n") or any(character < " " and character != "\n" for character in text):
        raise NoteInvalid("a note is text without control characters that ends in a newline")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise NoteInvalid("a note has no lone surrogates")


def require_name(name: str) -> None:
    """Raises ``NoteInvalid`` for what cannot be the name of a key."""
    if not name or any(c.isspace() or c < " " or c == "+" or "\ud800" <= c <= "\udfff" for c in name):
        raise NoteInvalid(f"not a key name: {name!r}")
