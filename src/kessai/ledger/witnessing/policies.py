"""The trust policy of each ministry's log: a file of the operator's, published with the log's own key.

``KESSAI_POLICY_DIR/<ministry>`` is a file in the format of C2SP tlog-policy. Where there is none, a demo has its own
(``KESSAI_DEMO_POLICY``), and elsewhere no witness is asked.
"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from kessai.ledger import keys
from kessai.ledger import published as files
from merklelog.policy import COMPROMISED, Policy, PolicyInvalid

NAME = "policy"
NO_WITNESSES = b"quorum none\n"
BESIDE = "demo.invalid/witness-on-the-same-machine"
"""The key of a witness that a demo runs beside its logs: it shows how witnessing works and proves nothing to others."""


def path_of(tenant_id: int) -> Path:
    """Where the operator's policy of a ministry lies."""
    return Path(settings.KESSAI_POLICY_DIR) / str(tenant_id)


def policy_of(tenant_id: int) -> Policy:
    """The policy of a ministry, without any witness where the operator gave none. Raises PolicyInvalid."""
    return Policy.parse(_given(tenant_id))


def usable(tenant_id: int) -> Policy:
    """As ``policy_of``; a file that cannot be used counts as none, which is for whoever shows it to say."""
    try:
        return policy_of(tenant_id)
    except PolicyInvalid:
        return Policy.parse(NO_WITNESSES)


def published(tenant_id: int) -> bytes:
    """The policy for others: the operator's, with those of the log's keys in front that it does not name, and at the
    end which of them were stolen, and when.

    Raises PolicyInvalid, also where that is no policy as a whole, and KeyMissing.
    """
    given, own = _given(tenant_id), keys.trusted(tenant_id)
    named = Policy.parse(given).of_log(keys.origin(tenant_id))
    missing = (f"log {each.verifier}\n" for each in own if each.verifier not in named)
    # In whole seconds, the earlier ones: what was seen within the second of the theft does not count.
    stolen = (
        f"{COMPROMISED} {each.verifier} {int(each.stolen.timestamp())}\n" for each in own if each.stolen
    )
    made = "".join(missing).encode() + given + "".join(stolen).encode()
    Policy.parse(made)
    return made


def publish(tenant_id: int) -> None:
    """Put the policy beside the log's other public files. Raises PolicyInvalid and KeyMissing."""
    files.put(tenant_id, NAME, published(tenant_id))


def end_demo() -> None:
    """What runs here from now on is no demo: the policy of one that was here before counts no more, for any process."""
    Path(settings.KESSAI_DEMO_POLICY).unlink(missing_ok=True)


def _given(tenant_id: int) -> bytes:
    for path in (path_of(tenant_id), Path(settings.KESSAI_DEMO_POLICY)):
        try:
            return path.read_bytes()
        except FileNotFoundError:
            continue
        except OSError as error:
            # Whatever is wrong with it, the sequencer and the pages go on.
            raise PolicyInvalid(0, f"the file cannot be read: {error.strerror}") from error
    return NO_WITNESSES
