"""What is left of a stolen key's signature, and keys that this program does not hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from merkle_witnessed import ARCHE, REMORA, SMARTIT, STAGEMOLE, WITNESSED

from merklelog.compromise import still_counts
from merklelog.note import NoteInvalid, RemoteSigner, Signer, open_note, sign
from merklelog.policy import Policy

SEEN = datetime.fromtimestamp(0x6A122120, UTC)
TICK = timedelta(seconds=1)


def policy(number: str) -> Policy:
    witnesses = "".join(f"witness w{n} {key}\n" for n, key in enumerate((REMORA, STAGEMOLE, SMARTIT)))
    group = f"group all {number} w0 w1 w2\nquorum all\n" if number else "quorum none\n"
    return Policy.parse(f"log {ARCHE}\n{witnesses}{group}".encode())


@pytest.mark.parametrize(
    ("number", "since", "counts"),
    [("2", SEEN + TICK, True), ("2", SEEN, False), ("all", SEEN + TICK, True), ("", SEEN + TICK, False)],
)
def test_a_quorum_before_the_theft_keeps_a_checkpoint(number: str, since: datetime, counts: bool) -> None:
    try:
        judged = policy(number).judge(WITNESSED)
    except NoteInvalid:
        pytest.fail("the sample must hold")
    assert still_counts(judged.seen, policy(number), [], since=since) is counts


def test_a_time_stamp_before_the_theft_keeps_a_checkpoint() -> None:
    judged = policy("").judge(WITNESSED)
    assert still_counts(judged.seen, policy(""), [SEEN + TICK, SEEN - TICK], since=SEEN)
    assert not still_counts(judged.seen, policy(""), [SEEN, SEEN + TICK], since=SEEN)


def test_a_key_that_lies_elsewhere_signs_the_same_note() -> None:
    own = Signer("log.example/1", bytes(range(32)))
    remote = RemoteSigner(own.verifier(), lambda text: own.signature(text.decode()))
    assert sign("a\n", [remote]) == sign("a\n", [own])
    assert open_note(sign("a\n", [remote]), [own.verifier()]).verified
    assert "lambda" not in repr(remote)


def test_what_a_remote_key_did_not_sign_is_not_put_into_a_note() -> None:
    own = Signer("log.example/1", bytes(range(32)))
    with pytest.raises(NoteInvalid, match="not a signature"):
        sign("a\n", [RemoteSigner(own.verifier(), lambda text: bytes(64))])
