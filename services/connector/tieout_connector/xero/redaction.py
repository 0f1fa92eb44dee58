"""Bank details and tax numbers, which no log and no error may hold: Xero's words may quote what we sent."""

from collections.abc import Iterable, Iterator
from typing import Any

FIELDS = frozenset(
    name.lower()
    for name in ("BankAccountDetails", "BankAccountNumber", "BankAccountName", "TaxNumber", "Details", "Particulars",
                 "Narrative", "APIKey")
)  # fmt: skip
"""Details, Particulars and Narrative are what a batch payment prints on a bank statement."""
SHOWN = "…"
_SHORTEST = 4
"""What is shorter names nobody, and would tear other words apart."""


def hide(text: str, *contents: Any) -> str:
    """Xero's words without the values of those fields in the JSON that we sent or it echoed."""
    values = {value for content in contents for value in _values(content)}
    # Xero may drop what only groups the digits.
    values |= {value.replace(" ", "").replace("-", "") for value in values}
    for value in sorted((v for v in values if len(v) >= _SHORTEST), key=len, reverse=True):
        text = text.replace(value, SHOWN)
    return text


def hidden(messages: Iterable[str], *contents: Any) -> tuple[str, ...]:
    """The same for many."""
    return tuple(hide(message, *contents) for message in messages)


def _values(content: Any) -> Iterator[str]:
    if isinstance(content, dict):
        for name, value in content.items():
            if name.lower() in FIELDS and isinstance(value, str | int):
                yield str(value)
            else:
                yield from _values(value)
    elif isinstance(content, list):
        for value in content:
            yield from _values(value)
