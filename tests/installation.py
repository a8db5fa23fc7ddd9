"""An installation of its own for a test: a home, a port, and the command run in it as a user would."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from kessai.config import place, server_process

COMMAND = Path(sys.executable).parent / "kessai"
LONGEST_START_SECONDS = 90.0


@dataclass
class Installation:
    """``home`` need not exist. ``close`` stops what runs and removes the data."""

    home: Path
    port: int
    env: dict[str, str] = field(default_factory=dict)
    _running: list[subprocess.Popen[str]] = field(default_factory=list)

    def environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith("KESSAI_")}
        own |= {"KESSAI_HOME": str(self.home), "KESSAI_PORT": str(self.port), "LC_ALL": "C.UTF-8"}
        return own | self.env

    def run(self, *words: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """Run ``kessai WORDS…`` to its end."""
        # Files, not pipes: the database server a command leaves running must not be waited for.
        out, err = self._file("out"), self._file("err")
        with out.open("w") as stdout, err.open("w") as stderr:
            done = subprocess.run(
                [COMMAND, *words],
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                timeout=timeout,
                check=False,
            )
        return subprocess.CompletedProcess(done.args, done.returncode, out.read_text(), err.read_text())

    def ok(self, *words: str) -> str:
        """What a command that must succeed says."""
        done = self.run(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start ``kessai WORDS…`` in a process group of its own, as a shell would."""
        log = self._file("log").open("a")
        process = subprocess.Popen(
            [COMMAND, *words],
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            text=True,
            start_new_session=True,
        )
        log.close()
        self._running.append(process)
        return process

    def up(self, *words: str) -> subprocess.Popen[str]:
        """Start ``kessai up`` (or what is given) and wait until it is ready."""
        process = self.start(*(words or ("up",)))
        deadline = time.monotonic() + LONGEST_START_SECONDS
        while self.health()[0] != 200:
            assert process.poll() is None, f"ended with {process.returncode}: {self.log()}"
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.2)
        return process

    def health(self) -> tuple[int, dict[str, str]]:
        """Status code and body of /healthz; (0, {}) when nobody answers."""
        try:
            with urllib.request.urlopen(self.url("/healthz"), timeout=5) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)
        except OSError:
            return 0, {}

    def is_well(self) -> bool:
        """Whether /healthz says that all is ready, on a machine that may be busy."""
        deadline = time.monotonic() + LONGEST_START_SECONDS
        while self.health() != (
            200,
            {
                "status": "ok",
                "server": "ok",
                "database": "ok",
                "sequencer": "ok",
                "timestamps": "ok",
                "witnesses": "ok",
                "signatures": "ok",
            },
        ):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.2)
        return True

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def log(self) -> str:
        return self._file("log").read_text()

    def database_process(self) -> int | None:
        """The embedded server's process, None when it does not run."""
        return server_process.process_id(place.find(self.home))

    def close(self) -> None:
        for process in self._running:
            # The number of one that has ended may be another's by now.
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        # The children of a killed one end by themselves, but not at once.
        deadline = time.monotonic() + 20
        self.env = {}
        while (self.home / "place.json").exists() and time.monotonic() < deadline:
            if self.run("db", "remove", "--yes").returncode == 0:
                break
            time.sleep(0.2)

    def _file(self, kind: str) -> Path:
        return self.home.with_name(f"{self.home.name}-{kind}.txt")


Installer = Callable[..., Installation]


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def alive(pid: int) -> bool:
    """Whether the process exists and is more than an entry waiting to be collected."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def children(pid: int) -> list[int]:
    """All processes below a process."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += [int(child), *children(int(child))]
    return found


def wait_gone(pids: list[int], seconds: float = 20) -> list[int]:
    """Those of the processes that are still there after so long."""
    deadline = time.monotonic() + seconds
    while (left := [pid for pid in pids if alive(pid)]) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left
