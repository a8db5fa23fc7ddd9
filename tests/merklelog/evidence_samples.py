"""A small case with its log, witnesses and timestamp authority, the same bytes every time.

Signatures are made here with bare keys, not by the library that checks them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from merklelog import der
from merklelog._encoding import b64encode
from merklelog.canonical import canonical
from merklelog.commitment import digests, field_salt
from merklelog.der import encode, identifier
from merklelog.evidence.acts import Act, Disclosed
from merklelog.evidence.container import Content, content
from merklelog.evidence.making import Bundle, Parts, sealed
from merklelog.tree import inclusion_path, leaf_hash, root_of

ORIGIN = "log.example/901"
CASE = "0192f0c4-7a1e-7000-8000-000000000001"
OTHER_CASE = "0192f0c4-7a1e-7000-8000-000000000002"
LOG = 901
SIZE = 7
PLACES = (2, 3, 5)
"""Where the three acts stand in the log; the other entries belong to other cases."""

ATTACHMENT = b"%PDF-1.7 estimate\n"
ORIGINAL = canonical({"case": CASE, "number": "総行市第123号", "title": "ガラス器具の購入について"})


def hex_of(data: bytes) -> str:
    return sha256(data).hexdigest()


@dataclass(frozen=True)
class Key:
    """An Ed25519 key of a log (kind 1) or of a witness (kind 4)."""

    name: str
    seed: int
    kind: int = 1

    @property
    def secret(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(bytes([self.seed]) * 32)

    @property
    def public(self) -> bytes:
        return self.secret.public_key().public_bytes_raw()

    @property
    def id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    @property
    def vkey(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64encode(bytes([self.kind]) + self.public)}"

    def line(self, text: str, *, time: int = 0) -> str:
        """The signature line under a note text."""
        made = self.secret.sign(text.encode())
        if self.kind == 4:
            said = f"cosignature/v1\ntime {time}\n{text}"
            made = time.to_bytes(8, "big") + self.secret.sign(said.encode())
        return f"— {self.name} {b64encode(self.id + made)}\n"


LOG_KEY = Key(ORIGIN, 1)
NEXT_LOG_KEY = Key(ORIGIN, 6)
ARCHIVE = Key("witness.archive.example", 2, 4)
COURT = Key("witness.court.example", 3, 4)
PRESS = Key("witness.press.example", 4, 4)
WITNESSES = {"archive": ARCHIVE, "court": COURT, "press": PRESS}
SEEN_AT = 1_796_000_000


def policy(*, logs: Sequence[Key] = (LOG_KEY,), quorum: str = "two-of-three") -> bytes:
    lines = [f"log {key.vkey}" for key in logs]
    lines += [f"witness {name} {key.vkey}" for name, key in WITNESSES.items()]
    lines += [f"group two-of-three 2 {' '.join(WITNESSES)}", f"quorum {quorum}"]
    return "".join(f"{line}\n" for line in lines).encode()


def master(seq: int) -> bytes:
    return sha256(f"master salt of act {seq}".encode()).digest()


def _who(name: str, title: str) -> dict[str, Any]:
    return {"name": name, "post_title": title, "unit": "総務課"}


FIELDS: list[dict[str, Any]] = [
    {
        "kind": "submitted",
        "time": "2026-11-24T01:02:03.000000Z",
        **_who("山田 太郎", "係員"),
        "remark": "",
        "content.title": "ガラス器具の購入について",
        "content.text": "別紙見積書のとおり購入してよろしいか伺います。",
        "content.amount": 480_000,
        "attachment.1.title": "見積書",
        "attachment.1.filename": "見積書.PDF",
        "attachment.1.sha256": hex_of(ATTACHMENT),
    },
    {
        "kind": "approved",
        "time": "2026-11-24T05:00:00.000000Z",
        **_who("髙橋 花子", "課長補佐"),
        "remark": '至急\n"年度内"',
    },
    {
        "kind": "decided",
        "time": "2026-11-25T00:30:00.123456Z",
        **_who("佐藤 一郎", "課長"),
        "remark": "",
        "payload.number": "総行市第123号",
        "payload.original": hex_of(ORIGINAL),
    },
]


def leaf_of(seq: int, fields: Mapping[str, Any], *, case: str = CASE, log: int = LOG) -> bytes:
    made = digests(master(seq), fields)
    return canonical({"v": 1, "log": log, "case": case, "seq": seq, "fields": made})


def shown(seq: int, fields: Mapping[str, Any]) -> dict[str, Disclosed]:
    return {name: Disclosed(field_salt(master(seq), name), value) for name, value in fields.items()}


@dataclass(frozen=True)
class Log:
    """All leaves of a log, and what was signed of it."""

    leaves: Sequence[bytes]
    origin: str = ORIGIN

    @property
    def root(self) -> bytes:
        return root_of([leaf_hash(leaf) for leaf in self.leaves])

    def proof(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        def node(level: int, at: int) -> bytes:
            return root_of([leaf_hash(leaf) for leaf in self.leaves[at << level : (at + 1) << level]])

        return tuple(inclusion_path(index, size or len(self.leaves), node))

    @property
    def text(self) -> str:
        return f"{self.origin}\n{len(self.leaves)}\n{b64encode(self.root)}\n"

    def note(self, *, keys: Sequence[Key] = (LOG_KEY, ARCHIVE, PRESS)) -> bytes:
        lines = [key.line(self.text, time=SEEN_AT + key.seed) for key in keys]
        return f"{self.text}\n{''.join(lines)}".encode()


def log_of(acts: Sequence[Mapping[str, Any]] = FIELDS, places: Sequence[int] = PLACES) -> Log:
    leaves = [leaf_of(n, {"kind": "approved"}, case=OTHER_CASE) for n in range(1, SIZE + 1)]
    for seq, (place, fields) in enumerate(zip(places, acts, strict=True), start=1):
        leaves[place] = leaf_of(seq, fields)
    return Log(leaves)


def acts_of(log: Log, acts: Sequence[Mapping[str, Any]] = FIELDS) -> list[Act]:
    return [
        Act(log.leaves[place], place, log.proof(place), shown(seq, fields))
        for seq, (place, fields) in enumerate(zip(PLACES, acts, strict=True), start=1)
    ]


def without(act: Act, *names: str) -> Act:
    """The act with some fields withheld."""
    return replace(act, fields={name: each for name, each in act.fields.items() if name not in names})


def contents() -> dict[str, Content]:
    return {hex_of(each): content(each) for each in (ATTACHMENT, ORIGINAL)}


class Authority:
    """A timestamp authority with an ECDSA key, for time-stamps only unless asked otherwise."""

    def __init__(self, number: int, *, usage: ObjectIdentifier = ExtendedKeyUsageOID.TIME_STAMPING) -> None:
        self.key = ec.derive_private_key(number, ec.SECP256R1())
        self.serial = number
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Clock Office {number}")])
        made = (
            x509.CertificateBuilder()
            .subject_name(self.name)
            .issuer_name(self.name)
            .public_key(self.key.public_key())
            .serial_number(number)
            .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
            .not_valid_after(datetime(2036, 1, 1, tzinfo=UTC))
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=True)
        )
        self.der = made.sign(self.key, hashes.SHA256(), ecdsa_deterministic=True).public_bytes(Encoding.DER)

    def token(self, text: str, *, time: bytes = b"20261125003500Z") -> bytes:
        """A time-stamp token over a text, in the form of a bundle."""
        statement = encode(
            der.SEQUENCE,
            encode(der.INTEGER, b"\x01"),
            identifier("1.2.3.4"),
            encode(der.SEQUENCE, _SHA256, encode(der.OCTET_STRING, sha256(text.encode()).digest())),
            encode(der.INTEGER, b"\x05"),
            encode(der.GENERALIZED_TIME, time),
        )
        named = encode(der.SEQUENCE, encode(der.OCTET_STRING, sha256(self.der).digest()))
        attributes = b"".join(
            sorted(
                (
                    _attribute("1.2.840.113549.1.9.3", _TST_INFO),
                    _attribute("1.2.840.113549.1.9.4", encode(der.OCTET_STRING, sha256(statement).digest())),
                    _attribute(
                        "1.2.840.113549.1.9.16.2.47", encode(der.SEQUENCE, encode(der.SEQUENCE, named))
                    ),
                )
            )
        )
        algorithm = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
        signer = encode(
            der.SEQUENCE,
            encode(der.INTEGER, b"\x01"),
            encode(der.SEQUENCE, self.name.public_bytes(), encode(der.INTEGER, bytes([self.serial]))),
            _SHA256,
            encode(der.context(0), attributes),
            encode(der.SEQUENCE, identifier("1.2.840.10045.4.3.2")),
            encode(der.OCTET_STRING, self.key.sign(encode(der.SET, attributes), algorithm)),
        )
        content_info = encode(
            der.SEQUENCE, _TST_INFO, encode(der.context(0), encode(der.OCTET_STRING, statement))
        )
        data = encode(
            der.SEQUENCE,
            encode(der.INTEGER, b"\x03"),
            encode(der.SET, _SHA256),
            content_info,
            encode(der.SET, signer),
        )
        return encode(der.SEQUENCE, identifier("1.2.840.113549.1.7.2"), encode(der.context(0), data))


_SHA256 = encode(der.SEQUENCE, identifier("2.16.840.1.101.3.4.2.1"))
_TST_INFO = identifier("1.2.840.113549.1.9.16.1.4")


def _attribute(kind: str, value: bytes) -> bytes:
    return encode(der.SEQUENCE, identifier(kind), encode(der.SET, value))


CLOCK = Authority(5)
OTHER_CLOCK = Authority(6)


def parts(log: Log | None = None, **changed: Any) -> Parts:
    """The parts of the full bundle, with a timestamp, unless changed."""
    log = log or log_of()
    given: dict[str, Any] = {
        "acts": acts_of(log),
        "checkpoint": log.note(),
        "policy": policy(),
        "tokens": [CLOCK.token(log.text)],
        "certificates": [CLOCK.der],
        "files": contents(),
    }
    return Parts(**given | changed)


def members_of(bundle: Bundle) -> dict[str, bytes]:
    """The payload, by name without the base directory."""
    return {
        name.removeprefix("evidence/"): each.read()
        for name, each in bundle.members.items()
        if name.startswith("evidence/data/")
    }


def resealed(members: Mapping[str, bytes], *, case: str = CASE) -> Bundle:
    """A bundle of this payload with a bag that fits."""
    return sealed(case, {name: content(data) for name, data in members.items()})
