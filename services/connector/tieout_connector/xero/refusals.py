"""Xero's words about the elements it refused, in a 400 and in a 200 alike. Source: xero-api.md 3.6."""

from collections.abc import Iterator
from typing import Any

from tieout_connector.xero.redaction import hidden

Element = dict[str, Any]


def refusal_of(element: Element, sent: Any = None) -> tuple[str, ...]:
    """Why Xero refused an element, its lines and parts included; empty if it did not: 200 is no success (trap 11)."""
    own = tuple(_own(element))
    failed = element.get("StatusAttributeString") == "ERROR" or element.get("HasErrors")
    if not (own or failed or element.get("HasValidationErrors")):
        return ()
    messages = dict.fromkeys((*own, *_nested(element)))
    return hidden(messages, element, sent) or ("refused without a reason",)


def elements_of(content: Element) -> list[Element]:
    """The elements that a 400 names."""
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
