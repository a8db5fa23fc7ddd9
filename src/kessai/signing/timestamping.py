"""Who says when a signature was there (RFC 3161): the demo's own authority."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from asn1crypto import cms, core, tsp, x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.timestamps import TimeStamper

from kessai.signing import authority, identities

POLICY = "1.2.392.0.0.0.1"
"""Of the demo: a number that nobody has registered."""


def timestamper() -> TimeStamper:
    """Where time stamps come from."""
    return DemoTimeStamper()


def authorities() -> tuple[bytes, ...]:
    """The certificates (DER) of the authorities whose time stamps are in use."""
    return (authority.timestamp_authority().certificate.public_bytes(Encoding.DER),)


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
