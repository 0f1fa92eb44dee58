"""An event that a service cannot handle is a problem of its tenant until its dead letter is returned (SYS-2)."""

from collections.abc import Mapping
from uuid import UUID

import pytest
from aiokafka.structs import ConsumerRecord

from tieout_kit.events import Cause
from tieout_kit.kafka.batch import BatchHandler
from tieout_kit.problems import ProblemFilter, listing
from tieout_kit.records import Recheck, unhandled
from tieout_schemas.problem import Problem
from tieout_schemas.topics import PROBLEM, consumed_by
from tieout_testing.kafka import envelope_of

from .world import ADA, OTHER, TENANT, World, invoice

pytestmark = [pytest.mark.real, pytest.mark.rule("SYS-2")]
(INVOICES,) = (topic for topic in consumed_by("bills") if topic.name == "xero.invoice.v1")
ONE, TWO = UUID(int=1), UUID(int=2)
AS_SENT: Mapping[str, bytes] = {}


def unreadable(xero_id: UUID, tenant_id: UUID = TENANT, headers: Mapping[str, bytes] = AS_SENT) -> ConsumerRecord:
    """An invoice of Xero that says nothing."""
    good = dict(envelope_of(tenant_id, invoice(xero_id), 7).to_headers())
    return ConsumerRecord("t", 0, 0, 0, 0, b"key", b"{}", None, -1, 2, tuple({**good, **headers}.items()))


async def deliver(world: World, *records: ConsumerRecord) -> None:
    handlers = world.wired.handlers
    batches = BatchHandler(world.database, "bills", handlers, {topic.name: topic for topic in handlers.topics})
    await world.database.run(lambda tx: batches.handle(tx, [(INVOICES, each) for each in records], hold_back=True))


async def open_problems(world: World, tenant_id: UUID = TENANT) -> list[Problem]:
    async with world.database.transaction() as tx:
        return await listing.page(tx, tenant_id, ProblemFilter(), None, 100)


async def waiting(world: World) -> int:
    async with world.database.transaction() as tx:
        return int(await tx.db.fetchval("select count(*) from dead_letter where returned_at is null"))


async def test_it_is_told_by_the_name_of_its_record_once_for_each_record(plain: World) -> None:
    """Seen to fail: nobody but an operator could learn of it."""
    await deliver(plain, unreadable(ONE), unreadable(ONE), unreadable(TWO), unreadable(ONE, OTHER))

    first, second = sorted(await open_problems(plain), key=lambda problem: problem.params["id"])

    assert first.code == second.code == "not_taken_in"
    assert first.sentence == (
        f"A change of the invoice in Xero {ONE} has come but could not be taken in, so what is shown of it may be out "
        "of date."
    )
    assert second.params["id"] == str(TWO)
    assert len(await open_problems(plain, OTHER)) == 1


@pytest.mark.parametrize("retried", [False, True], ids=["by an operator", "by a person at the problem"])
async def test_it_closes_when_the_dead_letters_are_returned_and_opens_if_one_fails_again(
    plain: World, *, retried: bool
) -> None:
    await deliver(plain, unreadable(ONE), unreadable(TWO), unreadable(ONE, OTHER))
    (problem, _) = await open_problems(plain)

    if retried:
        again = Recheck(TENANT, problem.record.id, Cause.request(), ADA.sub)
        await plain.database.run(lambda tx: plain.wired.rechecks.by_kind[problem.record.kind](tx, [again]))
    else:
        await plain.database.run(lambda tx: unhandled.return_dead_letters(tx, TENANT, Cause.request()))

    assert not await open_problems(plain)
    assert len(await open_problems(plain, OTHER)) == await waiting(plain) == 1
    await deliver(plain, unreadable(TWO))
    assert [each.params["id"] for each in await open_problems(plain)] == [str(TWO)]


@pytest.mark.parametrize(
    "headers",
    [{"ce_tenantid": b"nobody"}, {"ce_sequence": b"x"}, {"ce_type": PROBLEM.payloads[0].ce_type.encode()}],
    ids=["of nobody", "without an envelope", "a problem"],
)
async def test_what_names_no_tenant_and_a_problem_itself_become_dead_letters_alone(
    plain: World, headers: dict[str, bytes]
) -> None:
    await deliver(plain, unreadable(ONE, headers=headers))

    assert await waiting(plain) == 1
    assert not await open_problems(plain)


async def test_odd_headers_do_not_keep_the_others_back(plain: World) -> None:
    odd = {"ce_subject": b"a\x00b", "ce_id": b"\x00", "ce_correlationid": b"\x00", "ce_traceparent": b"\x00" * 500}
    await deliver(plain, unreadable(ONE, headers=odd), unreadable(TWO, headers={"ce_type": b"\x00.odd"}))

    assert sorted(each.params["id"] for each in await open_problems(plain)) == [str(TWO), "a\\x00b"]
