"""The refusal of an action, and how an action finds its record."""

from typing import TypeVar

from xero_sim.table import Stamped, Table
from xero_sim.wire import Json

T = TypeVar("T")
Record = TypeVar("Record", bound=Stamped)


class Refusal(Exception):
    """Xero refuses what the person does, with these messages."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__("; ".join(messages))
        self.messages = messages


def done(outcome: T | list[str]) -> T:
    """The stored record. Raises Refusal if the outcome is a list of reasons instead."""
    if isinstance(outcome, list):
        raise Refusal(outcome)
    return outcome


def named(table: Table[Record], sent: Json, name: str) -> Record:
    """The record whose id was sent under this name. Raises Refusal if there is none."""
    found = table.get(str(sent.get(name, "")))
    if found is None:
        raise Refusal([f"No record with {name} {sent.get(name)}"])
    return found
