"""The bundles in docs/evidence/vectors: good ones and bad ones, each with the code of the failure it must get.

A bad one is bad in one thing: what lies around it (manifest, CRC, headers) is made to fit, unless that is the thing.
"""

from __future__ import annotations

import json
import struct
import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import evidence_samples as samples
import post_quantum

from merklelog.canonical import canonical
from merklelog.evidence.container import content, packed
from merklelog.evidence.making import lay_out, pem_of

FOLDER = Path(__file__).parents[2] / "docs" / "evidence" / "vectors"

ACT_1, ACT_2, ACT_3 = (f"data/acts/0000{n}.json" for n in (1, 2, 3))
BUNDLE, CHECKPOINT, POLICY = "data/bundle.json", "data/checkpoint", "data/keys/policy"
ATTACHMENT, ORIGINAL = "data/files/00001/attachment.1.pdf", "data/files/00003/payload.original.json"
TOKEN, TSA = "data/timestamps/00001.tsr", "data/keys/tsa.pem"

Members = dict[str, bytes]


@cache
def vectors() -> dict[str, tuple[bytes, str | None]]:
    """Every vector by name: its bytes, and the code it must get, None where it holds."""
    good = {name: (make(), None) for name, make in GOOD.items()}
    bad = {f"{code}-{name}": (make(), code) for (code, name), make in BAD.items()}
    return good | bad


def expected() -> str:
    """The file expected.json."""
    codes = {f"{name}.zip": code for name, (_, code) in sorted(vectors().items())}
    return json.dumps(codes, indent=1) + "\n"


def given() -> list[dict[str, str | None]]:
    """The verdicts in given.json: of a vector where the checker gives a ``policy``, a ``tsa`` or both."""
    theft, real = _policy_of_a_theft().decode(), pem_of([samples.CLOCK.der]).decode()
    thiefs = pem_of([THIEFS_CLOCK.der]).decode()
    trusts = [(None, None), (theft, None), (theft, real), (None, real), (theft, thiefs)]
    verdicts = {
        "stamped-by-a-clock-of-a-thief": (None, COMPROMISED, COMPROMISED, None, None),
        "no-witness": (None, COMPROMISED, None, None, COMPROMISED),
    }
    return [
        {"bundle": f"{name}.zip", "policy": policy, "tsa": tsa, "code": code}
        for name, codes in verdicts.items()
        for (policy, tsa), code in zip(trusts, codes, strict=True)
    ]


def given_json() -> str:
    """The file given.json."""
    return json.dumps(given(), indent=1) + "\n"


# Good ones.


def full() -> bytes:
    return lay_out(samples.parts()).to_bytes()


def no_timestamp() -> bytes:
    return lay_out(samples.parts(tokens=[], certificates=[])).to_bytes()


def redacted() -> bytes:
    log = samples.log_of()
    first, second, third = samples.acts_of(log)
    acts = [
        samples.without(first, "name", "attachment.1.title", "attachment.1.filename"),
        samples.without(second, "remark"),
        third,
    ]
    return lay_out(samples.parts(acts=acts, files={})).to_bytes()


def nameless_attachment() -> bytes:
    """The name of a file is withheld, the file is not: its extension is ``bin``."""
    log = samples.log_of()
    first, *others = samples.acts_of(log)
    return lay_out(samples.parts(acts=[samples.without(first, "attachment.1.filename"), *others])).to_bytes()


def cover_sheet() -> bytes:
    return lay_out(samples.parts(cover_sheet=content(b"%PDF-1.7 sheet\n"))).to_bytes()


def rotated_key() -> bytes:
    """The log has a new key of the same name; a witness that is not in the policy has signed too."""
    log = samples.log_of()
    stranger = samples.Key("witness.stranger.example", 9, 4)
    keys = (samples.NEXT_LOG_KEY, samples.COURT, samples.PRESS, stranger)
    policy = samples.policy(logs=(samples.LOG_KEY, samples.NEXT_LOG_KEY))
    return lay_out(samples.parts(checkpoint=log.note(keys=keys), policy=policy)).to_bytes()


def no_witness() -> bytes:
    log = samples.log_of()
    policy = samples.policy(quorum="none")
    return lay_out(samples.parts(checkpoint=log.note(keys=(samples.LOG_KEY,)), policy=policy)).to_bytes()


def _post_quantum(change: Callable[[bytes], bytes] = bytes) -> Callable[[], bytes]:
    """Both witnesses of two have cosigned, of whom one signs with ML-DSA-44."""

    def make() -> bytes:
        log = samples.log_of()
        policy = [
            f"log {samples.LOG_KEY.vkey}",
            f"witness future {post_quantum.VKEY}",
            f"witness archive {samples.ARCHIVE.vkey}",
            "group both all future archive",
            "quorum both",
        ]
        line = post_quantum.line_of(change(post_quantum.sample()))
        return lay_out(
            samples.parts(
                checkpoint=log.note(keys=(samples.LOG_KEY, samples.ARCHIVE)) + line.encode(),
                policy="".join(f"{each}\n" for each in policy).encode(),
            )
        ).to_bytes()

    return make


STAMPED_AT = 1_795_566_900
"""The time of the timestamp in most bundles."""
LATER = samples.SEEN_AT + 100
"""When all witnesses had cosigned."""


def _stolen(
    *since: int, quorum: str = "none", keys: tuple[samples.Key, ...] | None = None, **changed: Any
) -> Callable[[], bytes]:
    """The log's first key was stolen at these times."""
    log = samples.log_of()
    policy = samples.policy(logs=(samples.LOG_KEY, samples.NEXT_LOG_KEY), quorum=quorum)
    policy += b"".join(f"#compromised {samples.LOG_KEY.vkey} {each}\n".encode() for each in since)
    checkpoint = log.note(keys=keys) if keys else log.note()
    return lambda: lay_out(samples.parts(log, checkpoint=checkpoint, policy=policy, **changed)).to_bytes()


COMPROMISED = "compromised"
THIEFS_CLOCK = samples.Authority(8)


def _policy_of_a_theft() -> bytes:
    """What the ministry publishes after the theft of its key."""
    return samples.policy(quorum="none") + f"#compromised {samples.LOG_KEY.vkey} {STAMPED_AT + 1}\n".encode()


def stamped_by_a_clock_of_a_thief() -> bytes:
    """Signed with the stolen key, the policy is from before, and an authority of the thief's own dates it back."""
    log = samples.log_of()
    tokens = [THIEFS_CLOCK.token(log.text, time=b"20260501000000Z")]
    checkpoint, policy = log.note(keys=(samples.LOG_KEY,)), samples.policy(quorum="none")
    changed = {
        "checkpoint": checkpoint,
        "policy": policy,
        "tokens": tokens,
        "certificates": [THIEFS_CLOCK.der],
    }
    return lay_out(samples.parts(log, **changed)).to_bytes()


UNSTAMPED: dict[str, Any] = {"tokens": [], "certificates": []}


def three_lines_of_a_witness() -> bytes:
    """The first line stands there again below the second: it says the witness's time, which is before the theft."""
    log = samples.log_of()
    early, late = (samples.COURT.line(log.text, time=LATER + moved) for moved in (-1, 1))
    checkpoint = log.note(keys=(samples.LOG_KEY,)) + (early + late + early).encode()
    policy = samples.policy(quorum="court") + f"#compromised {samples.LOG_KEY.vkey} {LATER}\n".encode()
    return lay_out(samples.parts(log, checkpoint=checkpoint, policy=policy, **UNSTAMPED)).to_bytes()


def a_microsecond_before_the_theft() -> bytes:
    tokens = [samples.CLOCK.token(samples.log_of().text, time=b"20261125003500.999999Z")]
    return _stolen(STAMPED_AT + 1, tokens=tokens)()


NESTED = 10_000


def nested_groups() -> bytes:
    """Each group is the only member of the next."""
    groups = "".join(f"group {n} 1 {n - 1}\n" for n in range(1, NESTED + 1))
    policy = f"log {samples.LOG_KEY.vkey}\nwitness 0 {samples.PRESS.vkey}\n{groups}quorum {NESTED}\n"
    return lay_out(samples.parts(policy=policy.encode(), **UNSTAMPED)).to_bytes()


def _of_one_id(*keys: tuple[str, int, int]) -> bytes:
    """Lines of a policy with keys that have one name and one id; the numbers were found by trying."""
    lines, ids = [], set()
    for words, kind, number in keys:
        public = bytes([kind]) + number.to_bytes(32, "big")
        identity = sha256(f"{samples.ORIGIN}\n".encode() + public).hexdigest()[:8]
        lines.append(f"{words} {samples.ORIGIN}+{identity}+{b64encode(public).decode()}\n")
        ids.add(identity)
    assert len(ids) == 1
    return "".join(lines).encode()


def two_timestamps() -> bytes:
    text = samples.log_of().text
    tokens = [samples.CLOCK.token(text), samples.OTHER_CLOCK.token(text, time=b"20261125003501.25Z")]
    certificates = [samples.OTHER_CLOCK.der, samples.CLOCK.der]
    return lay_out(samples.parts(tokens=tokens, certificates=certificates)).to_bytes()


LETTER = b"%PDF-1.7 inquiry\n"


def _received(number: str = "1") -> list[dict[str, Any]]:
    """The second act joins to the case what arrived from outside."""
    said = {
        "number": "総行収第9号",
        "title": "照会",
        "filename": "照会.pdf",
        "sha256": samples.hex_of(LETTER),
    }
    joined = {
        "kind": "receipt_joined",
        **{key: samples.FIELDS[1][key] for key in ("time", "name", "post_title", "unit")},
        "remark": "",
        "payload.receipts": [{"receipt": samples.OTHER_CASE, "number": "総行収第9号"}],
        **{f"payload.received.{number}.{key}": value for key, value in said.items()},
    }
    return [samples.FIELDS[0], joined, samples.FIELDS[2]]


def received(*withheld: str, letter: bytes | None = LETTER, name: str = "payload.received.1.pdf") -> bytes:
    """With the file that was received, unless changed."""
    fields = _received()
    log = samples.log_of(fields)
    first, joined, last = samples.acts_of(log, fields)
    acts = [first, samples.without(joined, *(f"payload.received.1.{part}" for part in withheld)), last]
    members = samples.members_of(lay_out(samples.parts(log, acts=acts, files=samples.contents())))
    if letter is not None:
        members[f"data/files/00002/{name}"] = letter
    if not withheld and letter is not None:
        members[BUNDLE] = canonical(json.loads(members[BUNDLE]) | {"kind": "full"})
    return samples.resealed(members).to_bytes()


def received_under_another_number() -> bytes:
    """A number with a leading zero binds nothing: the file has no place, though its hash is there."""
    fields = _received("01")
    log = samples.log_of(fields)
    members = samples.members_of(lay_out(samples.parts(log, acts=samples.acts_of(log, fields))))
    members["data/files/00002/payload.received.01.pdf"] = LETTER
    return samples.resealed(members).to_bytes()


DESTROYED: list[dict[str, Any]] = [
    *samples.FIELDS[:2],
    {
        "kind": "destroyed",
        "time": "2037-04-02T01:00:00.000000Z",
        "name": "鈴木 次郎",
        "post_title": "文書管理者",
        "unit": "総務課",
        "remark": "",
        "payload.destroyed": {"number": "総行市第123号", "decided_at": "2026-11-25T00:30:00.123456Z"},
        "payload.consent": {"by": "内閣府", "reference": "府公第45号", "on": "2037-03-20"},
    },
]


def destroyed() -> bytes:
    log = samples.log_of(DESTROYED)
    *others, last = samples.acts_of(log, DESTROYED)
    acts = [*(replace(act, fields={}) for act in others), last]
    return lay_out(samples.parts(log, acts=acts, tokens=[], certificates=[], files={})).to_bytes()


GOOD: dict[str, Callable[[], bytes]] = {
    "full": full,
    "no-timestamp": no_timestamp,
    "redacted": redacted,
    "nameless-attachment": nameless_attachment,
    "cover-sheet": cover_sheet,
    "rotated-key": rotated_key,
    "no-witness": no_witness,
    "ml-dsa-witness": _post_quantum(),
    "two-timestamps": two_timestamps,
    "three-lines-of-a-witness": three_lines_of_a_witness,
    "nested-groups": nested_groups,
    "compromised-a-microsecond-after-the-timestamp": a_microsecond_before_the_theft,
    "compromised-after-the-timestamp": _stolen(STAMPED_AT + 1),
    "compromised-after-the-witnesses": _stolen(LATER, quorum="two-of-three", **UNSTAMPED),
    "compromised-before-the-witnesses": _stolen(STAMPED_AT, quorum="two-of-three"),
    "compromised-beside-a-sound-key": _stolen(1, keys=(samples.LOG_KEY, samples.NEXT_LOG_KEY)),
    "stamped-by-a-clock-of-a-thief": stamped_by_a_clock_of_a_thief,
    "compromised-only-in-a-comment": lambda: _replaced(
        POLICY, b"\nquorum", b"\n# compromised 1\n#compromise 1\nquorum"
    )(),
    "received": received,
    "received-left-out": lambda: received(letter=None),
    "received-without-its-name": lambda: received("filename", name="payload.received.1.bin"),
    "received-withheld": lambda: received("title", "filename", "sha256", letter=None),
    "destroyed": destroyed,
}


# Bad ones.


def _changed(change: Callable[[Members], None]) -> bytes:
    """The full bundle with its payload changed and sealed again."""
    members = samples.members_of(lay_out(samples.parts()))
    change(members)
    return samples.resealed(members).to_bytes()


def _replaced(name: str, old: bytes, new: bytes) -> Callable[[], bytes]:
    def change(members: Members) -> None:
        assert old in members[name]
        members[name] = members[name].replace(old, new, 1)

    return lambda: _changed(change)


def _with(**files: bytes) -> Callable[[], bytes]:
    return lambda: _changed(
        lambda members: members.update({k.replace("__", "/"): v for k, v in files.items()})
    )


def _added(name: str, data: bytes = b"?\n") -> Callable[[], bytes]:
    return lambda: _changed(lambda members: members.update({name: data}))


def _removed(*names: str) -> Callable[[], bytes]:
    return lambda: _changed(lambda members: [members.pop(name) for name in names] and None)


def _act(name: str, change: Callable[[dict[str, Any]], None]) -> Callable[[], bytes]:
    """An act read, changed, and written canonically again."""

    def on(members: Members) -> None:
        act = json.loads(members[name])
        change(act)
        members[name] = canonical(act)

    return lambda: _changed(on)


def _claim(**changed: Any) -> Callable[[], bytes]:
    def on(members: Members) -> None:
        members[BUNDLE] = canonical(json.loads(members[BUNDLE]) | changed)

    return lambda: _changed(on)


def _value(name: str, field: str, value: Any) -> Callable[[], bytes]:
    return _act(name, lambda act: act["fields"][field].update(value=value))


def _swapped(act: dict[str, Any], one: str, other: str) -> None:
    fields = act["fields"]
    fields[one]["value"], fields[other]["value"] = fields[other]["value"], fields[one]["value"]


def _names_of_two_acts() -> bytes:
    def change(members: Members) -> None:
        one, other = json.loads(members[ACT_1]), json.loads(members[ACT_2])
        one["fields"]["name"], other["fields"]["name"] = other["fields"]["name"], one["fields"]["name"]
        members[ACT_1], members[ACT_2] = canonical(one), canonical(other)

    return _changed(change)


def _acts_in_another_order() -> bytes:
    def change(members: Members) -> None:
        members[ACT_1], members[ACT_2] = members[ACT_2], members[ACT_1]

    return _changed(change)


def _act_in_the_middle_left_out() -> bytes:
    def change(members: Members) -> None:
        members[ACT_2] = members.pop(ACT_3)
        members[BUNDLE] = canonical(json.loads(members[BUNDLE]) | {"acts": 2})
        del members[ORIGINAL]

    return _changed(change)


def _foreign_case() -> bytes:
    """The second act is that of another case, and stands in the log."""
    log = samples.log_of()
    leaves = list(log.leaves)
    leaves[3] = samples.leaf_of(2, samples.FIELDS[1], case=samples.OTHER_CASE)
    log = samples.Log(leaves)
    return lay_out(samples.parts(log)).to_bytes()


def _leaf(make: Callable[[dict[str, Any]], bytes]) -> bytes:
    """The second act's entry is what is made of it, and stands in the log."""
    leaves = list(samples.log_of().leaves)
    made = make(json.loads(leaves[3]))
    leaves[3] = made
    log = samples.Log(leaves)
    members = samples.members_of(lay_out(samples.parts(samples.log_of())))
    members[CHECKPOINT], members[TOKEN] = log.note(), samples.CLOCK.token(log.text)
    for n, place in enumerate(samples.PLACES, start=1):
        act = json.loads(members[f"data/acts/0000{n}.json"])
        act["leaf"] = b64encode(leaves[place]).decode()
        act["proof"] = [b64encode(each).decode() for each in log.proof(place)]
        members[f"data/acts/0000{n}.json"] = canonical(act)
    return samples.resealed(members).to_bytes()


def _borrowed_proof() -> bytes:
    def change(members: Members) -> None:
        one, other = json.loads(members[ACT_1]), json.loads(members[ACT_2])
        one["proof"], one["index"] = other["proof"], other["index"]
        members[ACT_1] = canonical(one)

    return _changed(change)


def _proof_for_another_size() -> bytes:
    log = samples.log_of()
    first, *others = samples.acts_of(log)
    smaller = samples.Log(log.leaves[:6]).proof(first.index)
    return lay_out(samples.parts(acts=[replace(first, proof=smaller), *others])).to_bytes()


def _note(make: Callable[[samples.Log], bytes], **changed: Any) -> Callable[[], bytes]:
    log = samples.log_of()
    return lambda: lay_out(samples.parts(log, checkpoint=make(log), **changed)).to_bytes()


def _forged_line(log: samples.Log, key: samples.Key) -> bytes:
    """A line that names a key and is signed by another."""
    thief = samples.Key(key.name, 77, key.kind)
    line = thief.line(log.text, time=samples.SEEN_AT)
    blob = b64encode(key.id + _decoded(line)[4:]).decode()
    return (
        log.note(keys=(samples.LOG_KEY, samples.ARCHIVE, samples.PRESS)) + f"— {key.name} {blob}\n".encode()
    )


def _decoded(line: str) -> bytes:
    return b64decode(line.rstrip("\n").rpartition(" ")[2])


def _other_origin() -> bytes:
    """The same tree signed for a log of another name, whose key is in the policy too."""
    other = samples.Key("log.example/902", 8)
    log = samples.Log(samples.log_of().leaves, origin="log.example/902")
    members = samples.members_of(lay_out(samples.parts()))
    members[CHECKPOINT] = log.note(keys=(other, samples.ARCHIVE, samples.PRESS))
    members[POLICY] = samples.policy(logs=(samples.LOG_KEY, other))
    members[TOKEN] = samples.CLOCK.token(log.text)
    return samples.resealed(members).to_bytes()


def _two_cosignatures_moved() -> bytes:
    """A cosignature that is true of another checkpoint of the log."""
    log, smaller = samples.log_of(), samples.Log(samples.log_of().leaves[:5])
    moved = samples.COURT.line(smaller.text, time=samples.SEEN_AT)
    return lay_out(samples.parts(log, checkpoint=log.note() + moved.encode())).to_bytes()


def _patched(*patches: tuple[int, bytes]) -> Callable[[], bytes]:
    """The full bundle with bytes written over at places in the file."""

    def make() -> bytes:
        data = bytearray(full())
        for at, new in patches:
            data[at : at + len(new)] = new
        return bytes(data)

    return make


def _zip_of(members: Mapping[str, bytes], order: Callable[[list[str]], list[str]] = sorted) -> bytes:
    """A ZIP file of members under names as they are, in an order of its own."""
    made, central, offset = b"", b"", 0
    names = order(list(members))
    for name in names:
        raw, data = name.lstrip("\0").encode(), members[name]
        each = content(data)
        numbers = struct.pack("<IIIHH", each.crc, each.size, each.size, len(raw), 0)
        head = b"PK\x03\x04\x0a\0\0\0\0\0\0\0\x21\0" + numbers + raw
        central += b"PK\x01\x02\x0a\0\x0a\0\0\0\0\0\0\0\x21\0" + numbers
        central += b"\0" * 10 + struct.pack("<I", offset) + raw
        made += head + data
        offset += len(head) + len(data)
    count = len(names)
    return (
        made + central + struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, len(central), offset, 0)
    )


def _whole() -> dict[str, bytes]:
    return {name: each.read() for name, each in lay_out(samples.parts()).members.items()}


def _duplicate_name() -> bytes:
    """Two files of one name: a program that takes the last reads another act than one that takes the first."""
    members = _whole()
    twice = f"evidence/{ACT_1}"
    return _zip_of(
        {**members, f"\0{twice}": members[twice]},
        order=lambda names: sorted(names, key=lambda name: (name.lstrip("\0"), name)),
    )


def _out_of_order() -> bytes:
    return _zip_of(_whole(), order=lambda names: sorted(names, reverse=True))


def _tag_file(name: str, old: bytes, new: bytes) -> Callable[[], bytes]:
    def make() -> bytes:
        members = {each: found.read() for each, found in lay_out(samples.parts()).members.items()}
        assert old in members[f"evidence/{name}"]
        members[f"evidence/{name}"] = members[f"evidence/{name}"].replace(old, new, 1)
        return b"".join(packed({each: content(data) for each, data in members.items()}))

    return make


def _deflated_bomb() -> bytes:
    """A member that says it is compressed."""
    data = bytearray(full())
    data[8:10] = b"\x08\0"
    return bytes(data)


def _recomputed_digest(act: dict[str, Any]) -> None:
    """Another value, salt chosen freely: the digest in the leaf cannot be met."""
    act["fields"]["name"] = {"salt": "A" * 43, "value": "別人"}


def _token(make: Callable[[str], bytes], certificates: list[bytes] | None = None) -> Callable[[], bytes]:
    text = samples.log_of().text
    return lambda: lay_out(
        samples.parts(tokens=[make(text)], certificates=certificates or [samples.CLOCK.der])
    ).to_bytes()


def _blob(key: samples.Key, signature: bytes) -> str:
    return b64encode(key.id + signature).decode()


def _other_root(note: bytes) -> bytes:
    lines = note.split(b"\n")
    lines[2] = b64encode(bytes(32))
    return b"\n".join(lines)


def _signed(text: str) -> bytes:
    keys = (samples.LOG_KEY, samples.ARCHIVE, samples.PRESS)
    return f"{text}\n{''.join(key.line(text, time=samples.SEEN_AT) for key in keys)}".encode()


def _other_case() -> bytes:
    members = samples.members_of(lay_out(samples.parts()))
    members[BUNDLE] = canonical(json.loads(members[BUNDLE]) | {"case": samples.OTHER_CASE})
    return samples.resealed(members, case=samples.OTHER_CASE).to_bytes()


_TITLE = samples.FIELDS[0]["content.title"]
_NOT_FOR_TIME = samples.Authority(7, usage=samples.ExtendedKeyUsageOID.CODE_SIGNING)


def _raw(name: str, change: Callable[[bytes], bytes]) -> Callable[[], bytes]:
    return lambda: _changed(lambda members: members.update({name: change(members[name])}))


BAD: dict[tuple[str, str], Callable[[], bytes]] = {
    ("zip", "empty"): lambda: b"",
    ("zip", "trailing-byte"): lambda: full() + b"\0",
    ("zip", "leading-byte"): lambda: b"\0" + full(),
    ("zip", "truncated"): lambda: full()[:-1],
    ("zip", "duplicate-name"): _duplicate_name,
    ("zip", "out-of-order"): _out_of_order,
    ("zip", "compressed"): _deflated_bomb,
    ("zip", "another-day"): _patched((12, b"\x22\0")),
    ("zip", "extra-field"): _patched((28, b"\x04\0")),
    ("zip", "size-of-four-gigabytes"): _patched((18, b"\xff\xff\xff\xff\xff\xff\xff\xff")),
    ("zip", "wrong-crc"): _patched((14, b"\0\0\0\0")),
    ("zip", "comment"): lambda: full()[:-2] + b"\x01\0!",
    ("name", "path-escape"): lambda: _zip_of({**_whole(), "evidence/../evil": b"!"}),
    ("name", "absolute-path"): lambda: _zip_of({**_whole(), "/etc/passwd": b"!"}),
    ("name", "other-folder"): lambda: _zip_of({**_whole(), "evil/data": b"!"}),
    ("name", "upper-case"): lambda: _zip_of({**_whole(), "evidence/data/Checkpoint": b"!"}),
    ("name", "folder"): lambda: _zip_of({**_whole(), "evidence/data/": b""}),
    ("name", "unknown-file"): _added("data/note.txt"),
    ("name", "unknown-tag-file"): lambda: _zip_of({**_whole(), "evidence/fetch.txt": b""}),
    ("name", "act-number-gap"): _removed(ACT_2),
    ("name", "no-acts"): _removed(ACT_1, ACT_2, ACT_3),
    ("name", "act-zero"): _added("data/acts/00000.json"),
    ("name", "no-checkpoint"): _removed(CHECKPOINT),
    ("name", "no-certificates"): _removed(TSA),
    ("name", "certificates-without-timestamp"): _removed(TOKEN),
    ("name", "file-without-extension"): _added("data/files/00001/attachment"),
    ("bundle", "other-format"): _claim(format="kessai-evidence/2"),
    ("bundle", "another-key"): _claim(made="2026-11-29"),
    ("bundle", "white-space"): _raw(BUNDLE, lambda data: data + b"\n"),
    ("bundle", "wrong-count"): _claim(acts=2),
    ("bundle", "float"): _replaced(BUNDLE, b'"size":7', b'"size":7.0'),
    ("bundle", "exponent"): _replaced(BUNDLE, b'"size":7', b'"size":7e0'),
    ("bundle", "fraction"): _replaced(BUNDLE, b'"size":7', b'"size":7.5'),
    ("bundle", "number-as-text"): _claim(size="7"),
    ("bundle", "true-as-number"): _claim(acts=True),
    ("bundle", "too-large-number"): _replaced(BUNDLE, b'"log":901', b'"log":9007199254740992'),
    ("bundle", "minus-zero"): _replaced(BUNDLE, b'"log":901', b'"log":-0'),
    ("bundle", "key-order"): _raw(
        BUNDLE, lambda data: data.replace(b'"acts":3,', b"").replace(b"}", b',"acts":3}')
    ),
    ("bundle", "key-twice"): _replaced(BUNDLE, b'{"acts":3,', b'{"acts":3,"acts":3,'),
    ("bundle", "needless-escape"): _replaced(BUNDLE, b'"full"', b'"f\\u0075ll"'),
    ("bundle", "byte-order-mark"): _raw(BUNDLE, lambda data: b"\xef\xbb\xbf" + data),
    ("bundle", "case-in-capitals"): _claim(case=samples.CASE.upper()),
    ("bag", "manifest-line"): _tag_file("manifest-sha256.txt", b"  data", b" *data"),
    ("bag", "manifest-hash"): _tag_file("manifest-sha256.txt", b"0", b"1"),
    ("bag", "version"): _tag_file("bagit.txt", b"1.0", b"0.9"),
    ("bag", "line-ends"): _tag_file("bagit.txt", b"1.0\n", b"1.0\r\n"),
    ("bag", "info"): _tag_file("bag-info.txt", b"\nPay", b"\nBagging-Date: 2026-11-29\nPay"),
    ("explanation", "changed"): _replaced("data/explanation.html", b"<h1>", b"<h1>!"),
    ("keys", "no-quorum"): _replaced(POLICY, b"quorum two-of-three\n", b""),
    ("keys", "wrong-key-id"): _replaced(POLICY, b"+1f4e7543+", b"+1f4e7544+"),
    ("keys", "member-twice"): _replaced(POLICY, b"archive court press", b"archive archive press"),
    ("keys", "one-key-twice"): _raw(
        POLICY,
        lambda data: data.replace(
            samples.COURT.vkey.encode(), replace(samples.ARCHIVE, name="witness.court.example").vkey.encode()
        ),
    ),
    ("keys", "two-log-keys-of-one-id"): _raw(
        POLICY, lambda data: data + _of_one_id(("log", 1, 24091), ("log", 1, 29070))
    ),
    ("keys", "log-and-witness-of-one-id"): _raw(
        POLICY, lambda data: data + _of_one_id(("log", 1, 123119), ("witness w", 4, 13745))
    ),
    ("keys", "carriage-return"): _replaced(POLICY, b"\nquorum", b"\r\nquorum"),
    ("keys", "compromised-without-a-time"): _raw(
        POLICY, lambda data: data + f"#compromised {samples.LOG_KEY.vkey}\n".encode()
    ),
    ("keys", "compromised-with-a-date"): _raw(
        POLICY, lambda data: data + f"#compromised {samples.LOG_KEY.vkey} 2026-11-25\n".encode()
    ),
    ("keys", "compromised-twelve-digits"): _raw(
        POLICY, lambda data: data + f"#compromised {samples.LOG_KEY.vkey} 100000000000\n".encode()
    ),
    ("keys", "compromised-more-words"): _raw(
        POLICY, lambda data: data + f"#compromised {samples.LOG_KEY.vkey} 1 2\n".encode()
    ),
    ("keys", "compromised-unknown-key"): _raw(
        POLICY, lambda data: data + f"#compromised {samples.NEXT_LOG_KEY.vkey} 1\n".encode()
    ),
    ("keys", "compromised-above-its-key"): _raw(
        POLICY, lambda data: f"#compromised {samples.LOG_KEY.vkey} 1\n".encode() + data
    ),
    ("keys", "not-text"): _raw(POLICY, lambda data: b"# \xff\n" + data),
    ("keys", "certificate-line"): _replaced(TSA, b"-----END", b"\n-----END"),
    ("checkpoint", "other-origin"): _other_origin,
    ("checkpoint", "other-size"): _claim(size=8),
    ("checkpoint", "unknown-log-key"): _note(
        lambda log: log.note(keys=(samples.NEXT_LOG_KEY, samples.ARCHIVE, samples.PRESS))
    ),
    ("checkpoint", "forged"): _note(lambda log: _forged_line(log, samples.LOG_KEY)),
    ("checkpoint", "log-key-as-witness"): _note(
        lambda log: log.note(keys=(replace(samples.LOG_KEY, kind=4), samples.ARCHIVE, samples.PRESS))
    ),
    ("checkpoint", "other-root"): _raw(CHECKPOINT, _other_root),
    ("checkpoint", "leading-zero"): _raw(CHECKPOINT, lambda data: data.replace(b"\n7\n", b"\n07\n")),
    ("checkpoint", "extension-line"): _note(lambda log: _signed(log.text + "extension\n")),
    ("checkpoint", "carriage-return"): _raw(CHECKPOINT, lambda data: data.replace(b"\n7\n", b"\r\n7\n")),
    ("checkpoint", "malformed-line-of-a-stranger"): _raw(
        CHECKPOINT, lambda data: data + b"- stranger AAAAAAA=\n"
    ),
    ("checkpoint", "spare-bits"): _raw(CHECKPOINT, lambda data: data + b"\xe2\x80\x94 stranger AAAAAAB=\n"),
    ("checkpoint", "no-blank-line"): _raw(CHECKPOINT, lambda data: data.replace(b"\n\n", b"\n")),
    ("cosignature", "forged"): _note(lambda log: _forged_line(log, samples.COURT)),
    ("cosignature", "of-another-checkpoint"): _two_cosignatures_moved,
    ("cosignature", "without-time"): _note(
        lambda log: (
            log.note()
            + f"— {samples.COURT.name} {_blob(samples.COURT, samples.COURT.secret.sign(log.text.encode()))}\n".encode()
        )
    ),
    ("cosignature", "ml-dsa-forged"): _post_quantum(lambda made: made[:-1] + bytes([made[-1] ^ 1])),
    ("cosignature", "ml-dsa-other-time"): _post_quantum(
        lambda made: made[:7] + bytes([made[7] ^ 1]) + made[8:]
    ),
    ("cosignature", "ml-dsa-cut"): _post_quantum(lambda made: made[:-1]),
    ("quorum", "one-of-three"): _note(lambda log: log.note(keys=(samples.LOG_KEY, samples.PRESS))),
    ("quorum", "one-witness-twice"): _note(
        lambda log: log.note(keys=(samples.LOG_KEY, samples.PRESS, samples.PRESS))
    ),
    ("timestamp", "of-another-text"): _token(lambda text: samples.CLOCK.token(text + "\n")),
    ("timestamp", "unknown-authority"): _token(samples.OTHER_CLOCK.token),
    ("timestamp", "changed-time"): _token(
        lambda text: samples.CLOCK.token(text).replace(b"20261125003500Z", b"20251125003500Z")
    ),
    ("timestamp", "before-the-certificate"): _token(
        lambda text: samples.CLOCK.token(text, time=b"20251125003500Z")
    ),
    ("timestamp", "authority-for-other-things"): _token(_NOT_FOR_TIME.token, [_NOT_FOR_TIME.der]),
    ("timestamp", "trailing-byte"): _token(lambda text: samples.CLOCK.token(text) + b"\0"),
    ("timestamp", "no-such-day"): _token(lambda text: samples.CLOCK.token(text, time=b"20260230003500Z")),
    ("timestamp", "seven-digits-of-a-second"): _token(
        lambda text: samples.CLOCK.token(text, time=b"20261125003500.1234567Z")
    ),
    ("timestamp", "twenty-digits-of-a-second"): _token(
        lambda text: samples.CLOCK.token(text, time=b"20261125003500.99999999999999999999Z")
    ),
    ("compromised", "when-it-was-stamped"): _stolen(STAMPED_AT),
    ("compromised", "and-no-quorum-asked-for"): _stolen(LATER, **UNSTAMPED),
    ("compromised", "the-earlier-time-counts"): _stolen(STAMPED_AT + 1, STAMPED_AT, STAMPED_AT + 2),
    ("act", "another-key"): _act(ACT_1, lambda act: act.update(note="")),
    ("act", "white-space"): _replaced(ACT_1, b'"index":', b'"index": '),
    ("act", "float-value"): _replaced(ACT_1, b'"value":480000', b'"value":480000.0'),
    ("act", "fraction-value"): _replaced(ACT_1, b'"value":480000', b'"value":480000.5'),
    ("act", "exponent-value"): _replaced(ACT_1, b'"value":480000', b'"value":48e4'),
    ("act", "escaped-name"): _replaced(ACT_1, "山".encode(), b"\\u5c71"),
    ("act", "lone-surrogate"): _replaced(ACT_1, "山".encode(), b"\\ud800"),
    ("act", "not-utf-8"): _replaced(ACT_1, "山".encode(), b"\xe5\xb1"),
    ("act", "field-twice"): _replaced(ACT_2, b'"fields":{', b'"fields":{"kind":{"salt":"","value":""},'),
    ("act", "salt-of-31-bytes"): _act(ACT_1, lambda act: act["fields"]["name"].update(salt="A" * 42)),
    ("act", "salt-with-spare-bits"): _act(
        ACT_1, lambda act: act["fields"]["name"].update(salt="A" * 42 + "B")
    ),
    ("act", "salt-with-padding"): _act(ACT_1, lambda act: act["fields"]["name"].update(salt="A" * 43 + "=")),
    ("act", "proof-of-33-bytes"): _act(
        ACT_1, lambda act: act["proof"].append(b64encode(b"\0" * 33).decode())
    ),
    ("act", "salt-as-number"): _act(ACT_1, lambda act: act["fields"]["name"].update(salt=1)),
    ("act", "fields-as-array"): _act(ACT_1, lambda act: act.update(fields=[])),
    ("act", "negative-index"): _act(ACT_1, lambda act: act.update(index=-1)),
    ("leaf", "not-canonical"): lambda: _leaf(lambda leaf: json.dumps(leaf).encode()),
    ("leaf", "of-a-receipt"): lambda: _leaf(lambda leaf: canonical(leaf | {"of": "receipt"})),
    ("leaf", "other-version"): lambda: _leaf(lambda leaf: canonical(leaf | {"v": 2})),
    ("leaf", "no-fields"): lambda: _leaf(lambda leaf: canonical(leaf | {"fields": {}})),
    ("leaf", "short-digest"): lambda: _leaf(lambda leaf: canonical(leaf | {"fields": {"kind": "AAAA"}})),
    ("case", "foreign-act"): _foreign_case,
    ("case", "other-case-claimed"): _other_case,
    ("case", "other-log-claimed"): _claim(log=902),
    ("case", "reordered"): _acts_in_another_order,
    ("case", "act-left-out"): _act_in_the_middle_left_out,
    ("proof", "borrowed"): _borrowed_proof,
    ("proof", "truncated"): _act(ACT_1, lambda act: act["proof"].pop()),
    ("proof", "one-hash-more"): _act(ACT_1, lambda act: act["proof"].append(b64encode(b"\0" * 32).decode())),
    ("proof", "other-size"): _proof_for_another_size,
    ("proof", "other-index"): _act(ACT_1, lambda act: act.update(index=act["index"] + 1)),
    ("proof", "index-beyond"): _act(ACT_1, lambda act: act.update(index=2**32 + act["index"])),
    ("proof", "hashes-swapped"): _act(ACT_1, lambda act: act["proof"].reverse()),
    ("field", "value-changed"): _value(ACT_1, "content.amount", 490_000),
    ("field", "number-as-text"): _value(ACT_1, "content.amount", "480000"),
    ("field", "title-look-alike"): _value(ACT_1, "content.title", _TITLE.replace("入", "⼊")),
    ("field", "title-decomposed"): _value(ACT_1, "content.title", unicodedata.normalize("NFD", _TITLE)),
    ("field", "name-variant"): _value(ACT_2, "name", "高橋 花子"),
    ("field", "wide-space"): _value(ACT_2, "name", "髙橋　花子"),
    ("field", "invisible-character"): _value(ACT_2, "name", "髙橋\u200b 花子"),
    ("field", "two-fields-swapped"): _act(ACT_1, lambda act: _swapped(act, "name", "post_title")),
    ("field", "two-names-swapped"): _names_of_two_acts,
    ("field", "salt-changed"): _act(ACT_1, _recomputed_digest),
    ("field", "invented"): _act(
        ACT_1, lambda act: act["fields"].update({"payload.x": act["fields"]["name"]})
    ),
    ("file", "changed"): _with(**{ATTACHMENT.replace("/", "__"): b"%PDF-1.7 another\n"}),
    ("file", "original-changed"): _raw(ORIGINAL, lambda data: data.replace(b"123", b"124")),
    ("file", "unbound"): _added("data/files/00002/attachment.1.pdf"),
    ("file", "under-another-act"): lambda: _changed(
        lambda members: members.update({ATTACHMENT.replace("00001", "00003"): members.pop(ATTACHMENT)})
    ),
    ("file", "other-extension"): lambda: _changed(
        lambda members: members.update({ATTACHMENT.replace(".pdf", ".html"): members.pop(ATTACHMENT)})
    ),
    ("file", "digest-withheld"): _act(ACT_1, lambda act: act["fields"].pop("attachment.1.sha256")),
    ("file", "received-changed"): lambda: received(letter=LETTER + b"\n"),
    ("file", "received-digest-withheld"): lambda: received("sha256"),
    ("file", "received-number-with-zero"): received_under_another_number,
    ("kind", "full-with-a-withheld-field"): _act(ACT_2, lambda act: act["fields"].pop("remark")),
    ("kind", "full-without-a-file"): _removed(ATTACHMENT),
    ("kind", "redacted-with-everything"): _claim(kind="redacted"),
}
