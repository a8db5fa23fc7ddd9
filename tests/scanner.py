"""A real ClamAV daemon for tests, with two signatures of its own; nothing is fetched from anywhere."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HOW_TO_GET_IT = "apt install clamav-daemon"

VIRUS = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
"""The harmless file that every virus scanner takes for a virus (EICAR); in pieces, so that none takes this file."""

SIGNATURE = "Eicar-Test-Signature"


def executable() -> str | None:
    return shutil.which("clamd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def daemon(folder: Path, *, largest: str = "1M") -> Iterator[tuple[str, str]]:
    """The addresses, by unix socket and by TCP, of a daemon that runs until the end of the block."""
    program = executable()
    assert program is not None
    signatures = folder / "signatures"
    signatures.mkdir(parents=True)
    (signatures / "tests.ndb").write_text(f"{SIGNATURE}:0:0:{VIRUS.hex()}\n")
    # A socket's path is short: the folder of a test may not be.
    with tempfile.TemporaryDirectory(prefix="clamd-") as run:
        listens, port = Path(run) / "s", _free_port()
        conf = folder / "clamd.conf"
        conf.write_text(
            f"DatabaseDirectory {signatures}\nLocalSocket {listens}\nTCPSocket {port}\n"
            f"TCPAddr 127.0.0.1\nForeground yes\nMaxThreads 2\n"
            f"StreamMaxLength {largest}\nLogFile {folder / 'log'}\nOfficialDatabaseOnly no\n"
        )
        process = subprocess.Popen([program, "--config-file", str(conf)], stderr=subprocess.DEVNULL)
        try:
            _wait(process, listens, folder / "log")
            yield f"unix://{listens}", f"tcp://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)


def _wait(process: subprocess.Popen[bytes], listens: Path, log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(listens))
                return
            except OSError:
                time.sleep(0.1)
    raise RuntimeError(log.read_text() if log.exists() else "clamd did not start")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
