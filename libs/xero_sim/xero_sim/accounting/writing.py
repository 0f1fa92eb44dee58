"""Writes the elements of a call, and answers for stored and refused ones.

Source: docs/xero.md 3.6, behaviours 34-36 and 39.
"""

from collections.abc import Callable
from dataclasses import dataclass

from xero_sim.accounting.call import Call
from xero_sim.accounting.envelope import success
from xero_sim.answers import Answer, Rejected, not_found, validation_exception
from xero_sim.sent import Sent
from xero_sim.wire import Json, dumps


@dataclass(frozen=True, slots=True)
class Saved:
    """A stored element, as the reply shows it."""

    form: Json


@dataclass(frozen=True, slots=True)
class Failed:
    """A refused element: what was sent, and the messages."""

    form: Json
    errors_flag: str | None
    """The field that is true for a refused element; None: the kind has no such field."""
    messages: list[str]

    def element(self) -> Json:
        flag = {self.errors_flag: True} if self.errors_flag else {}
        return {**self.form, **flag, "ValidationErrors": [{"Message": message} for message in self.messages]}


Written = Saved | Failed


def write_all(call: Call, key: str, elements: list[Sent], write: Callable[[Sent], Written]) -> Answer:
    """Write each element, even if another one is refused.

    By default, summarizeErrors is true: one refused element turns the reply into a 400 that lists the refused ones.
    With false, the reply is 200, and each element has a StatusAttributeString.
    """
    written = [write(element) for element in elements]
    failed = [each.element() for each in written if isinstance(each, Failed)]
    if call.flag("summarizeErrors", default=True):
        if failed:
            return validation_exception(failed)
        return success(call, key, [dumps(each.form) for each in written])
    forms = [
        dumps({**each.form, "StatusAttributeString": "OK"})
        if isinstance(each, Saved)
        else dumps({**each.element(), "StatusAttributeString": "ERROR"})
        for each in written
    ]
    return success(call, key, forms)


def require_known(ids: list[str | None], known: Callable[[str], bool]) -> None:
    """Refuse the whole request with a 404 if one of the ids is unknown (behaviour 39). Raises Rejected."""
    if any(not known(each) for each in ids if each):
        raise Rejected(not_found())
