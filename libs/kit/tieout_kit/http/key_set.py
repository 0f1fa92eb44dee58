"""The issuer's keys that sign tokens (JWKS), from a URL or a file, while the issuer adds and withdraws keys."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import jwt

from tieout_kit.errors import RetryLater

LIFESPAN = 300.0
"""Seconds for which fetched keys are good. A key that the issuer withdraws is refused after this time at the latest."""
PAUSE = 10.0
"""Seconds between two fetches, at least. Tokens that name unknown keys must not make us flood the issuer."""
FETCH_TIMEOUT = 5.0
"""Seconds for one fetch. Tokens whose key is known do not wait for it."""


class KeySet:
    """Finds a key by its id. An unknown id has the keys fetched again, in case the issuer has just added it."""

    def __init__(self, fetch: Callable[[], jwt.PyJWKSet], clock: Callable[[], float] = time.monotonic) -> None:
        """`fetch` blocks, and is called in a thread."""
        self._fetch = fetch
        self._clock = clock
        self._keys: dict[str, jwt.PyJWK] = {}
        self._good_until = self._next_fetch = clock()
        self._trouble: Exception | None = None
        self._fetching = asyncio.Lock()

    async def find(self, kid: str) -> jwt.PyJWK | None:
        """The key with this id; None: the issuer has no such key. Raises RetryLater if that cannot be told now."""
        if key := self._known(kid):
            return key
        async with self._fetching:
            if key := self._known(kid):
                return key
            if self._clock() >= self._next_fetch:
                await self._renew()
        if self._trouble:
            raise RetryLater(f"the keys that sign tokens cannot be fetched: {self._trouble}") from self._trouble
        return self._known(kid)

    def _known(self, kid: str) -> jwt.PyJWK | None:
        return self._keys.get(kid) if self._clock() < self._good_until else None

    async def _renew(self) -> None:
        try:
            keys = (await asyncio.to_thread(self._fetch)).keys
        except (jwt.PyJWTError, OSError, ValueError) as error:
            self._trouble = error
        else:
            self._trouble = None
            self._keys = {key.key_id: key for key in keys if key.key_id and key.public_key_use in ("sig", None)}
            self._good_until = self._clock() + LIFESPAN
        self._next_fetch = self._clock() + PAUSE


def from_location(jwks_url: str) -> Callable[[], jwt.PyJWKSet]:
    """Reads the keys at https://… or, as Kubernetes mounts them, file://…"""
    path = jwks_url.removeprefix("file://")
    if path != jwks_url:
        return lambda: jwt.PyJWKSet.from_json(Path(path).read_text())
    return jwt.PyJWKClient(jwks_url, cache_jwk_set=False, timeout=FETCH_TIMEOUT).get_jwk_set
