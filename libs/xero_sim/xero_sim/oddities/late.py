"""Rows that show up later than their time of change says."""

from collections.abc import Mapping
from typing import Any

from xero_sim.accounting.call import Call
from xero_sim.oddities.oddity import Oddity
from xero_sim.oddities.replies import elements_of
from xero_sim.wire import Json


def without_row(call: Call, content: Json, options: Mapping[str, Any]) -> None:
    """Leave the record with the id `options["id"]` out of a list and its count, as if it had not been there yet."""
    if call.method == "GET" and not call.ids:
        rows = elements_of(content)
        shown = [row for row in rows if options.get("id") not in row.values()]
        if "pagination" in content:
            content["pagination"]["itemCount"] -= len(rows) - len(shown)
        rows[:] = shown


ODDITIES = {
    "late-row": Oddity(
        "F12",
        "Lists leave out the record with the id of option `id`; later it shows up with its older time of change.",
        after=without_row,
    ),
}
