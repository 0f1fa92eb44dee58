"""Tokens under an older key are rewritten with the newest one, so that the older key can be withdrawn.

A refresh writes with the newest key too, but tokens of a tenant that is disconnected are never refreshed.
"""

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog

from tieout_connector.connecting.token_cipher import TokenCipher
from tieout_connector.metrics import TOKEN_SETS
from tieout_kit.postgres import Database, Tx, queries
from tieout_kit.process import every

_SQL = queries.load("tieout_connector", "tokens.sql")

EVERY = timedelta(minutes=5)
PAGE = 200
"""Token sets of a transaction."""
UNREADABLE = "none"
"""The `key` of token sets that no configured key decrypts."""

log = structlog.get_logger(__name__)


async def run(database: Database, cipher: TokenCipher) -> None:
    """Rewrite tokens now and then, until cancelled. Several processes may do this at once."""
    await every(EVERY, lambda: rewrite(database, cipher))


async def rewrite(database: Database, cipher: TokenCipher) -> Counter[str]:
    """Rewrite all tokens under older keys. Returns how many token sets are now under each key, by its fingerprint.

    Token sets that are being refreshed are skipped: the refresh writes them with the newest key.
    """
    counts = Counter(dict.fromkeys((*cipher.fingerprints, UNREADABLE), 0))
    rewritten, after = 0, UUID(int=0)
    while True:
        async with database.transaction() as tx:
            rows = await tx.db.fetch(*_SQL["page"](after=after, most=PAGE))
            old = [row["id"] for row in rows if _key(cipher, row) not in (cipher.newest, None)]
            fresh = await _rewrite(tx, cipher, old) if old else frozenset()
        counts.update(cipher.newest if row["id"] in fresh else _key(cipher, row) or UNREADABLE for row in rows)
        rewritten += len(fresh)
        if len(rows) < PAGE:
            break
        after = rows[-1]["id"]
    for name, count in counts.items():
        TOKEN_SETS.labels(name).set(count)
    if rewritten:
        log.info("tokens were encrypted anew", token_sets=rewritten, key=cipher.newest)
    if counts[UNREADABLE]:
        log.error("no key of TIEOUT_TOKEN_KEY decrypts some tokens", token_sets=counts[UNREADABLE])
    return counts


async def _rewrite(tx: Tx, cipher: TokenCipher, ids: list[UUID]) -> frozenset[UUID]:
    rows = await tx.db.fetch(*_SQL["lock_free"](ids=ids))
    locked = [row["id"] for row in rows]
    access, refresh = (
        [cipher.encrypt(cipher.decrypt(row[name])) for row in rows] for name in ("access_token", "refresh_token")
    )
    await tx.db.execute(*_SQL["rewrite"](ids=locked, access_tokens=access, refresh_tokens=refresh))
    return frozenset(locked)


def _key(cipher: TokenCipher, row: Any) -> str | None:
    """The key of a token set; an older one if its two tokens were written with different keys."""
    access, refresh = (cipher.key_of(row[name]) for name in ("access_token", "refresh_token"))
    return max(access, refresh, key=cipher.fingerprints.index) if access and refresh else None
