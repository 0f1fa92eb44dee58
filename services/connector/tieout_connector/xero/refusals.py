"""Xero's messages about elements that it refused, in a 400 and in a 200 alike. Source: docs/xero.md 3.6."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from tieout_connector.xero.redaction import redact_all
from tieout_schemas.reasons import Reason

Element = dict[str, Any]
_PASSING = "an error occurred in xero"
"""How Xero words a fault of its own in an element (docs/xero.md 3.6)."""
_KNOWN = (
    (re.compile(r"^The Account Number already exists", re.IGNORECASE), Reason.ACCOUNT_NUMBER_TAKEN),
    (re.compile(r"^The contact name .* is already assigned to another contact", re.IGNORECASE), Reason.NAME_TAKEN),
)
"""Xero's words and the reasons that they give. Source: docs/xero.md 3.9."""


def refusal_of(element: Element, sent: Any = None) -> tuple[str, ...]:
    """Why Xero refused an element or a part of it, such as a line. Empty: it did not. A 200 is no success (trap 11)."""
    own = tuple(_own(element))
    failed = element.get("StatusAttributeString") == "ERROR" or element.get("HasErrors")
    if not (own or failed or element.get("HasValidationErrors")):
        return ()
    messages = dict.fromkeys((*own, *_nested(element)))
    return redact_all(messages, element, sent) or ("refused without a reason",)


def is_passing(messages: Iterable[str]) -> bool:
    """Whether a refusal only says that something went wrong in Xero: it may take the same element later."""
    return any(message.strip().lower().startswith(_PASSING) for message in messages)


def reason_codes(messages: Sequence[str]) -> tuple[str, ...]:
    """The codes of the reasons that Xero's messages give. Empty if one of the messages is not known: it may be about
    anything."""
    found = [next((reason.code for words, reason in _KNOWN if words.search(text)), "") for text in messages]
    return tuple(dict.fromkeys(found)) if all(found) else ()


def elements_of(content: Element) -> list[Element]:
    """The elements in the answer 400."""
    named = content.get("Elements")
    return [element for element in named if isinstance(element, dict)] if isinstance(named, list) else []


def _own(element: Element) -> Iterator[str]:
    for error in element.get("ValidationErrors") or []:
        yield str(error.get("Message") or "")


def _nested(element: Element) -> Iterator[str]:
    for value in element.values():
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict):
                yield from _own(part)
                yield from _nested(part)
