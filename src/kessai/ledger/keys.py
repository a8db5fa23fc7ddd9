"""The signing key and the tile directory of each log."""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings

from merklelog.note import Signer, Verifier
from merklelog.tiles import DirectoryStore

SEED_SIZE = 32


class KeyMissing(Exception):
    """The log has a history but its key is not there: nothing can be signed or checked."""


def origin(tenant_id: int) -> str:
    """The name of a ministry's log, as it stands in its checkpoints and its key."""
    return f"{settings.KESSAI_LEDGER_ORIGIN}/{tenant_id}"


def signer(tenant_id: int, *, make: bool = False) -> Signer:
    """The log's Ed25519 signer. ``make``: for a log without a history, whose seed is made on first use,
    readable by the owner only; KeyMissing otherwise."""
    return Signer(origin(tenant_id), _seed(tenant_id, make=make))


def verifier(tenant_id: int) -> Verifier:
    """The verifier of the log's checkpoints; KeyMissing if there is no key."""
    return signer(tenant_id).verifier()


def store(tenant_id: int) -> DirectoryStore:
    """Where the log's tiles, entry bundles and latest checkpoint lie as files."""
    return DirectoryStore(Path(settings.KESSAI_LEDGER_DIR) / str(tenant_id))


def _seed(tenant_id: int, *, make: bool) -> bytes:
    folder = Path(settings.KESSAI_KEYS_DIR)
    path = folder / f"log-{tenant_id}.seed"
    try:
        seed = bytes.fromhex(path.read_text().strip())
    except FileNotFoundError:
        if not make:
            raise KeyMissing(f"log {tenant_id} has no key at {path}") from None
    except ValueError:
        raise KeyMissing(f"the key of log {tenant_id} at {path} cannot be read") from None
    else:
        if len(seed) != SEED_SIZE:
            raise KeyMissing(f"the key of log {tenant_id} at {path} cannot be read")
        return seed
    return _make_seed(folder, path)


def _make_seed(folder: Path, path: Path) -> bytes:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Written aside and linked into place: of two processes that start at once, one makes the key.
    fresh = folder / f".{path.stem}.{os.getpid()}"
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as out:
        out.write(os.urandom(SEED_SIZE).hex())
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    return bytes.fromhex(path.read_text().strip())
