"""Token buckets, one for each caller: a full one holds a minute's requests, and is filled evenly.

Pure: the time is given. Stored is only when each bucket will be full again (the "generic cell rate algorithm").
"""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

MINUTE_NS = 60 * 10**9


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a request."""

    allowed: bool
    left: int
    """Requests that may follow at once."""
    wait_ns: int
    """Until the next request is allowed; 0: it is allowed now."""


class Buckets:
    """The buckets of all callers. A bucket that is not stored is full."""

    def __init__(self, a_minute: int, most: int) -> None:
        """`most`: buckets that are kept. With more callers, the one that asked longest ago is forgotten."""
        self._interval = MINUTE_NS // a_minute
        self._capacity = self._interval * a_minute
        self._most = most
        self._full_at: OrderedDict[Hashable, int] = OrderedDict()

    def __len__(self) -> int:
        return len(self._full_at)

    def take(self, key: Hashable, now_ns: int) -> Taken:
        """Take one request from a caller's bucket. A refused request takes nothing."""
        missing = max(self._full_at.get(key, now_ns) - now_ns, 0)
        allowed = missing + self._interval <= self._capacity
        if allowed:
            missing += self._interval
            self._full_at[key] = now_ns + missing
        # Whoever is refused has asked too, and must not be forgotten for it.
        self._full_at.move_to_end(key)
        if len(self._full_at) > self._most:
            self._full_at.popitem(last=False)
        room = self._capacity - missing
        return Taken(allowed, room // self._interval, max(self._interval - room, 0))
