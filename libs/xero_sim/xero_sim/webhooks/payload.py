"""What a webhook carries and how it is signed. Source: docs/xero.md 5.2, behaviours 68 and 70."""

import base64
import hashlib
import hmac
import secrets
import string
from collections.abc import Sequence

from xero_sim.records.change import Change
from xero_sim.wire import Json, dumps, instant

RESOURCE_BASE = "https://api.xero.com/api.xro/2.0"


def event_form(change: Change) -> Json:
    """One event; `eventDateUtc` has milliseconds and no zone."""
    moment = instant(change.at_ms).strftime("%Y-%m-%dT%H:%M:%S")
    form = {
        "resourceUrl": f"{RESOURCE_BASE}/{change.resource}/{change.resource_id}",
        "resourceId": change.resource_id,
        "eventDateUtc": f"{moment}.{change.at_ms % 1000:03d}",
        "eventType": change.kind,
        "eventCategory": change.category,
        "tenantId": change.tenant_id,
        "tenantType": "ORGANISATION",
    }
    return form if change.data is None else {**form, "data": change.data}


def body(events: Sequence[Json], first: int, last: int) -> bytes:
    """The raw body, over which the signature is computed."""
    return dumps(
        {
            "events": list(events),
            "firstEventSequence": first,
            "lastEventSequence": last,
            "entropy": "".join(secrets.choice(string.ascii_uppercase) for _ in range(20)),
        }
    )


def signature(raw: bytes, key: str) -> str:
    """Base64 of HMAC-SHA256 with the key's text, not its base64-decoded bytes."""
    return base64.b64encode(hmac.new(key.encode(), raw, hashlib.sha256).digest()).decode()
