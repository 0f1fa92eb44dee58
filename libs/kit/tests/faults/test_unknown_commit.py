"""A commit whose answer never came: whether it came through is looked up, never guessed (docs/design.md, In)."""

import pytest

from tieout_kit.errors import RetryLater
from tieout_testing.kafka import running

from .cut_connection import Cut, proxy
from .ledger import account, applied_once
from .parts import loop, opened, relay, request, sweeper
from .world import World

pytestmark = [pytest.mark.real, pytest.mark.timeout(60)]


@pytest.mark.parametrize("cut", Cut)
async def test_a_batch_whose_commit_has_an_unknown_outcome_is_applied_once(small: World, cut: Cut) -> None:
    """Seen to fail when the loop kept its positions after RetryLater: the batch that was rolled back was lost; and
    when it handled the same batch again without comparing them: the one that was committed was doubled."""
    async with (
        opened(small.database) as straight,
        proxy(small.database) as cutting,
        opened(cutting.dsn) as database,
        running(loop(small, database).run(), relay(small, straight).run(), sweeper(straight).run()),
    ):
        await small.feed(20)
        await small.all_done()
        cutting.cuts += [cut, cut]
        await small.feed(20)
        await small.all_done()

    assert not cutting.cuts
    await account(small)


@pytest.mark.parametrize(("cut", "applied"), [(Cut.ANSWER, 1), (Cut.QUESTION, 0)])
async def test_a_request_whose_commit_has_an_unknown_outcome_is_not_done_again(
    small: World, cut: Cut, applied: int
) -> None:
    """Seen to fail when Database.run tried again after a lost connection: it was done twice."""
    async with proxy(small.database) as cutting, opened(cutting.dsn) as database:
        cutting.cuts.append(cut)
        with pytest.raises(RetryLater, match="Postgres is unavailable"):
            await request(small, database, "asked-once")

    await applied_once(small)
    assert len(await small.rows("select * from applied")) == applied
