"""Removes bank details and tax numbers from Xero's messages, which may quote what we sent, so that no log and no error
holds them."""

from collections.abc import Iterable, Iterator
from typing import Any

FIELDS = frozenset(
    name.lower()
    for name in ("BankAccountDetails", "BankAccountNumber", "BankAccountName", "TaxNumber", "Details", "Particulars",
                 "Narrative", "APIKey")
)  # fmt: skip
"""Details, Particulars and Narrative are texts of a batch payment on a bank statement."""
SHOWN = "…"
_SHORTEST = 4
"""Shorter values identify nobody, and removing them would cut into other words."""


def redact(text: str, *contents: Any) -> str:
    """Xero's message without the values of FIELDS in `contents`: the JSON that was sent and the JSON of the answer."""
    values = {value for content in contents for value in _values(content)}
    # Xero may quote a number without its blanks and hyphens.
    values |= {value.replace(" ", "").replace("-", "") for value in values}
    for value in sorted((v for v in values if len(v) >= _SHORTEST), key=len, reverse=True):
        text = text.replace(value, SHOWN)
    return text


def redact_all(messages: Iterable[str], *contents: Any) -> tuple[str, ...]:
    """Each of these messages, redacted."""
    return tuple(redact(message, *contents) for message in messages)


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
