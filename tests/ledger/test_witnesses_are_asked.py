"""The log asks its witnesses, keeps what holds, publishes it, and says what they say against it."""

from __future__ import annotations

import io
import json
import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import OperationalError
from django.test import Client
from django.utils import translation
from made_up_log import AT, TENANT, append

from kessai.config.commands import Finished
from kessai.kernel.identifiers import new_id
from kessai.ledger import announcing, keys, queries, sequencer, stolen
from kessai.ledger.models import Alarm, Cosignature, Heartbeat
from kessai.ledger.verification import verify_log
from kessai.ledger.witnessing import alarms, asking, policies, records
from kessai.ledger.witnessing.asking import Asker
from merklelog.cosignature import Cosigner
from merklelog.policy import Policy, PolicyInvalid
from merklelog.witness.asking import WitnessUnreachable
from merklelog.witness.judging import Witness
from merklelog.witness.protocol import SIZE_TYPE, Answer, Request
from merklelog.witness.state import State
from witnesses import ARCHIVE, COURT, PRESS, acknowledge, cosign, key, object_to, policy, published

Reply = Callable[[Request], Answer]


class Court:
    """Three witnesses at made-up addresses, each of whom can be made to answer otherwise; and a clock."""

    def __init__(self, folder: Path) -> None:
        self.now = 1000.0
        self.asked: list[tuple[str, int]] = []
        self.instead: dict[str, Reply] = {}
        self.real: dict[str, Witness] = {}
        self.folder = folder
        self.asker = Asker(clock=lambda: self.now)

    def witness(self, url: str, cosigner: Cosigner) -> None:
        state = State(self.folder / url.rpartition("/")[2], cosigner)
        self.real[url] = Witness(state, [keys.verifier(TENANT)], clock=lambda: AT.timestamp())

    def ask(self, url: str, request: Request, *, seconds: float) -> Answer:
        self.asked.append((url, request.old))
        if url in self.instead:
            return self.instead[url](request)
        return self.real[url].add_checkpoint(request.format())

    def round(self, *, later: float = 1.0) -> None:
        self.now += later
        self.asker.round(at=AT + timedelta(seconds=self.now))


URLS = ("http://archive", "http://press", "http://court")
ALL = tuple(zip((ARCHIVE, PRESS, COURT), URLS, strict=True))


def grown(count: int = 5) -> int:
    append(count)
    sequencer.step(at=AT)
    newest = records.newest(tenant_id=TENANT)
    assert newest is not None
    return newest.size


@pytest.fixture
def court(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Court:
    made = Court(tmp_path / "witnesses")
    monkeypatch.setattr(asking, "ask", made.ask)
    grown()
    for cosigner, url in ALL:
        made.witness(url, cosigner)
    policy(TENANT, ALL, quorum=2)
    return made


def witnessed_by(size: int) -> int:
    note = records.witnessed(tenant_id=TENANT, size=size)
    assert note is not None
    judged = Policy.parse(policies.published(TENANT)).judge(note.encode())
    return len(judged.seen)


def unreachable(request: Request) -> Answer:
    raise WitnessUnreachable("nobody there")


def alarm_kinds() -> list[str]:
    return list(Alarm.objects.order_by("at", "id").values_list("what", flat=True))


def test_all_witnesses_cosign_one_checkpoint_and_it_is_published_with_their_words(court: Court) -> None:
    court.round()
    judged = Policy.parse((keys.store(TENANT).root / "policy").read_bytes()).judge(published(TENANT))
    assert judged.witnessed
    assert [seen.witness.verifier for seen in judged.seen] == [key(each) for each, _ in ALL]
    assert judged.logs == (keys.verifier(TENANT),)
    assert verify_log(TENANT)[0] == []
    assert queries.witnessed(tenant_id=TENANT, size=5) == published(TENANT).decode()


def test_a_log_that_grew_is_asked_for_from_where_the_witness_is(court: Court) -> None:
    court.round()
    grown(7)
    court.round()
    grown(300)
    court.round()
    assert sorted(court.asked) == sorted((url, old) for url in URLS for old in (0, 5, 12))
    assert witnessed_by(312) == 3
    court.round()
    assert len(court.asked) == 9


def test_a_witness_that_this_process_does_not_know_is_asked_from_its_last_cosignature(court: Court) -> None:
    court.round()
    grown(7)
    again = Asker(clock=lambda: court.now)
    again.round(at=AT)
    assert sorted(court.asked[3:]) == sorted((url, 5) for url in URLS)


def test_a_witness_that_is_further_or_has_forgotten_is_asked_again_at_once(court: Court) -> None:
    court.round()
    grown(7)
    court.real[URLS[0]].state.root.joinpath("logs").rename(court.folder / "lost")
    court.round()
    assert [old for url, old in court.asked if url == URLS[0]] == [0, 5, 0]
    assert witnessed_by(12) == 3
    assert alarm_kinds() == []


def test_one_down_and_one_lying_leave_no_quorum_and_stop_nothing(court: Court) -> None:
    court.instead = {URLS[1]: unreachable, URLS[2]: lambda request: Answer(200, b"garbage\n")}
    court.round()
    assert witnessed_by(5) == 1
    assert not records.quorum_is_met(tenant_id=TENANT, size=5)
    assert grown() == 10
    court.round(later=60)
    assert witnessed_by(10) == 1
    assert alarm_kinds() == ["wrong"]
    assert verify_log(TENANT)[0] == []
    court.instead.clear()
    court.round(later=60)
    assert records.quorum_is_met(tenant_id=TENANT, size=10)


def test_a_cosignature_on_another_root_is_not_kept(court: Court) -> None:
    court.instead = {
        url: lambda request: Answer(200, ARCHIVE.cosign("log\n5\nAAAA\n", time=1).line.encode())
        for url in URLS
    }
    court.round()
    assert not Cosignature.objects.exists()
    assert alarm_kinds() == ["wrong"] * 3
    assert not alarms.is_contradicted()


def test_what_is_published_meets_the_quorum_and_never_goes_back(court: Court) -> None:
    assert b"\n5\n" in published(TENANT), "without any quorum yet, the latest"
    court.instead = dict.fromkeys(URLS, unreachable)
    grown()
    assert b"\n5\n" in published(TENANT)
    court.instead = {URLS[2]: unreachable}
    court.round(later=60)
    assert b"\n10\n" in published(TENANT)
    court.instead = dict.fromkeys(URLS[:2], unreachable)
    grown()
    court.round(later=60)
    assert b"\n10\n" in published(TENANT)
    assert verify_log(TENANT)[0] == []
    cosign(TENANT, PRESS, at=AT)
    assert b"\n15\n" in published(TENANT)
    assert published(TENANT).count("— ".encode()) == 3


def test_without_a_quorum_the_latest_is_published_with_whatever_came(court: Court) -> None:
    policy(TENANT, ALL)
    grown()
    assert b"\n10\n" in published(TENANT)
    court.instead = dict.fromkeys(URLS[:2], unreachable)
    court.round()
    assert published(TENANT).count("— ".encode()) == 2
    grown()
    assert b"\n15\n" in published(TENANT)


def test_a_larger_checkpoint_that_is_published_is_not_replaced_by_a_smaller_one(court: Court) -> None:
    from merklelog.checkpoint import Checkpoint, sign_checkpoint

    larger = sign_checkpoint(Checkpoint(keys.origin(TENANT), 50, bytes(32)), [keys.signer(TENANT)])
    keys.store(TENANT).write("checkpoint", larger)
    sequencer.publish(tenant_id=TENANT)
    assert published(TENANT) == larger
    assert "truncated" in [each.what for each in verify_log(TENANT)[0]]
    keys.store(TENANT).write("checkpoint", larger.replace(b"\n50\n", b"\n51\n"))
    sequencer.publish(tenant_id=TENANT)
    assert b"\n5\n" in published(TENANT)


def test_a_log_without_a_policy_asks_nobody(court: Court) -> None:
    policies.path_of(TENANT).unlink()
    court.round()
    assert court.asked == []
    body = (keys.store(TENANT).root / "policy").read_text()
    assert body == f"log {keys.verifier(TENANT)}\nquorum none\n"


def test_a_policy_that_names_the_log_is_published_as_it_is(court: Court) -> None:
    path = policies.path_of(TENANT)
    path.write_text(f"# ours\nlog {keys.verifier(TENANT)} https://log.example/\n{path.read_text()}")
    court.round()
    assert (keys.store(TENANT).root / "policy").read_bytes() == path.read_bytes()
    before = (keys.store(TENANT).root / "policy").stat().st_mtime_ns
    court.round()
    assert (keys.store(TENANT).root / "policy").stat().st_mtime_ns == before


def test_a_policy_that_cannot_be_read_is_said_and_asks_nobody(
    court: Court, caplog: pytest.LogCaptureFixture
) -> None:
    policies.path_of(TENANT).write_text("quorum all\n")
    for _ in range(3):
        court.round()
    assert court.asked == []
    assert len([each for each in caplog.records if "line 1: " in each.message]) == 1
    with pytest.raises(PolicyInvalid):
        policies.policy_of(TENANT)
    assert [each.what for each in verify_log(TENANT)[0]] == ["policy"]
    assert "line 1" in show()[1]


def test_a_policy_that_is_no_file_stops_neither_the_sequencer_nor_a_page(
    court: Court, client: Client
) -> None:
    path = policies.path_of(TENANT)
    path.unlink()
    path.mkdir()
    assert grown() == 10
    assert b"\n10\n" in published(TENANT)
    court.round()
    assert court.asked == []
    assert [each.what for each in verify_log(TENANT)[0]] == ["policy"]
    assert health(client)[0] == 200


def test_a_log_without_its_key_asks_nobody(court: Court, settings: Any, tmp_path: Path) -> None:
    settings.KESSAI_KEYS_DIR = tmp_path / "nothing"
    court.round()
    assert court.asked == []


def test_a_witness_without_an_address_or_a_checkable_key_is_not_asked(court: Court) -> None:
    policies.path_of(TENANT).write_text(f"witness a {ARCHIVE.verifier()}\nquorum a\n")
    court.round()
    assert court.asked == []
    assert [each.witness for each in records.standing(tenant_id=TENANT)] == [ARCHIVE.name]


def test_whoever_does_not_answer_is_asked_less_often(court: Court) -> None:
    court.instead = {URLS[0]: unreachable, URLS[1]: lambda request: Answer(403, b"who are you\n")}
    for _ in range(30):
        court.round(later=2)
    counts = [len([1 for asked, _ in court.asked if asked == url]) for url in URLS]
    assert counts[2] == 1
    assert 5 <= counts[0] == counts[1] <= 8


def test_a_log_that_does_not_grow_is_shown_again_after_a_while(court: Court) -> None:
    court.round()
    court.round(later=asking.AGAIN_SECONDS + 1)
    assert [old for url, old in court.asked if url == URLS[0]] == [0, 5]
    assert Cosignature.objects.count() == 3


def test_a_slow_witness_holds_up_nobody_else(court: Court, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "ROUND_SECONDS", 0.0)
    answer = threading.Event()

    def slowly(request: Request) -> Answer:
        answer.wait(20)
        return court.real[URLS[0]].add_checkpoint(request.format())

    court.instead = {URLS[0]: slowly}
    for _ in range(400):
        court.round(later=0.01)
        if Cosignature.objects.count() == 2:
            break
        threading.Event().wait(0.005)
    assert Cosignature.objects.count() == 2
    answer.set()
    for _ in range(400):
        court.round(later=0.01)
        if Cosignature.objects.count() == 3:
            break
        threading.Event().wait(0.005)
    assert [old for url, old in court.asked if url == URLS[0]] == [0]
    assert witnessed_by(5) == 3


def test_tiles_that_are_gone_are_said_and_stop_nothing(
    court: Court, caplog: pytest.LogCaptureFixture
) -> None:
    court.round()
    grown(7)
    for path in keys.store(TENANT).root.glob("tile/0/000.p/*"):
        path.unlink()
    court.round()
    assert "no proof from 5 entries" in caplog.text
    assert alarm_kinds() == []


# What witnesses say against the log


def put_back(court: Court) -> None:
    """The witnesses have seen a log of four hundred entries."""
    court.instead = dict.fromkeys(URLS, lambda request: Answer(409, b"400\n", SIZE_TYPE))


def acknowledged(each: alarms.Said) -> None:
    of = {"tenant_id": each.tenant_id, "alarm_id": each.id}
    alarms.acknowledge(**of, by="高橋", reason="古い控えから戻した", at=AT)


def show(*words: str) -> tuple[int, str]:
    out = io.StringIO()
    with translation.override("ja"):
        try:
            call_command("ledger", "show", *words, stdout=out)
        except Finished as finished:
            return finished.code, out.getvalue()
    return 0, out.getvalue()


def health(client: Client) -> tuple[int, dict[str, str]]:
    soon = datetime.now(UTC) + timedelta(minutes=5)
    Heartbeat.objects.update_or_create(name="sequencer", defaults={"at": soon})
    answer = client.get("/healthz")
    return answer.status_code, answer.json()


def test_a_log_that_was_put_back_is_announced_everywhere(
    court: Court, caplog: pytest.LogCaptureFixture, client: Client, settings: Any
) -> None:
    settings.KESSAI_OPERATOR_MAIL = "operator@ministry.example"
    court.round()
    assert show()[0] == 0
    assert health(client)[1]["witnesses"] == "ok"
    grown()
    put_back(court)
    court.round()
    assert alarm_kinds() == ["ahead"] * 3
    assert len([each for each in caplog.records if each.levelno == logging.CRITICAL]) == 3
    code, said = show()
    assert code == 1
    assert (
        f"立会人 {ARCHIVE.name} は、この台帳に400件まで連署したと答えましたが、ここには10件しかありません。"
        in said
    )
    assert "kessai ledger verify" in said
    assert f"witness {PRESS.name}: 5 2026-10-06T03:00:00+00:00" in said
    code, said = show("--json")
    (log,) = json.loads(said)
    assert code == 1
    assert [each["alarms"][0]["what"] for each in log["witnesses"]] == ["ahead"] * 3
    assert log["quorum"] is False
    status, parts = health(client)
    assert (status, parts["status"], parts["witnesses"]) == (200, "ok", "contradicted")
    assert len(mail.outbox) == 3
    assert mail.outbox[0].to == ["operator@ministry.example"]
    assert "400件" in mail.outbox[0].body
    assert "400" in mail.outbox[0].body.partition("merklelog witness show")[2]


def test_the_same_is_not_said_over_and_over_and_stands_until_somebody_has_looked_into_it(
    court: Court, caplog: pytest.LogCaptureFixture
) -> None:
    court.round()
    grown()
    put_back(court)
    for _ in range(30):
        court.round(later=7)
    assert alarm_kinds() == ["ahead"] * 3
    assert 9 <= len([each for each in caplog.records if each.levelno == logging.CRITICAL]) <= 12
    assert alarms.is_contradicted()
    court.instead.clear()
    court.round(later=60)
    assert alarms.is_contradicted(), "a witness that said 400 and cosigns 10 has lost what it knew, or erred"
    for each in alarms.standing(tenant_id=TENANT):
        acknowledged(each)
    assert not alarms.is_contradicted()
    assert show()[0] == 0
    assert alarm_kinds() == ["ahead"] * 3


def test_what_was_acknowledged_is_not_raised_again_and_anything_else_is(
    court: Court, caplog: pytest.LogCaptureFixture
) -> None:
    put_back(court)
    court.round()
    for each in alarms.standing(tenant_id=TENANT):
        acknowledged(each)
    caplog.clear()
    court.round(later=60)
    assert alarm_kinds() == ["ahead"] * 3
    assert not [each for each in caplog.records if each.levelno == logging.CRITICAL]
    assert "acknowledged" in caplog.text
    court.instead = dict.fromkeys(URLS[:1], lambda request: Answer(409, b"500\n", SIZE_TYPE))
    court.round(later=60)
    assert alarm_kinds() == ["ahead"] * 4
    assert alarms.is_contradicted()


def test_what_was_acknowledged_is_news_again_once_the_witness_was_right_since(court: Court) -> None:
    court.round()
    put_back(court)
    court.round(later=601)
    for each in alarms.standing(tenant_id=TENANT):
        acknowledged(each)
    court.round(later=60)
    assert alarm_kinds() == ["ahead"] * 3
    court.instead.clear()
    court.round(later=60)
    court.round(later=601)
    ends = [[end.how for end in each.ends] for each in alarms.every(tenant_id=TENANT)]
    assert ends == [["acknowledged", "answered"]] * 3
    assert verify_log(TENANT)[0] == []
    put_back(court)
    court.round(later=601)
    assert alarm_kinds() == ["ahead"] * 6
    assert len(alarms.standing(tenant_id=TENANT)) == 3
    assert alarms.is_contradicted()


def test_a_witness_that_made_no_sense_is_well_again_with_its_next_right_answer_to_the_same_size(
    court: Court,
) -> None:
    court.round()
    court.instead = {URLS[1]: lambda request: Answer(200, b"garbage\n")}
    court.round(later=601)
    assert [each.witness for each in alarms.standing(tenant_id=TENANT)] == [PRESS.name]
    court.instead.clear()
    court.round(later=60)
    court.round(later=601)
    assert alarms.standing(tenant_id=TENANT) == ()
    ((answered,),) = (each.ends for each in alarms.every(tenant_id=TENANT))
    assert answered.how == "answered"
    court.instead = {URLS[1]: lambda request: Answer(200, b"garbage\n")}
    court.round(later=601)
    assert alarm_kinds() == ["wrong"] * 2, "it is another time"


def alarm(*words: str) -> tuple[int, Any]:
    """Exit code and JSON of ``kessai ledger alarm``."""
    out = io.StringIO()
    code = 0
    try:
        call_command("ledger", "alarm", *words, "--json", stdout=out)
    except Finished as finished:
        code = finished.code
    return code, json.loads(out.getvalue())


def test_an_operator_sees_alarms_and_says_who_looked_into_them_and_what_came_out(court: Court) -> None:
    object_to(TENANT, PRESS, at=AT)
    object_to(TENANT, COURT, what="wrong", at=AT)
    code, listed = alarm("list")
    assert (code, [each["what"] for each in listed]) == (1, ["ahead", "wrong"])
    assert f"[{listed[0]['id']}]" in show()[1]
    words = ("acknowledge", listed[0]["id"], "--tenant", str(TENANT))
    for by, reason in (("", "restored"), ("高橋", " ")):
        with pytest.raises(alarms.CannotAcknowledge):
            alarm(*words, "--by", by, "--reason", reason)
    code, (done,) = alarm(*words, "--by", "高橋", "--reason", "控えから戻した")
    (end,) = done["ends"]
    assert (code, end["how"], end["by"], end["reason"]) == (0, "acknowledged", "高橋", "控えから戻した")
    assert alarm("list", "--tenant", str(TENANT))[0] == show()[0] == 0
    for wrong in (listed[0]["id"], str(new_id())):
        with pytest.raises(alarms.CannotAcknowledge):
            alarm("acknowledge", wrong, "--tenant", str(TENANT), "--by", "高橋", "--reason", "同じ")
    out = io.StringIO()
    with translation.override("ja"):
        call_command("ledger", "alarm", "list", stdout=out)
    assert "acknowledged" in out.getvalue()
    assert "高橋 控えから戻した" in out.getvalue()


def test_a_log_with_another_history_is_announced(court: Court) -> None:
    court.round()
    grown()
    court.instead = dict.fromkeys(URLS, lambda request: Answer(422, b"no\n"))
    court.round()
    assert alarm_kinds() == ["wrong"] * 3, "they deny what they have signed themselves"
    assert not alarms.is_contradicted()


def test_an_old_size_that_no_cosignature_vouches_for_is_no_excuse(court: Court) -> None:
    court.instead = dict.fromkeys(
        URLS[:2],
        lambda request: Answer(409, b"3\n", SIZE_TYPE) if request.old == 0 else Answer(422, b"no\n"),
    )
    court.instead[URLS[2]] = lambda request: Answer(409, b"5\n", SIZE_TYPE)
    court.round()
    assert alarm_kinds() == ["inconsistent"] * 3
    assert alarms.is_contradicted()


def test_a_witness_that_has_seen_what_came_meanwhile_says_nothing_against_the_log(court: Court) -> None:
    def meanwhile(request: Request) -> Answer:
        return Answer(409, b"10\n", SIZE_TYPE)

    court.instead = dict.fromkeys(URLS, meanwhile)
    begin = court.asker._begin

    def grow_after(tenant_id: int) -> None:
        begin(tenant_id)
        grown()

    court.asker._begin = grow_after  # type: ignore[method-assign]
    court.round()
    assert alarm_kinds() == []
    court.instead.clear()
    court.asker._begin = begin  # type: ignore[method-assign]
    court.round(later=60)
    assert witnessed_by(10) == 3


def test_a_witness_that_sends_from_place_to_place_is_not_followed(court: Court) -> None:
    court.instead = dict.fromkeys(
        URLS, lambda request: Answer(409, f"{(request.old + 1) % 5}\n".encode(), SIZE_TYPE)
    )
    court.round()
    assert len(court.asked) == 6
    assert alarm_kinds() == []


def test_no_alarm_is_silenced_by_taking_the_witness_out_of_the_policy(court: Court) -> None:
    object_to(TENANT, PRESS, at=AT)
    policy(TENANT, ALL[:1])
    assert alarms.is_contradicted()
    code, said = show()
    assert code == 1
    assert f"witness {PRESS.name}: -" in said
    assert f"立会人 {PRESS.name} は、この台帳に99件まで" in said


def test_the_operator_hears_of_it_even_if_mail_does_not_work(
    court: Court, settings: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    settings.KESSAI_OPERATOR_MAIL = "operator@ministry.example"

    def down(*args: object, **kwargs: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(announcing, "send_mail", down)
    put_back(court)
    court.round()
    assert alarm_kinds() == ["ahead"] * 3
    assert "could not be told" in caplog.text
    monkeypatch.undo()
    monkeypatch.setattr(asking, "ask", court.ask)
    court.round()
    assert mail.outbox == [], "a server that is down is not asked every second"
    court.round(later=asking.MAIL_AGAIN_SECONDS)
    assert len(mail.outbox) == 3
    court.round(later=asking.MAIL_AGAIN_SECONDS)
    Asker().round(at=AT)
    assert len(mail.outbox) == 3, "each is told once"


def test_an_alarm_whose_mail_was_lost_with_the_process_is_told_by_the_next(
    court: Court, settings: Any
) -> None:
    object_to(TENANT, PRESS, at=AT)
    object_to(TENANT, ARCHIVE, what="wrong", at=AT)
    court.round()
    settings.KESSAI_OPERATOR_MAIL = "operator@ministry.example"
    Asker(clock=lambda: court.now).round(at=AT)
    (sent,) = mail.outbox
    assert PRESS.name in sent.body


def test_nobody_is_told_by_mail_of_what_somebody_has_looked_into(court: Court, settings: Any) -> None:
    object_to(TENANT, PRESS, at=AT)
    acknowledge(TENANT, at=AT)
    settings.KESSAI_OPERATOR_MAIL = "operator@ministry.example"
    court.round()
    assert mail.outbox == []


def test_what_others_cosigned_is_published_before_any_mail_is_sent(
    court: Court, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.KESSAI_OPERATOR_MAIL = "operator@ministry.example"
    seen: list[int] = []
    monkeypatch.setattr(
        announcing, "send_mail", lambda *args: seen.append(published(TENANT).count("— ".encode()))
    )
    court.instead = {URLS[0]: lambda request: Answer(409, b"400\n", SIZE_TYPE)}
    court.round()
    assert seen == [3]


# What is kept


@pytest.mark.parametrize(
    "line",
    ["", "x", "— a b\n", "— a AAAAAAA=\n", "more\n\n{line}", "{line}{line}", "{line}\n", "\ud800", "{other}"],
)
def test_a_kept_line_is_one_signature_of_the_key_it_is_kept_for(court: Court, line: str) -> None:
    cosign(TENANT, ARCHIVE, at=AT)
    checkpoint = records.newest(tenant_id=TENANT)
    assert checkpoint is not None
    good = records.lines(tenant_id=TENANT, size=5)[alarms.key_hash(key(ARCHIVE))]
    other = ARCHIVE.cosign(checkpoint.text + "more\n", time=1).line
    damaged = line.format(line=good, other=other)
    hashed = alarms.key_hash(key(ARCHIVE))
    assert not records.is_right(checkpoint.text, hashed, damaged, key(ARCHIVE))
    assert records.is_right(checkpoint.text, hashed, good, key(ARCHIVE))
    assert records.is_right(checkpoint.text, hashed, good, None)
    assert not records.is_right(checkpoint.text, bytes(32), good, None)


def test_what_is_not_there_is_said_to_be_none(court: Court) -> None:
    assert records.witnessed(tenant_id=TENANT, size=4) is None
    assert records.witnessed(tenant_id=TENANT + 1, size=5) is None
    assert [each.size for each in records.standing(tenant_id=TENANT)] == [None] * 3
    assert "witness archive.example/witness: -" in show()[1]


def test_a_cosignature_is_kept_once(court: Court) -> None:
    cosign(TENANT, ARCHIVE, at=AT)
    cosign(TENANT, ARCHIVE, at=AT + timedelta(seconds=1))
    assert Cosignature.objects.count() == 1


# The loop


def test_nothing_that_goes_wrong_ends_the_asking(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    stop = threading.Event()
    came: list[int] = []

    def round(self: Asker, *, at: datetime) -> None:
        came.append(1)
        if len(came) == 1:
            raise OperationalError("away")
        if len(came) == 2:
            raise ZeroDivisionError
        stop.set()

    monkeypatch.setattr(asking, "PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(asking.connection, "close", lambda: None)
    monkeypatch.setattr(asking, "close_old_connections", lambda: None)
    monkeypatch.setattr(Asker, "round", round)
    asking.run(stop)
    assert len(came) == 3


def test_what_a_quorum_cosigned_before_a_key_was_stolen_counts(court: Court) -> None:
    court.round()
    grown()
    court.instead = dict.fromkeys(URLS[1:], unreachable)
    court.round()
    assert stolen.seen_before(TENANT, AT + timedelta(days=1)) == 5
    assert stolen.seen_before(TENANT, AT) == 0
