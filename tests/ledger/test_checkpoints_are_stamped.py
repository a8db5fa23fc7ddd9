"""Stamps of time on checkpoints: by an authority in a process of its own, by the demo's, and where none answers."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import RequestFactory
from django.utils import timezone
from made_up_log import TENANT, append

from kessai.config.commands import Finished
from kessai.config.environment import Timestamping
from kessai.config.health import healthz
from kessai.ledger import keys, sequencer, stamping, tasks
from kessai.ledger.models import Heartbeat
from kessai.ledger.verification import verify_log
from kessai.signing import authority, clocks
from kessai.signing.clocks import DEMO, Clock, authorities
from kessai.signing.timestamping import CannotStamp
from merklelog.note import signed_text
from merklelog.timestamps import open_timestamp, read_certificates

pytestmark = pytest.mark.django_db(transaction=True)

NOW = timedelta(0)
CONF = """[tsa]
default_tsa=here
[here]
serial={folder}/serial
signer_cert={folder}/tsa.pem
signer_key={folder}/key.pem
signer_digest=sha256
default_policy=1.2.3.4.1
digests=sha256
"""


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of an authority, and the file of its certificate."""
    folder = tmp_path_factory.mktemp("tsa")
    (folder / "ts.conf").write_text(CONF.format(folder=folder))
    (folder / "serial").write_text("01\n")
    subprocess.run(
        [
            *(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-keyout",
                "key.pem",
                "-out",
                "tsa.pem",
            ),
            *("-subj", "/CN=Time Office", "-addext", "extendedKeyUsage=critical,timeStamping"),
        ],
        cwd=folder,
        check=True,
        capture_output=True,
        timeout=60,
    )
    program = [sys.executable, str(Path(__file__).parent / "tsa_process.py"), str(folder)]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}", folder / "tsa.pem"
        process.terminate()


def grown(count: int = 1) -> None:
    append(count)
    sequencer.step(at=timezone.now())


def stamp_now() -> None:
    at = timezone.now()
    asked = stamping.due(tenant_id=TENANT, at=at, after=NOW)
    stamping.stamp(tenant_id=TENANT, at=at, asked=asked)


def stamps_at(size: int) -> tuple[int, list[str]] | None:
    found = stamping.stamped(tenant_id=TENANT, size=size)
    return (found.size, [each.authority for each in found.stamps]) if found else None


def test_an_authority_over_http_stamps_the_text_of_the_latest_checkpoint(tsa: Any, settings: Any) -> None:
    url, file = tsa
    settings.KESSAI_TIMESTAMPING = Timestamping(
        (f"{url}/", url.replace("//", "//user:p%40ss@") + "/closed"), file
    )
    grown(3)
    stamp_now()
    found = stamping.stamped(tenant_id=TENANT, size=2)
    assert found is not None and found.size == 3
    assert [each.authority for each in found.stamps] == [f"{url}/", f"{url}/closed"]
    text = found.note.split("\n\n")[0] + "\n"
    said = open_timestamp(found.stamps[0].token, text.encode(), authorities())
    assert said.authority == "CN=Time Office"
    assert said.at == found.stamps[0].at
    assert abs(said.at - datetime.now(UTC)) < timedelta(minutes=1)
    assert verify_log(TENANT)[0] == []


@pytest.mark.parametrize("path", ["/busy", "/closed", "/other", "nobody"])
def test_where_no_stamp_is_had_nothing_is_kept_and_the_operator_is_told(
    tsa: Any, settings: Any, path: str
) -> None:
    url, file = tsa
    named = "http://127.0.0.1:9/" if path == "nobody" else f"{url}{path}"
    settings.KESSAI_TIMESTAMPING = Timestamping((named,), file)
    grown()
    with pytest.raises(CannotStamp) as refused:
        stamp_now()
    assert named in str(refused.value.what) and "KESSAI_TSA_URL" in str(refused.value.remedy)
    assert stamps_at(1) is None
    with pytest.raises(Finished):
        call_command("ledger", "timestamp", "--json", stdout=io.StringIO())


def test_one_authority_that_fails_keeps_no_other_from_stamping(tsa: Any, settings: Any) -> None:
    url, file = tsa
    settings.KESSAI_TIMESTAMPING = Timestamping((f"{url}/busy", f"{url}/"), file)
    grown()
    with pytest.raises(CannotStamp):
        stamp_now()
    assert stamps_at(1) == (1, [f"{url}/"])


def test_stamps_of_an_authority_that_is_asked_no_more_still_hold(tsa: Any, settings: Any) -> None:
    url, file = tsa
    settings.KESSAI_TIMESTAMPING = Timestamping((f"{url}/",), file)
    grown()
    stamp_now()
    settings.KESSAI_TIMESTAMPING = Timestamping((), file)
    assert verify_log(TENANT)[0] == []


def test_a_file_of_certificates_that_is_none_is_said_by_name(tsa: Any, settings: Any, tmp_path: Path) -> None:
    url, file = tsa
    settings.KESSAI_TIMESTAMPING = Timestamping((f"{url}/",), file)
    grown()
    stamp_now()
    settings.KESSAI_TIMESTAMPING = Timestamping((f"{url}/",), tmp_path / "none.pem")
    with pytest.raises(clocks.CannotReadCertificates, match=r"none\.pem"):
        authorities()
    assert [each.what for each in verify_log(TENANT)[0]] == ["timestamp_certificates"]


def test_in_a_demo_its_own_authority_stamps_and_says_what_it_is(settings: Any) -> None:
    settings.KESSAI_DEMO = True
    grown()
    stamp_now()
    assert stamps_at(1) == (1, [DEMO])
    found = stamping.stamped(tenant_id=TENANT, size=1)
    assert found is not None
    said = open_timestamp(found.stamps[0].token, signed_text(found.note).encode(), authorities())
    assert "DEMO - no legal effect" in said.authority
    published = keys.store(TENANT).root / "tsa.pem"
    assert read_certificates(published.read_bytes()) == authorities()


def test_without_an_authority_no_stamp_pretends_to_be_one() -> None:
    grown()
    assert clocks.clocks() == ()
    stamp_now()
    assert stamps_at(1) is None
    tasks.stamp_soon(TENANT)
    assert not jobs()


def jobs() -> list[tuple[str, float]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_name, coalesce(extract(epoch FROM scheduled_at - now()), 0) FROM procrastinate_jobs"
            " WHERE status = 'todo' ORDER BY id"
        )
        return [(name, float(seconds)) for name, seconds in cursor.fetchall()]


def test_the_minutes_job_asks_once_for_a_log_that_has_grown_and_waited(settings: Any) -> None:
    settings.KESSAI_DEMO = True
    tasks.stamps(timestamp=0)
    assert jobs() == []
    grown()
    for _ in range(2):
        tasks.stamps(timestamp=0)
    assert [name for name, _ in jobs()] == ["ledger.stamp"]
    tasks.stamp(TENANT)
    assert stamps_at(1) == (1, [DEMO])
    grown()
    assert stamping.due(tenant_id=TENANT, at=timezone.now(), after=timedelta(minutes=10)) == ()
    later = timezone.now() + timedelta(minutes=11)
    assert stamping.due(tenant_id=TENANT, at=later, after=timedelta(minutes=10)) == (Clock(DEMO),)
    tasks.stamp(TENANT)
    assert (stamps_at(1), stamps_at(2)) == ((1, [DEMO]), (2, [DEMO]))
    assert stamping.due(tenant_id=TENANT, at=later, after=NOW) == ()


def test_after_decisions_one_stamp_is_asked_for_within_a_minute(settings: Any) -> None:
    settings.KESSAI_DEMO = True
    for _ in range(3):
        tasks.stamp_soon(TENANT)
    ((name, seconds),) = jobs()
    assert name == "ledger.stamp" and 50 < seconds <= 60


def health() -> tuple[str, str]:
    answer = json.loads(healthz(RequestFactory().get("/healthz")).content)
    return answer["status"], answer["timestamps"]


def test_a_stamp_that_does_not_come_is_called_late(settings: Any) -> None:
    settings.KESSAI_DEMO = True
    append(1)
    sequencer.step(at=timezone.now() - timedelta(minutes=26))
    Heartbeat.objects.update_or_create(name="sequencer", defaults={"at": timezone.now()})
    assert health() == ("ok", "late")
    out = io.StringIO()
    call_command("ledger", "show", stdout=out)
    assert f"authority={DEMO} size=0 at=- late=True" in out.getvalue()
    out = io.StringIO()
    call_command("ledger", "timestamp", "--json", stdout=out)
    ((stamped,),) = (log["timestamps"] for log in json.loads(out.getvalue()))
    assert (stamped["authority"], stamped["size"], stamped["late"]) == (DEMO, 1, False)
    assert health() == ("ok", "ok")


def test_stamps_of_an_authority_that_is_trusted_no_more_are_named(settings: Any) -> None:
    settings.KESSAI_DEMO = True
    grown()
    stamp_now()
    assert verify_log(TENANT)[0] == []
    (authority.folder() / "tsa.pem").unlink()
    (found,) = verify_log(TENANT)[0]
    assert (found.what, found.text.params["n"]) == ("forged_timestamp", 1)
