"""Replies to writes that do not look as expected."""

from collections.abc import Mapping
from typing import Any

from xero_sim.accounting.call import Call
from xero_sim.oddities.oddity import Oddity
from xero_sim.wire import Json


def elements_of(content: Json) -> list[Json]:
    """The records of an answer: the one list under a name in capitals, such as `Invoices`. Empty if there is none."""
    lists = [value for name, value in content.items() if name[:1].isupper() and isinstance(value, list)]
    return lists[0] if lists else []


def reversed_order(call: Call, content: Json, options: Mapping[str, Any]) -> None:
    """List the elements of the reply to a bulk write in another order than they were sent."""
    if call.method != "GET":
        elements_of(content).reverse()


ODDITIES = {
    "other-order": Oddity("F01", "A reply to a bulk write lists its elements in reverse order.", after=reversed_order),
}
