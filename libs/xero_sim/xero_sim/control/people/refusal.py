"""When Xero would not let the person do it, and how an action finds what it is about."""

from typing import TypeVar

from xero_sim.table import Stamped, Table
from xero_sim.wire import Json

T = TypeVar("T")
Record = TypeVar("Record", bound=Stamped)


class Refusal(Exception):
    """Xero's messages."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__("; ".join(messages))
        self.messages = messages


def done(outcome: T | list[str]) -> T:
    """What was stored. Raises Refusal when it is a list of reasons instead."""
    if isinstance(outcome, list):
        raise Refusal(outcome)
    return outcome


def named(table: Table[Record], sent: Json, name: str) -> Record:
    """The record whose id was sent under this name. Raises Refusal when there is none."""
    found = table.get(str(sent.get(name, "")))
    if found is None:
        raise Refusal([f"No record with {name} {sent.get(name)}"])
    return found
