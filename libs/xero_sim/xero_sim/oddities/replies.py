"""Replies to writes that do not look as expected."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

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


def foreign_marks(call: Call, content: Json, options: Mapping[str, Any]) -> None:
    """Replace the marks in the reply to a write by those of records that nobody knows."""
    if call.method == "GET":
        return
    for element in elements_of(content):
        if element.get("ContactNumber"):
            element["ContactNumber"] = str(uuid4())
        if element.get("Url"):
            element["Url"] = element["Url"].rpartition("/")[0] + f"/{uuid4()}"


def other_order_of_lines(call: Call, content: Json, options: Mapping[str, Any]) -> None:
    """List the lines of each document in reverse order."""
    for element in elements_of(content):
        if isinstance(element.get("LineItems"), list):
            element["LineItems"].reverse()


ODDITIES = {
    "other-order": Oddity("F01", "A reply to a bulk write lists its elements in reverse order.", after=reversed_order),
    "foreign-marks": Oddity("F01", "A reply to a write bears marks of unknown records.", after=foreign_marks),
    "other-order-of-lines": Oddity("F02", "The lines of a document come in reverse order.", after=other_order_of_lines),
}
