"""The page docs/evidence/example.md: one bundle gone through by hand, its numbers computed here step by step."""
# ruff: noqa: E501 (rows of tables have no line breaks)

from __future__ import annotations

import zlib
from base64 import b64decode, urlsafe_b64encode
from hashlib import sha256
from pathlib import Path

import evidence_samples as samples

from merklelog.canonical import canonical
from merklelog.evidence.making import Parts, lay_out

PAGE = Path(__file__).parents[2] / "docs" / "evidence" / "example.md"
SEQ = 2


def page() -> str:
    """The page as it must be."""
    log = samples.log_of()
    acts = samples.acts_of(log)
    note = log.note()
    made = lay_out(Parts(acts=acts, checkpoint=note, policy=samples.policy(), files=samples.contents()))
    members = {name.removeprefix("evidence/"): each.read() for name, each in made.members.items()}
    act = acts[SEQ - 1]
    name = "remark"
    shown = act.fields[name]
    field = canonical([name, shown.value])
    digest = sha256(shown.salt + field).digest()
    place = samples.PLACES[SEQ - 1]
    leaf = sha256(b"\x00" + act.leaf).digest()
    first = sha256(b"\x01" + act.proof[0] + leaf).digest()
    second = sha256(b"\x01" + act.proof[1] + first).digest()
    root = sha256(b"\x01" + second + act.proof[2]).digest()
    bundle_json = members["data/bundle.json"]
    head = made.to_bytes()[: 30 + len("evidence/bag-info.txt")]
    key, witness = samples.LOG_KEY, samples.ARCHIVE
    time = samples.SEEN_AT + witness.seed
    manifest = members["manifest-sha256.txt"].decode().splitlines()
    return f"""# A bundle by hand

A bundle of three acts, without timestamps, gone through as [the format](format.md) says. Every number below can be computed
with `sha256sum`, `xxd` and patience; a test computes them. The file is [`vectors/no-timestamp.zip`](vectors/no-timestamp.zip).

## The container

The file begins with the member `evidence/bag-info.txt`, {len(members["bag-info.txt"])} bytes, CRC-32 `{zlib.crc32(members["bag-info.txt"]):08x}`. Its local header, 30 bytes and the name:

    {_grouped(head)}

`bag-info.txt` itself:

{_quoted(members["bag-info.txt"].decode())}

The first two lines of `manifest-sha256.txt`:

{_quoted(chr(10).join(manifest[:2]))}

## The claim

`data/bundle.json`, {len(bundle_json)} bytes, `H` = `{samples.hex_of(bundle_json)}`:

{_quoted(bundle_json.decode())}

## One field

In `data/acts/0000{SEQ}.json` the field `{name}` has

- salt (base64url) `{_b64url(shown.salt)}` = `{shown.salt.hex()}`
- value, canonical JSON: `{canonical(shown.value).decode()}` (two lines, the second in quotes)

The canonical JSON of `[name, value]`, {len(field)} bytes, is

    {field.decode()}

    {_grouped(field)}

`H(salt || these bytes)` = `{digest.hex()}`, in base64url `{_b64url(digest)}`.

## Its leaf

The decoded `leaf` of that act, {len(act.leaf)} bytes on one line, with that digest at `{name}`:

    {act.leaf.decode()}

Leaf hash, `H(00 || leaf)`:

    {leaf.hex()}

## Its place in the tree

`index` is {place}, the checkpoint's size {samples.SIZE}, the proof has {len(act.proof)} hashes. Following section 5 of the format:

| node | last | odd? | hash |
|---|---|---|---|
| {place} | {samples.SIZE - 1} | odd: `H(01 ‖ p1 ‖ hash)` with p1 = `{act.proof[0].hex()}` | `{first.hex()}` |
| {place // 2} | {(samples.SIZE - 1) // 2} | odd: `H(01 ‖ p2 ‖ hash)` with p2 = `{act.proof[1].hex()}` | `{second.hex()}` |
| {place // 4} | {(samples.SIZE - 1) // 4} | even, below last: `H(01 ‖ hash ‖ p3)` with p3 = `{act.proof[2].hex()}` | `{root.hex()}` |

`last` is 0 then, the proof is used up: the last hash is the root.

## The checkpoint

`data/checkpoint`, with the root in base64 in its third line:

{_quoted(note.decode())}

The text is its first three lines, {len(log.text.encode())} bytes, `H(text)` = `{samples.hex_of(log.text.encode())}` (what a timestamp is over).

The log's line in `data/keys/policy` is

    log {key.vkey}

The base64 of the key is `01` and the public key `{key.public.hex()}`; the key id is the beginning of
`H("{key.name}" || 0a || 01 || public key)` = `{sha256(key.name.encode() + bytes([10, 1]) + key.public).hexdigest()}`. The first signature line decodes to
that id and 64 bytes:

    {_grouped(_blob(note, key.name))}

They are the Ed25519 signature over the text.

## A cosignature

The line of `{witness.name}` (public key `{witness.public.hex()}`, key id with `04` in the place
of `01`: `{witness.id.hex()}`) decodes to the id, 8 bytes of time, 64 bytes of signature:

    {_grouped(_blob(note, witness.name))}

The time is {time}, and the signature is over

{_quoted(f"cosignature/v1{chr(10)}time {time}{chr(10)}{log.text}")}

The policy asks for two of three witnesses; two lines verify.
"""


def _quoted(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.removesuffix("\n").split("\n"))


def _grouped(data: bytes) -> str:
    lines = [data[at : at + 32].hex(" ", 4) for at in range(0, len(data), 32)]
    return "\n    ".join(lines)


def _b64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _blob(note: bytes, name: str) -> bytes:
    (line,) = (line for line in note.decode().splitlines() if line.startswith(f"— {name} "))
    return b64decode(line.split(" ")[2])
