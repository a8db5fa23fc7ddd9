"""Keys behind PKCS#11, used by one thread of this process at a time, and in a session of its own each time.

A module is told of no threads (C_Initialize without locks), and it is the process that is logged in to a token or is
not, whatever sessions it has. So whoever uses a token waits for the other, for the milliseconds that a signature takes;
and nothing is remembered that a token which was taken out, or restarted, would know no more.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pkcs11

_one_at_a_time = threading.Lock()
_ABOUT_THE_PIN = (
    pkcs11.PinIncorrect,
    pkcs11.PinInvalid,
    pkcs11.PinLenRange,
    pkcs11.PinExpired,
    pkcs11.PinLocked,
)


@contextmanager
def session(module: str, token: str, pin: str | None, *, rw: bool = False) -> Iterator[pkcs11.Session]:
    """A session with a token, by the path of its module and its label. Not within another one.

    Errors: pkcs11.PKCS11Error; RuntimeError where the module cannot be loaded.
    """
    with _one_at_a_time:
        opened = _opened(module, token, pin, rw)
        try:
            yield opened
        finally:
            # With a token that is away there is nothing to be closed.
            with suppress(pkcs11.PKCS11Error):
                opened.close()


def _opened(module: str, token: str, pin: str | None, rw: bool) -> pkcs11.Session:
    library = pkcs11.lib(module)
    try:
        return library.get_token(token_label=token).open(user_pin=pin, rw=rw)
    except _ABOUT_THE_PIN:
        # A token locks itself after a few of them.
        raise
    except pkcs11.PKCS11Error:
        # One that was put back, or left logged in by a session that broke, is found by a module that begins anew.
        library.reinitialize()
        return library.get_token(token_label=token).open(user_pin=pin, rw=rw)
