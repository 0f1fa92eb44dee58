"""Lower-case GUIDs, quickly: a hundred thousand of them are made in one seed."""

import random
import re

ZERO_GUID = "00000000-0000-0000-0000-000000000000"
_GUID = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")


class Ids:
    """A source of GUIDs; with a seed it always makes the same ones."""

    def __init__(self, seed: str | None = None) -> None:
        # Seeded from the system without one: unlike SystemRandom this can be saved with the world (keeping.py).
        self._bits = random.Random(seed)  # noqa: S311

    def __call__(self) -> str:
        bits = self._bits.getrandbits(128)
        # Version 4, variant 1, as every client-side GUID parser expects.
        bits = bits & ~(0xF << 76) | (4 << 76)
        bits = bits & ~(3 << 62) | (2 << 62)
        digits = f"{bits:032x}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def is_guid(text: object) -> bool:
    """True for a GUID in Xero's own spelling, any case."""
    return isinstance(text, str) and _GUID.match(text.lower()) is not None
