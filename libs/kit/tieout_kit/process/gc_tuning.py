"""When Python looks for garbage: seldom enough for batches of hundreds of events."""

import gc

_YOUNG_OBJECTS = 600_000
"""Objects that must pile up before the youngest are looked through; 700 by default."""


def tune_gc() -> None:
    """Once per process, when all is imported and before it works."""
    # A batch of 500 events keeps some 100,000 objects until its commit, and none of them is garbage before; by default
    # they are looked through dozens of times, and now and then every module with them. That was a sixth of all work.
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS)
