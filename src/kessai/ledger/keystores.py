"""Where the private keys of the logs lie: in files, or in a token behind PKCS#11 that does not give them away."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings

from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_
from merklelog import durable
from merklelog.note import NoteSigner, RemoteSigner, Signer, Verifier

SEED_SIZE = 32


class KeyMissing(Cannot):
    """A log has a history but its key is not there, or cannot be used: nothing can be signed."""


class KeyStore(Protocol):
    """The private keys of one log."""

    def held(self) -> list[NoteSigner]:
        """All of them, in no order. Errors: KeyMissing where it cannot be told."""

    def make(self) -> NoteSigner:
        """A new one, which is kept from now on. Errors: KeyMissing."""


def keystore(tenant_id: int, origin: str) -> KeyStore:
    if settings.KESSAI_TOKEN.module:
        return TokenKeys(tenant_id, origin)
    return FileKeys(tenant_id, origin)


class FileKeys:
    """Seeds in hex, each in a file of ``KESSAI_KEYS_DIR`` that only its owner reads."""

    def __init__(self, tenant_id: int, origin: str) -> None:
        self.folder = Path(settings.KESSAI_KEYS_DIR)
        self.stem = f"log-{tenant_id}"
        self.origin = origin

    def held(self) -> list[NoteSigner]:
        first = self.folder / f"{self.stem}.seed"
        paths = [first] if first.exists() else []
        found, unreadable = list[NoteSigner](), list[KeyMissing]()
        for path in [*paths, *sorted(self.folder.glob(f"{self.stem}-*.seed"))]:
            try:
                found.append(self._read(path))
            except KeyMissing as error:
                # One that cannot be brought back must not keep the key after it from signing.
                unreadable.append(error)
        if unreadable and not found:
            raise unreadable[0]
        return found

    def make(self) -> NoteSigner:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        seed = os.urandom(SEED_SIZE)
        signer = Signer(self.origin, seed)
        path = self.folder / f"{self.stem}.seed"
        if path.exists():
            path = self.folder / f"{self.stem}-{signer.key_id.hex()}.seed"
        # Written aside and linked into place: of two processes that start at once, one makes the key.
        fresh = self.folder / f".{path.stem}.{os.getpid()}"
        write_through(fresh, seed.hex())
        try:
            os.link(fresh, path)
            durable.flush(self.folder)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
        return self._read(path)

    def _read(self, path: Path) -> Signer:
        try:
            seed = bytes.fromhex(path.read_text().strip())
        except (OSError, ValueError):
            seed = b""
        if len(seed) != SEED_SIZE:
            raise KeyMissing(
                N_("台帳の鍵のファイル %(path)s を読めません。"),
                N_("控えから戻してください。戻せないときは kessai ledger key rotate で新しい鍵にします。"),
                path=str(path),
            )
        return Signer(self.origin, seed)


class TokenKeys:
    """Ed25519 keys of a token, labelled ``log-<ministry>``, and ``log-<ministry>-<n>`` the later ones."""

    def __init__(self, tenant_id: int, origin: str) -> None:
        self.label = f"log-{tenant_id}"
        self.origin = origin

    def held(self) -> list[NoteSigner]:
        return [self._signer(label, point) for label, point in sorted(self._own().items())]

    def _own(self) -> dict[str, bytes]:
        """Public keys by label."""
        import pkcs11

        with self._session() as session:
            # The token may hold others, as those of seals, which are of another kind.
            found = session.get_objects(
                {
                    pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PUBLIC_KEY,
                    pkcs11.Attribute.KEY_TYPE: pkcs11.KeyType.EC_EDWARDS,
                }
            )
            points = {each.label: each[pkcs11.Attribute.EC_POINT] for each in found}
        # The point is an OCTET STRING of 32 bytes.
        return {
            label: bytes(point)[-SEED_SIZE:]
            for label, point in points.items()
            if label == self.label or label.startswith(f"{self.label}-")
        }

    def make(self) -> NoteSigner:
        import pkcs11
        from pkcs11.util.ec import encode_named_curve_parameters

        own = self._own()
        # Never a label that is taken, also once earlier keys were destroyed.
        numbers = [label.removeprefix(f"{self.label}-") for label in own]
        last = max((int(each) for each in numbers if each.isdecimal()), default=1)
        label = f"{self.label}-{last + 1}" if own else self.label
        with self._session(rw=True) as session:
            curve = session.create_domain_parameters(
                pkcs11.KeyType.EC_EDWARDS,
                {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters("1.3.101.112")},
                local=True,
            )
            public, _ = curve.generate_keypair(
                mechanism=pkcs11.Mechanism.EC_EDWARDS_KEY_PAIR_GEN, store=True, label=label
            )
            return self._signer(label, bytes(public[pkcs11.Attribute.EC_POINT])[-SEED_SIZE:])

    def _signer(self, label: str, public: bytes) -> NoteSigner:
        def sign(text: bytes) -> bytes:
            import pkcs11

            with self._session() as session:
                key = session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=label)
                return bytes(key.sign(text, mechanism=pkcs11.Mechanism.EDDSA))

        return RemoteSigner(Verifier(self.origin, public), sign)

    @contextmanager
    def _session(self, *, rw: bool = False) -> Iterator[Any]:
        """With the token; whatever goes wrong with it is a KeyMissing with its remedy."""
        from kessai.signing import tokens

        given = settings.KESSAI_TOKEN
        try:
            pin = Path(given.pin_file).read_text().strip()
            with tokens.session(given.module, given.label, pin, rw=rw) as session:
                yield session
        except (OSError, RuntimeError) as error:
            raise _unusable(error) from error


def _unusable(error: Exception) -> KeyMissing:
    given = settings.KESSAI_TOKEN
    return KeyMissing(
        N_("台帳の鍵のあるトークン %(label)s を使えません（%(why)s）。"),
        N_(
            "KESSAI_PKCS11_MODULE のライブラリ、KESSAI_PKCS11_TOKEN のトークン、KESSAI_PKCS11_PIN_FILE の PIN を"
            "確かめてください。記録と決裁は続けられ、署名だけが待ちます。"
        ),
        label=given.label,
        why=f"{type(error).__name__} {error}".strip()[:200],
    )


def write_through(path: Path, text: str, *, append: bool = False) -> None:
    """Write a file that only its owner reads, and wait until it is on the disk."""
    flags = os.O_APPEND if append else os.O_TRUNC
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | flags, 0o600), "w") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    durable.flush(path.parent)
