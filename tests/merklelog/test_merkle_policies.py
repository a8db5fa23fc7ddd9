"""Trust policies: the example of the specification, every fault by its line, quorums against a model."""

from __future__ import annotations

import base64
import sys
import time

import post_quantum
import pytest
from hypothesis import given
from hypothesis import strategies as st
from merkle_samples import ROOTS, brief
from merkle_witnessed import (
    ARCHE,
    LITTLE_GARDEN,
    ML_DSA_KEY,
    REMORA,
    SMARTIT,
    STAGEMOLE,
    WITNESSED,
    ml_dsa_key,
)

from merklelog.checkpoint import Checkpoint, CheckpointInvalid, sign_checkpoint
from merklelog.cosignature import Cosigner
from merklelog.note import Signer, Verifier, parse_note
from merklelog.policy import Group, Policy, PolicyInvalid

LOG = Signer("log.example/one", bytes(range(32)))
NEXT_KEY = Signer("log.example/one", bytes(range(1, 33)))
OTHER_LOG = Signer("log.example/two", bytes(range(2, 34)))
WITNESSES = [Cosigner(f"witness.example/{n}", bytes([n] * 32)) for n in range(1, 9)]
KEYS = [str(witness.verifier()) for witness in WITNESSES]
NOTE = sign_checkpoint(Checkpoint(LOG.name, 7, ROOTS[7]), [LOG])
NOW = 1_764_395_000

EXAMPLE = f"""\
log {LOG.verifier()}

witness X1 {KEYS[0]}
witness X2 {KEYS[1]}
witness X3 {KEYS[2]}
group X-witnesses 2 X1 X2 X3

witness Y1 {KEYS[3]}
witness Y2 {KEYS[4]}
witness Y3 {KEYS[5]}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""


def cosigned(*witnesses: Cosigner, note: bytes = NOTE) -> bytes:
    text = note.decode().rpartition("\n\n")[0] + "\n"
    return note + "".join(each.cosign(text, time=NOW).line for each in witnesses).encode()


@pytest.mark.parametrize(
    ("witnesses", "met"),
    [
        ("", False),
        ("X1 X2", False),
        ("X1 Y1", False),
        ("X1 X3 Y2", True),
        ("X1 X2 X3 Y1 Y2 Y3", True),
        ("Y1 Y2 Y3", False),
        ("X1 X2 stranger", False),
        ("X-and-Y", False),
    ],
)
def test_the_example_of_the_specification_asks_two_of_x_and_one_of_y(witnesses: str, met: bool) -> None:
    policy = Policy.parse(EXAMPLE.encode())
    assert policy.is_met(witnesses.split()) is met
    assert policy.groups[0] == Group("X-witnesses", 2, ("X1", "X2", "X3"))


def test_a_checkpoint_of_a_public_log_meets_a_policy_of_its_public_witnesses() -> None:
    policy = Policy.parse(
        f"log {ARCHE} https://arche.example/\nwitness r {REMORA}\nwitness s {STAGEMOLE} https://s.example/\n"
        f"witness t {SMARTIT}\nwitness g {LITTLE_GARDEN}\ngroup all4 all r s t g\nquorum all4\n".encode()
    )
    judgement = policy.judge(WITNESSED)
    assert judgement.witnessed
    assert judgement.checkpoint.size == 1432088532
    assert [seen.witness.name for seen in judgement.seen] == ["r", "s", "t", "g"]
    assert judgement.logs == (Verifier.parse(ARCHE),)
    assert len(judgement.unknown) == 1
    assert policy.logs[0].url == "https://arche.example/"
    assert [each.url for each in policy.witnesses] == [None, "https://s.example/", None, None]


def test_a_judgement_says_who_has_seen_the_checkpoint_and_when() -> None:
    policy = Policy.parse(EXAMPLE.encode())
    judgement = policy.judge(cosigned(WITNESSES[4], WITNESSES[0], WITNESSES[7]))
    assert [(seen.witness.name, seen.time) for seen in judgement.seen] == [("X1", NOW), ("Y2", NOW)]
    assert not judgement.witnessed
    assert [signature.name for signature in judgement.unknown] == [WITNESSES[7].name]
    assert policy.judge(cosigned(*WITNESSES[:4])).witnessed


def test_any_wrong_signature_of_a_known_key_spoils_the_checkpoint() -> None:
    policy = Policy.parse(EXAMPLE.encode())
    other = sign_checkpoint(Checkpoint(LOG.name, 7, ROOTS[6]), [LOG])
    forged = cosigned(WITNESSES[0], note=other).removeprefix(other)
    with pytest.raises(CheckpointInvalid, match="wrong"):
        policy.judge(NOTE + forged)


def test_a_log_may_have_several_keys_and_signs_for_itself_only() -> None:
    text = f"log {LOG.verifier()}\nlog {NEXT_KEY.verifier()}\nlog {OTHER_LOG.verifier()}\nquorum none\n"
    policy = Policy.parse(text.encode())
    assert policy.of_log(LOG.name) == (LOG.verifier(), NEXT_KEY.verifier())
    checkpoint = Checkpoint(LOG.name, 7, ROOTS[7])
    for signers in ([LOG], [NEXT_KEY], [OTHER_LOG, NEXT_KEY, LOG]):
        judgement = policy.judge(sign_checkpoint(checkpoint, signers))
        assert judgement.witnessed
        assert set(judgement.logs) == {each.verifier() for each in signers} - {OTHER_LOG.verifier()}
    with pytest.raises(CheckpointInvalid, match=r"no known key of 'log\.example/one'"):
        policy.judge(sign_checkpoint(checkpoint, [OTHER_LOG]))


def test_logs_may_be_known_from_elsewhere() -> None:
    policy = Policy.parse(b"quorum none\n")
    assert policy.verifiers == ()
    with pytest.raises(CheckpointInvalid, match="no trusted key"):
        policy.judge(NOTE)
    assert policy.judge(NOTE, logs=[LOG.verifier()]).logs == (LOG.verifier(),)


def test_a_witness_that_signs_with_ml_dsa_44_counts_as_the_others_do() -> None:
    policy = Policy.parse(f"log {LOG.verifier()}\nwitness pq {post_quantum.VKEY}\nquorum pq\n".encode())
    text = parse_note(NOTE)[0]
    judgement = policy.judge(NOTE + post_quantum.line(text, time=7).encode())
    assert judgement.witnessed
    assert [(each.witness.name, each.time) for each in judgement.seen] == [("pq", 7)]
    with pytest.raises(CheckpointInvalid, match="is wrong"):
        policy.judge(NOTE + post_quantum.line_of(bytes(2428)).encode())


def test_a_witness_whose_signatures_cannot_be_checked_has_never_cosigned(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.asymmetric.mldsa", None)
    name = ML_DSA_KEY.partition("+")[0]
    policy = Policy.parse(f"log {LOG.verifier()}\nwitness pq {ML_DSA_KEY}\nquorum pq\n".encode())
    assert policy.witnesses[0].verifier is None
    identity = bytes.fromhex(ML_DSA_KEY.split("+")[1])
    line = WITNESSES[0].cosign("", time=0).line.split(" ")[0] + f" {name} "
    note = NOTE + f"{line}{base64.b64encode(identity + bytes(2428)).decode()}\n".encode()
    judgement = policy.judge(note)
    assert not judgement.witnessed
    assert judgement.seen == ()
    assert len(judgement.unknown) == 1


def test_blank_lines_comments_and_white_space_mean_nothing() -> None:
    text = f"# 方針 \xff\n\n \t \n\t  # quorum none\n  log\t \t{LOG.verifier()}  \n\tquorum\t none \t\n"
    assert Policy.parse(text.encode("latin-1", "replace")) == Policy.parse(
        f"log {LOG.verifier()}\nquorum none\n".encode()
    )


def test_names_are_octets_without_meaning() -> None:
    witnesses = b"witness K " + KEYS[0].encode() + b"\nwitness \xe2\x84\xaa " + KEYS[1].encode()
    policy = Policy.parse(witnesses + b"\nwitness \xff\xfe " + KEYS[2].encode() + b"\nquorum \xff\xfe\n")
    assert len({each.name for each in policy.witnesses}) == 3
    assert not policy.is_met({"K"})
    assert policy.is_met({policy.witnesses[2].name})


def test_a_policy_with_many_stolen_keys_is_read_in_no_time() -> None:
    stolen = [str(Verifier("a", n.to_bytes(32, "big"))) for n in range(2_000)]
    lines = [f"log {key}\n" for key in stolen] + [f"#compromised {stolen[-1]} 1\n"] * len(stolen)
    before = time.process_time()
    policy = Policy.parse(f"{''.join(lines)}quorum none\n".encode())
    assert time.process_time() - before < 2
    assert [each.compromised for each in policy.logs[-2:]] == [None, 1]


W = f"witness a {KEYS[0]}\nwitness b {KEYS[1]}\n"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 0, "no quorum line"),
        ("# quorum none\n", 0, "no quorum line"),
        ("quorum none", 1, "newline"),
        ("quorum none\r\n", 1, "control character"),
        ("quorum none\n\x0b\n", 2, "control character"),
        ("quorum none\n# \x7f\n", 2, "control character"),
        ("quorum\n", 1, "a quorum line is"),
        ("quorum none none\n", 1, "a quorum line is"),
        ("quorum none\nquorum none\n", 2, "quorum line already"),
        ("quorum a\n", 1, "no witness or group 'a'"),
        (f"quorum a\n{W}", 1, "no witness or group 'a'"),
        ("Quorum none\n", 1, "none of log, witness"),
        ("log\n", 1, "a log line is"),
        (f"log {LOG.verifier()} u x\n", 1, "a log line is"),
        ("log nonsense\n", 1, "three parts"),
        (f"log {KEYS[0]}\n", 1, "signature type 0x04"),
        (f"log {ML_DSA_KEY}\n", 1, "signature type 0x06"),
        (f"log {LOG.verifier()}\nlog {LOG.verifier()}\n", 2, "a log with this key"),
        (
            f"log {LOG.verifier()}\nlog {Signer('other', bytes(range(32))).verifier()}\n",
            2,
            "a log with this key",
        ),
        ("witness a\n", 1, "a witness line is"),
        (f"witness a {KEYS[0]} u x\n", 1, "a witness line is"),
        ("witness a nonsense\n", 1, "three parts"),
        (f"witness a {KEYS[0]}x\n", 1, "base64"),
        (f"witness a {LOG.verifier()}\n", 1, "signature type 0x01"),
        (f"witness none {KEYS[0]}\n", 1, "'none' cannot be a name"),
        (f"{W}witness a {KEYS[2]}\n", 3, "the name 'a' is defined already"),
        (f"{W}witness c {KEYS[1]}\n", 3, "a witness with this key"),
        (f"{W}witness c {Cosigner('else', bytes([2] * 32)).verifier()}\n", 3, "a witness with this key"),
        (f"witness a {ML_DSA_KEY}\nwitness b {ml_dsa_key('else')}\n", 2, "a witness with this key"),
        (f"witness \xe9 {ml_dsa_key('x').replace('x+', 'é+')}\n", 1, "the key id does not belong"),
        ("group\n", 1, "a group line is"),
        (f"{W}group g all\n", 3, "a group line is"),
        (f"{W}group none all a\n", 3, "'none' cannot be a name"),
        (f"{W}group a all b\n", 3, "the name 'a' is defined already"),
        (f"{W}group g all a none\n", 3, "no witness or group 'none'"),
        (f"{W}group g all a g\n", 3, "no witness or group 'g'"),
        (f"{W}group g all a c\n", 3, "no witness or group 'c'"),
        (f"{W}group g all a a\n", 3, "'a' is a member"),
        (f"{W}group g all a\ngroup h any b a\n", 4, "'a' is a member"),
        (f"{W}group g 0 a b\n", 3, "all, any or 1 to 2"),
        (f"{W}group g 3 a b\n", 3, "all, any or 1 to 2"),
        (f"{W}group g 01 a b\n", 3, "all, any or 1 to 2"),
        (f"{W}group g -1 a b\n", 3, "all, any or 1 to 2"),
        (f"{W}group g １ a b\n", 3, "all, any or 1 to 2"),
        (f"{W}group g most a b\n", 3, "all, any or 1 to 2"),
        (f"{W}group g {'9' * 5000} a b\n", 3, "all, any or 1 to 2"),
        (f"{W}quorum a b\n", 3, "a quorum line is"),
        ("# \n" * 400_000, 0, "1000000 bytes"),
    ],
)
def test_a_fault_is_named_with_its_line(text: str, line: int, message: str) -> None:
    with pytest.raises(PolicyInvalid, match=message) as fault:
        Policy.parse(text.encode())
    assert fault.value.line == line
    assert str(fault.value).startswith(f"line {line}: " if line else fault.value.args[0])


@st.composite
def groupings(draw: st.DrawFn) -> tuple[str, dict[str, tuple[int, list[str]]], str]:
    """A policy over the eight witnesses with groups of groups, as text and as a model, and its quorum."""
    free = [f"w{n}" for n in range(8)]
    text = [f"witness w{n} {KEYS[n]}" for n in range(8)]
    groups: dict[str, tuple[int, list[str]]] = {}
    for number in range(draw(st.integers(0, 5))):
        if not free:
            break
        members = draw(st.lists(st.sampled_from(free), min_size=1, unique=True))
        threshold = draw(st.integers(1, len(members)))
        said = {1: "any", len(members): "all"}.get(threshold) if draw(st.booleans()) else None
        text.append(f"group g{number} {said or threshold} {' '.join(members)}")
        groups[f"g{number}"] = (threshold, members)
        free = [name for name in free if name not in members] + [f"g{number}"]
    quorum = draw(st.sampled_from(["none", *(f"w{n}" for n in range(8)), *groups]))
    return "\n".join([*text, f"quorum {quorum}", ""]), groups, quorum


@brief
@given(groupings(), st.sets(st.integers(0, 7)))
def test_a_quorum_is_met_exactly_if_enough_members_of_enough_groups_have_cosigned(
    made: tuple[str, dict[str, tuple[int, list[str]]], str], seen: set[int]
) -> None:
    text, groups, quorum = made

    def met(name: str) -> bool:
        if name == "none":
            return True
        if name in groups:
            threshold, members = groups[name]
            return sum(met(member) for member in members) >= threshold
        return int(name[1:]) in seen

    policy = Policy.parse(f"log {LOG.verifier()}\n{text}".encode())
    assert policy.is_met({f"w{n}" for n in seen}) is met(quorum)
    assert policy.judge(cosigned(*(WITNESSES[n] for n in sorted(seen)))).witnessed is met(quorum)


@brief
@given(groupings(), st.sets(st.integers(0, 7)), st.integers(0, 7))
def test_one_more_cosignature_never_loses_a_quorum(
    made: tuple[str, dict[str, tuple[int, list[str]]], str], seen: set[int], more: int
) -> None:
    policy = Policy.parse(made[0].encode())
    if policy.is_met({f"w{n}" for n in seen}):
        assert policy.is_met({f"w{n}" for n in {*seen, more}})


@brief
@given(st.binary(max_size=60) | st.text(st.sampled_from("log witness group quorum none all any\n\t#a1 ")))
def test_any_bytes_are_a_policy_or_a_named_fault(data: bytes | str) -> None:
    given_bytes = data if isinstance(data, bytes) else data.encode()
    try:
        policy = Policy.parse(given_bytes)
    except PolicyInvalid as fault:
        assert 0 <= fault.line <= given_bytes.count(b"\n") + 1
    else:
        assert policy.quorum == "none"
