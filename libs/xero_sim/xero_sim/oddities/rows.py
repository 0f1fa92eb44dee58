"""Rows that are not as documented."""

from collections.abc import Mapping
from typing import Any

from xero_sim.accounting.call import Call
from xero_sim.oddities.oddity import Oddity
from xero_sim.oddities.replies import elements_of
from xero_sim.wire import Json


def odd_row(call: Call, content: Json, options: Mapping[str, Any]) -> None:
    """Give the record with the id or number `record` another `value` at `field`, or none: `LineItems.0.LineItemID`."""
    wanted = str(options.get("record", "")).lower()
    for row in elements_of(content):
        if call.method == "GET" and wanted in (str(value).lower() for value in row.values()):
            _put(row, str(options["field"]).split("."), options)


def _put(row: Json, path: list[str], options: Mapping[str, Any]) -> None:
    place: Any = row
    for name in path[:-1]:
        place = place[int(name) if isinstance(place, list) else name]
    if "value" in options:
        place[path[-1]] = options["value"]
    else:
        place.pop(path[-1], None)


ODDITIES = {
    "odd-row": Oddity("F09", "A row lacks `field`, or has another `value` there; F10 is one.", after=odd_row),
}
