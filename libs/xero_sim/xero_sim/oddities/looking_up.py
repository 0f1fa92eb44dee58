"""Reads that Xero holds to be too expensive."""

from collections.abc import Mapping
from typing import Any

from xero_sim.accounting.call import Call
from xero_sim.answers import JSON, Answer
from xero_sim.oddities.oddity import Oddity
from xero_sim.wire import dumps


def high_volume(call: Call, options: Mapping[str, Any]) -> Answer | None:
    """400 with error 51 to each list that is filtered by alternatives."""
    if call.method != "GET" or " or " not in call.query.get("where", "").lower():
        return None
    message = (
        "Your request is not filtering efficiently, given the extremely high volume for this organisation. Please "
        "check https://developer.xero.com/documentation/api/efficient-data-retrieval"
    )
    return Answer(400, dumps({"ErrorNumber": 51, "Type": "HighVolumeException", "Message": message}), JSON)


ODDITIES = {
    "high-volume": Oddity("F08", "A filter with OR is refused as too expensive (error 51).", before=high_volume),
}
