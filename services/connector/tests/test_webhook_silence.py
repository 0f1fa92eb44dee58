"""A stopped subscription is noticed, told, and bridged by polls; it ends with the next event."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from prometheus_client import REGISTRY

from tieout_connector.inbound import webhook_health
from tieout_connector.inbound.webhook_health_rules import GRACE
from tieout_schemas.problem import Problem
from tieout_schemas.signals import Webhook
from tieout_testing.connector import ConnectorHarness, contact_intent, payment_intent

pytestmark = [pytest.mark.real, pytest.mark.rule("CONN-9")]
HOUR = timedelta(hours=1)


async def came(harness: ConnectorHarness, category: str = "CONTACT", org_id: str | None = None) -> None:
    """An event came, of a record that nobody looks at here."""
    await harness.deliver(
        Webhook(
            org_id=UUID(org_id or harness.org_id), category=category, resource_id=UUID(int=1), event_type="UPDATE",
            event_at=harness.clock(),
        )
    )  # fmt: skip


async def checked(harness: ConnectorHarness, after: timedelta = timedelta(0)) -> list[tuple[str, str, str]]:
    """The problems of webhooks that were published, as of a check some time later."""
    harness.clock.ahead += after
    await webhook_health.check(harness.database)
    told = [one for one in await harness.published(Problem) if one.record.kind == webhook_health.KIND]
    return [(one.code, one.params["what"], one.state) for one in told]


def gauge(category: str) -> float | None:
    return REGISTRY.get_sample_value("tieout_webhooks_silent", {"category": category})


async def write(harness: ConnectorHarness, *names: str) -> None:
    await harness.deliver(*map(contact_intent, names))
    async with harness.working():
        await harness.until("select count(*) from intent where state <> 'done'", 0)


async def poll(harness: ConnectorHarness) -> None:
    await harness.sql("update feed set next_at = now() - interval '1 second'; update turn set next_at = now()")
    async with harness.working():
        await harness.until("select count(*) from feed where importing or next_at <= now()", 0)


async def test_writes_without_echo_become_a_problem_that_the_next_event_closes(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    await write(harness, "Kea", "Tui")

    assert await checked(harness, GRACE - timedelta(minutes=1)) == []
    opened = ("webhooks_silent", "contacts", "open")
    assert await checked(harness, timedelta(minutes=1)) == [opened]
    assert await checked(harness) == [opened]
    assert gauge("CONTACT") == 1
    [problem] = await harness.published(Problem)
    assert "Xero has not told of changes of contacts" in problem.sentence
    assert "enabled again at developer.xero.com" in problem.how_to_fix

    await came(harness)
    assert await checked(harness) == [opened, ("webhooks_silent", "contacts", "closed")]
    assert gauge("CONTACT") == 0


async def test_an_echo_that_came_before_the_answer_was_stored_is_expected_no_more(
    harness: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    await harness.connect_idle()
    await harness.deliver(contact_intent("Kea"), contact_intent("Tui"))
    process, at = await harness.owner()
    real = process.api.call

    async def announced_at_once(*args: Any, **more: Any) -> Any:
        answer = await real(*args, **more)
        await came(harness)
        return answer

    monkeypatch.setattr(process.api, "call", announced_at_once)
    await harness.send(process, at)

    assert await checked(harness, HOUR) == []


async def test_one_lost_echo_is_no_silence_and_payments_need_have_none(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    bill = await harness.their_bill(await harness.their_contact())
    await harness.deliver(contact_intent("Kea"), *(payment_intent(bill, reference=f"P-{n}") for n in range(3)))
    async with harness.working():
        await harness.until("select count(*) from intent where state <> 'done'", 0)

    assert await checked(harness, HOUR) == []


async def test_changes_that_polls_find_tell_of_a_silence_only_where_events_came_before(
    harness: ConnectorHarness,
) -> None:
    await harness.connect()
    await poll(harness)
    await came(harness, "INVOICE")
    contact_id = await harness.their_contact("Kea")
    await harness.their_contact("Tui")
    harness.clock.ahead += timedelta(minutes=2)
    for _ in range(2):
        await harness.their_bill(contact_id)
    # Until Xero's stamps of these are later than the event, whatever its clock may be ahead.
    await harness.sql("update webhook_health set last_event_at = last_event_at - interval '3 minutes'")
    await poll(harness)

    assert await checked(harness, HOUR) == [("webhooks_silent", "invoices", "open")]


async def test_an_event_for_another_tenant_shows_that_the_subscription_works(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    other = await harness.control.create_org("Tui Ltd")
    await write(harness, "Kea", "Tui")
    await harness.connect(other, await harness.tenant(1))

    harness.clock.ahead += timedelta(minutes=10)
    await came(harness, org_id=other)

    assert await checked(harness, HOUR) == []
    # It starts anew: a single write more is no silence either.
    await harness.sql("delete from feed")
    await write(harness, "Moa")
    assert await checked(harness, HOUR) == []
    await write(harness, "Rata")
    assert await checked(harness, HOUR) == [("webhooks_silent", "contacts", "open")]


async def test_while_a_category_is_silent_its_list_is_polled_as_often_as_the_calls_allow(
    harness: ConnectorHarness,
) -> None:
    await harness.connect()
    await harness.sql("update connection set state = 'connected'; update feed set importing = false")
    await write(harness, "Kea", "Tui")
    await harness.sql("update feed set next_at = now() + interval '20 hours'")

    await checked(harness, HOUR)
    soon = "select listing from feed where next_at < now() + interval '66 minutes'"
    assert await harness.sql(soon) == [("Contacts",)]

    harness.clock.ahead = timedelta(0)
    await poll(harness)
    waits = dict(await harness.sql("select listing, extract(epoch from next_at - now())::float / 60 from feed"))
    assert waits["Contacts"] < 2
    assert waits["Invoices"] > 4
