"""GUIDs: made fast, because one seed needs 100,000, and read in every form that Xero accepts."""

import random
import re

ZERO_GUID = "00000000-0000-0000-0000-000000000000"
_DIGITS = re.compile(r"[{(]?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})[)}]?")


def canonical(text: str) -> str:
    """The form in which ids are stored: lower case, with dashes. A text that is no GUID is only lower-cased."""
    text = text.lower()
    found = _DIGITS.fullmatch(text)
    return "-".join(found.groups()) if found else text


class Ids:
    """A source of GUIDs; with a seed it always makes the same ones."""

    def __init__(self, seed: str | None = None) -> None:
        # Without a seed, the system provides one. SystemRandom could not be saved with the world (persistence.py).
        self._bits = random.Random(seed)  # noqa: S311

    def __call__(self) -> str:
        bits = self._bits.getrandbits(128)
        # Version 4, variant 1, as every client-side GUID parser expects.
        bits = bits & ~(0xF << 76) | (4 << 76)
        bits = bits & ~(3 << 62) | (2 << 62)
        digits = f"{bits:032x}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
