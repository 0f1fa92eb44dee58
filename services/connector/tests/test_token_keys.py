"""The keys that encrypt tokens at rest are changed without losing a token (docs/rotate-keys.md)."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from cryptography.fernet import Fernet

from tieout_connector.connecting import token_rewriting
from tieout_connector.connecting.token_cipher import KeyMissing, TokenCipher, fingerprint
from tieout_connector.connecting.tokens import TokenStore
from tieout_connector.metrics import TOKEN_SETS
from tieout_connector.xero.identity import Tokens
from tieout_kit.errors import RetryLater
from tieout_testing.connector import ConnectorHarness
from tieout_testing.kafka import running, wait_until

OLD, NEW, ANOTHER = (Fernet.generate_key().decode() for _ in range(3))


def store(harness: ConnectorHarness, *keys: str) -> TokenStore:
    return TokenStore(harness.database, harness.identity, ",".join(keys))


async def save(harness: ConnectorHarness, tokens: TokenStore, ids: Sequence[UUID]) -> None:
    far = harness.clock() + timedelta(hours=1)
    async with harness.database.transaction() as tx:
        for one in ids:
            await tokens.save(tx, one, Tokens(f"access {one}", f"refresh {one}", far))


async def read(harness: ConnectorHarness, tokens: TokenStore, one: UUID) -> tuple[str, str]:
    async with harness.database.transaction() as tx:
        stored = await tokens.stored(tx, one)
    return stored.access, stored.refresh


def under(*counts: tuple[str, int], unreadable: int = 0) -> dict[str, int]:
    return {fingerprint(key): count for key, count in counts} | {token_rewriting.UNREADABLE: unreadable}


def measured(key: str) -> float:
    return float(TOKEN_SETS.labels(key)._value.get())


@pytest.mark.parametrize("keys", ["", "too short", f"{OLD},"], ids=["none", "too short", "an empty one"])
def test_keys_that_are_none_are_refused_at_the_start(keys: str) -> None:
    with pytest.raises(ValueError, match="Fernet key"):
        TokenCipher(keys)


def test_the_first_key_encrypts_and_each_decrypts() -> None:
    before, during, after = TokenCipher(OLD), TokenCipher(f"{NEW}, {OLD}"), TokenCipher(NEW)

    assert during.decrypt(before.encrypt("kea")) == "kea"
    assert during.key_of(before.encrypt("kea")) == fingerprint(OLD)
    assert after.decrypt(during.encrypt("kea")) == "kea"
    assert after.key_of(before.encrypt("kea")) is None
    with pytest.raises(RetryLater, match="TIEOUT_TOKEN_KEY"):
        after.decrypt(before.encrypt("kea"))
    assert OLD not in str(during.fingerprints)


@pytest.mark.real
async def test_after_a_pass_no_token_needs_the_old_key(
    harness: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(token_rewriting, "PAGE", 2)
    ids = [uuid4() for _ in range(5)]
    await save(harness, store(harness, OLD), ids[:4])
    changing = store(harness, NEW, OLD)
    await save(harness, changing, ids[4:])

    counts = await token_rewriting.rewrite(harness.database, changing.cipher)

    assert counts == under((NEW, 5), (OLD, 0))
    assert (measured(fingerprint(OLD)), measured(fingerprint(NEW))) == (0, 5)
    for one in ids:
        assert await read(harness, store(harness, NEW), one) == (f"access {one}", f"refresh {one}")


@pytest.mark.real
async def test_a_token_that_is_being_refreshed_is_left_to_the_refresh(harness: ConnectorHarness) -> None:
    (one,) = ids = [uuid4()]
    await save(harness, store(harness, OLD), ids)
    changing = store(harness, NEW, OLD)

    async with harness.database.transaction() as tx:
        await tx.db.execute("select 1 from token_set for update")
        async with asyncio.timeout(5):
            counts = await token_rewriting.rewrite(harness.database, changing.cipher)

    assert counts == under((NEW, 0), (OLD, 1))
    assert await token_rewriting.rewrite(harness.database, changing.cipher) == under((NEW, 1), (OLD, 0))
    assert await read(harness, store(harness, NEW), one) == (f"access {one}", f"refresh {one}")


@pytest.mark.real
async def test_a_token_whose_key_is_missing_is_counted_and_not_touched(harness: ConnectorHarness) -> None:
    (one,) = ids = [uuid4()]
    await save(harness, store(harness, OLD), ids)

    counts = await token_rewriting.rewrite(harness.database, store(harness, NEW, ANOTHER).cipher)

    assert counts == under((NEW, 0), (ANOTHER, 0), unreadable=1)
    assert measured(token_rewriting.UNREADABLE) == 1
    with pytest.raises(KeyMissing):
        await read(harness, store(harness, NEW), one)
    assert await read(harness, store(harness, NEW, OLD), one) == (f"access {one}", f"refresh {one}")


@pytest.mark.real
async def test_a_key_taken_away_too_early_stops_no_process_and_loses_no_connection(harness: ConnectorHarness) -> None:
    """Seen to fail when a missing key was an unknown error: it ended the whole process."""
    await harness.connect()
    ((token_set_id,),) = await harness.sql("select id from token_set")
    hasty = store(harness, NEW)
    connections = type(harness.connections)(harness.database, harness.identity, hasty, "http://localhost:3000")
    await harness.sql(
        "insert into spare_connection (token_set_id, xero_connection_id, tenant_id, next_at) "
        f"select id, '{uuid4()}', '{harness.tenant_id}', now() - interval '1 day' from token_set"
    )

    TOKEN_SETS.labels(token_rewriting.UNREADABLE).set(0)
    before = await harness.sql("select state, lost_because from connection")

    async def unreadable() -> float:
        return measured(token_rewriting.UNREADABLE)

    async with running(connections.run()):
        await wait_until(unreadable, lambda count: count == 1, within=5)
        # What `run` repeats: it is tried again, as after any RetryLater.
        with pytest.raises(KeyMissing):
            await connections.tidy()
    with pytest.raises(KeyMissing):
        await hasty.access(token_set_id)

    assert await harness.sql("select state, lost_because from connection") == before
    back = await store(harness, NEW, harness.token_key).access(token_set_id)
    assert back == await harness.tokens.access(token_set_id)
