"""Idempotency-Key: answers, also errors, are repeated for six minutes. Source: docs/xero.md 3.8, behaviour 41."""

from collections import deque
from typing import NamedTuple

from xero_sim.answers import TEXT, Answer

KEPT_SECONDS = 360.0
MAX_LENGTH = 128


class Kept(NamedTuple):
    """The first answer for a key, and the request that it answered."""

    request: bytes
    answer: Answer
    first_used: float


class Replies:
    """Answers by app and key."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Kept] = {}
        self._ages: deque[tuple[float, tuple[str, str]]] = deque()

    def look(self, app: str, key: str, request: bytes, now: float) -> Answer | None:
        """The answer to repeat, a refusal of the key, or None if the request is new."""
        if len(key) > MAX_LENGTH:
            return Answer(400, f"Idempotency Key must be at most {MAX_LENGTH} characters.".encode(), TEXT)
        self._forget(now)
        kept = self._kept.get((app, key))
        if kept is None:
            return None
        if kept.request != request:
            return Answer(400, f"Idempotency Key: {key} is used with a different request.".encode(), TEXT)
        return kept.answer

    def keep(self, app: str, key: str, request: bytes, answer: Answer, now: float) -> None:
        """Store the first answer for a key."""
        self._kept[app, key] = Kept(request, answer, now)
        self._ages.append((now, (app, key)))

    def _forget(self, now: float) -> None:
        while self._ages and now - self._ages[0][0] >= KEPT_SECONDS:
            _, key = self._ages.popleft()
            kept = self._kept.get(key)
            if kept and now - kept.first_used >= KEPT_SECONDS:
                del self._kept[key]
