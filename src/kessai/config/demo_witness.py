"""The witness of a demo: ``merklelog witness`` in a process of its own, so that all of the evidence is seen at work.

It runs on the machine of the log, for whoever has the log: it shows how a witness works and proves nothing to others.
What it has lies in KESSAI_HOME/witness: ``state`` (its key, and what it has seen), ``logs`` (the keys of the logs that
it cosigns for), ``policy`` (what those logs ask that the operator gave none), ``said`` (its output).
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

from django.conf import settings

from kessai.config import processes
from kessai.config.children import LONGEST_DELAY_SECONDS, Child
from kessai.ledger.witnessing.policies import BESIDE
from merklelog import durable
from merklelog.note import NoteInvalid, Verifier
from merklelog.witness.state import KEY, State, StateUnusable

POLICY = """\
# Demo: this witness runs beside the log on the same machine. It shows how witnessing works, and proves nothing to
# others.
witness DEMO-witness-on-the-same-machine {key} {url}
group demo 1 DEMO-witness-on-the-same-machine
quorum demo
"""

_LISTENING = re.compile(r"^listening on (127\.0\.0\.1:\d+)$", re.MULTILINE)


class DemoWitness(Child):
    """Started once a log has a key. It listens on a port that is free, which the policy then names."""

    def __init__(self) -> None:
        super().__init__("witness")
        self.folder = Path(settings.KESSAI_DEMO_POLICY).parent
        self.known, self.asked = "", False

    def tend(self, now: float) -> None:
        """As every child; whatever is wrong with it, the demo goes on without it."""
        try:
            if self._knows_logs():
                super().tend(now)
                if self.process is not None and not self.asked:
                    self._have_asked()
        except (OSError, NoteInvalid, StateUnusable) as error:
            sys.stderr.write(f"kessai witness: {error}\n")
            self.due = now + LONGEST_DELAY_SECONDS

    def start(self) -> None:
        state = self.folder / "state"
        if not (state / KEY).exists():
            State.create(state, BESIDE)
        # Somebody else may listen where it listened last.
        self._write_policy("")
        self.asked, self.started = False, time.monotonic()
        with (self.folder / "said").open("wb") as said:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "merklelog", "witness", "run", "--listen", "127.0.0.1:0"),
                    *("--state", str(state), "--policy", str(self.folder / "logs")),
                ],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                preexec_fn=processes.bound_to(os.getpid()),
            )

    def _knows_logs(self) -> bool:
        """Whether there is a log; the keys of all of them are written where the witness reads them."""
        found: dict[Verifier, None] = {}
        for path in sorted(Path(settings.KESSAI_KEYS_DIR).glob("log-*.keys")):
            found |= {Verifier.parse(line): None for line in path.read_text().split()}
        logs = "".join(f"log {each}\n" for each in found) + "quorum none\n"
        if found and logs != self.known:
            self.folder.mkdir(exist_ok=True, mode=0o700)
            durable.write(self.folder / "logs", logs.encode(), mode=0o600)
            self.known = logs
        return bool(found)

    def _have_asked(self) -> None:
        found = _LISTENING.search((self.folder / "said").read_text(errors="replace"))
        if found:
            self._write_policy(f"http://{found[1]}/")
            self.asked = True

    def _write_policy(self, url: str) -> None:
        key = State.open(self.folder / "state").verifier()
        text = "".join(f"{line.rstrip()}\n" for line in POLICY.format(key=key, url=url).splitlines())
        durable.write(Path(settings.KESSAI_DEMO_POLICY), text.encode(), mode=0o600)
