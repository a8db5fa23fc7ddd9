"""Stamps of time (RFC 3161), by the authorities that were named or by the demo's own."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
from base64 import b64encode
from datetime import UTC, datetime
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from asn1crypto import cms, core, tsp, x509
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError

from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_
from kessai.signing import authority, clocks, identities
from kessai.signing.clocks import Clock
from merklelog.timestamps import Timestamp, bare, open_timestamp

POLICY = "1.2.392.0.0.0.1"
"""Of the demo: a number that nobody has registered."""
LONGEST_ANSWER = 1_000_000
PATIENCE = 10
"""Seconds that an authority has for its answer."""
AGAIN_SECONDS = 60.0
"""For so long one that did not stamp is asked last."""

_did_not: dict[str, float] = {}
"""When an authority last did not, by its name (seconds of ``time.monotonic``)."""


class CannotStamp(Cannot):
    """The authority did not answer, refused, or answered what does not hold."""


def in_turn() -> tuple[Clock, ...]:
    """Who is asked to stamp a signature, one after the other until one does: in their order, those last that did not
    a moment ago."""
    named = clocks.clocks() or (Clock(clocks.DEMO),)
    since = time.monotonic() - AGAIN_SECONDS
    return tuple(sorted(named, key=lambda each: _did_not.get(each.name, since) > since))


def did_not(clock: Clock) -> None:
    """An authority did not stamp a signature: for a while the others are asked before it."""
    _did_not[clock.name] = time.monotonic()


def stamp(message: bytes, *, clock: Clock) -> tuple[bytes, Timestamp]:
    """A token over a message, as it is kept, and what it says once it was checked. Errors: CannotStamp."""
    trusted = clocks.authorities()
    digest = hashlib.sha256(message).digest()
    try:
        answer = asyncio.run(stamper(clock).async_timestamp(digest, "sha256"))
        token = bare(answer.dump())
        return token, open_timestamp(token, message, trusted)
    except (ValueError, TypeError, AttributeError, KeyError, OSError) as error:
        # What an authority answers is anybody's: asn1crypto raises any of these.
        why = str(error)
    raise CannotStamp(
        N_("時刻認証局 %(clock)s のタイムスタンプを受けられませんでした（%(why)s）。"),
        N_(
            "KESSAI_TSA_URL の宛先と、KESSAI_TSA_CERTIFICATES にその認証局の証明書があるかを確かめてください。"
            "記録と決裁は続けられます。"
        ),
        clock=clock.name,
        why=why[:300],
    )


def stamper(clock: Clock) -> TimeStamper:
    """For one signature, or one stamp."""
    return HttpTimeStamper(clock) if clock.url else DemoTimeStamper()


class HttpTimeStamper(TimeStamper):
    """Asks an authority over HTTP (RFC 3161, section 3.4)."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        request = Request(self.clock.url, req.dump(), {"Content-Type": "application/timestamp-query"})
        if self.clock.user:
            secret = b64encode(f"{self.clock.user}:{self.clock.password}".encode()).decode()
            request.add_unredirected_header("Authorization", f"Basic {secret}")
        try:
            with urlopen(request, timeout=PATIENCE) as answer:
                body = answer.read(LONGEST_ANSWER)
        except HTTPError as error:
            error.close()
            raise TimestampRequestError(str(error)) from error
        except (OSError, HTTPException) as error:
            raise TimestampRequestError(str(error)) from error
        return tsp.TimeStampResp.load(body, strict=True)


class DemoTimeStamper(TimeStamper):
    """Stamps in this process, with the demo's certificate and the clock of this machine."""

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        by = identities.demo_signer(authority.timestamp_authority())
        assert by.signing_cert is not None
        stamped = {
            "version": "v1",
            "policy": POLICY,
            "message_imprint": req["message_imprint"],
            "serial_number": secrets.randbits(120),
            "gen_time": core.GeneralizedTime(datetime.now(UTC)),
            "tsa": x509.GeneralName(name="directory_name", value=by.signing_cert.subject),
        }
        if req["nonce"].native is not None:
            stamped["nonce"] = req["nonce"]
        content = cms.EncapsulatedContentInfo(
            {"content_type": "tst_info", "content": cms.ParsableOctetString(tsp.TSTInfo(stamped).dump())}
        )
        token = await by.async_sign_general_data(content, "sha256", detached=False)
        return tsp.TimeStampResp(
            {"status": tsp.PKIStatusInfo({"status": tsp.PKIStatus("granted")}), "time_stamp_token": token}
        )
