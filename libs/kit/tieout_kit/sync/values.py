"""The values of fields: when two are one, when there is none, and how a value is remembered."""

from hashlib import blake2b
from typing import Any, Final

import orjson
from pydantic_core import to_json

from tieout_schemas.payload import Frozen

Mark = str
"""A value as a base remembers it: its JSON, or of a long one the digest. Marks are compared, never read."""
NEVER: Final[Mark] = ""
"""Equals no value: must be sent, or must be taken."""
_SHORT = 48


class Unknown:
    """A value that cannot be told: a bill's vendor, while its contact is none of ours."""


UNKNOWN: Final = Unknown()


def mark(value: Any) -> Mark:
    """What a base remembers of a value."""
    # A text, most of what there is: orjson makes the same of it, in a fraction of the time.
    text = orjson.dumps(value) if isinstance(value, str) else to_json(value)
    return text.decode() if len(text) <= _SHORT else "#" + blake2b(text, digest_size=16).hexdigest()


def is_empty(value: Any) -> bool:
    """Whether a value tells nothing: a text without letters, no lines, an address in which all is empty."""
    if isinstance(value, Frozen):
        return all(is_empty(each) for each in value.__dict__.values())
    return value is None or value in ("", ())
