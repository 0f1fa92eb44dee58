"""Whether a consent is lost is asked of Xero's list of connections, not guessed from a 401 or 403 (F13)."""

from datetime import timedelta

import pytest

from tieout_schemas.platform import Connection
from tieout_schemas.problem import Problem
from tieout_schemas.runs import SyncRun
from tieout_schemas.signals import XeroKind
from tieout_schemas.writes import Outcome
from tieout_schemas.xero import XeroContact, XeroTaxRate
from tieout_testing.connector import ConnectorHarness, contact_intent, payment_intent
from tieout_testing.kafka import wait_until

pytestmark = [pytest.mark.real, pytest.mark.field("F13")]
STATE = "select state from connection"
FORBIDDEN = "from feed where trouble = 'not_permitted'"
OPEN = "select count(*) from problem where state = 'open'"


async def told(harness: ConnectorHarness) -> list[tuple[str, str]]:
    return [(problem.code, problem.state) for problem in await harness.published(Problem)]


@pytest.mark.parametrize("status", [401, 403])
async def test_a_list_that_is_not_permitted_is_told_once_and_everything_else_goes_on(
    harness: ConnectorHarness, status: int
) -> None:
    org_id = await harness.control.create_org("Kauri Ltd")
    await harness.their_contact("Paper Ltd", org_id)
    await harness.control.switch_on("not-permitted", path="TaxRates", options={"status": status})
    await harness.connect(org_id)
    await harness.deliver(contact_intent("Kea"))

    async with harness.working():
        await harness.until(STATE, "connected")
        await harness.results(1)
        assert await told(harness) == [("not_permitted_in_xero", "open")]
        assert await harness.sql(f"select next_at > now() + interval '50 minutes' {FORBIDDEN}") == [(True,)]
        [run] = await harness.published(SyncRun)
        # Somebody gives the right.
        await harness.control.switch_off_oddities()
        await harness.sql("update feed set next_at = now(); update turn set next_at = now()")
        await harness.until(OPEN, 0)

    (problem, _) = await harness.published(Problem)
    assert problem.sentence == (
        "The person who connected the organisation to Xero is not permitted to read tax rates there."
    )
    assert "TaxRates" not in [one.resource for one in run.resources]
    assert "connection_lost" not in [connection.state for connection in await harness.published(Connection)]
    assert {"Paper Ltd", "Kea"} <= {contact.name for contact in await harness.published(XeroContact)}
    assert await harness.published(XeroTaxRate)


async def test_what_a_webhook_names_waits_while_it_is_not_permitted(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    contact = await harness.their_contact()
    await harness.control.switch_on("not-permitted", path="Contacts", times=1, options={"status": 403})
    await harness.ask(XeroKind.CONTACT, contact)

    async with harness.working(harness.process(permission_again_after=timedelta(seconds=1))):
        await harness.until("select count(*) from read_request", 0)

    assert await told(harness) == [("not_permitted_in_xero", "open")]
    assert [str(one.xero_id) for one in await harness.published(XeroContact)] == [contact]
    assert await harness.sql(STATE) == [("connected",)]


async def test_writes_that_one_right_forbids_wait_and_the_others_go(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    bill = await harness.their_bill(await harness.their_contact())
    await harness.control.switch_on("not-permitted", path="Payments", method="PUT", options={"status": 403})
    await harness.deliver(payment_intent(bill, amount="40.00"), payment_intent(bill, amount="50.00", reference="P-2"))

    async with harness.working():
        await harness.until(OPEN, 1)
        await harness.deliver(contact_intent("Kea"))
        (kea,) = await harness.results(1)
        asked = len(await harness.control.calls(path="Payments", method="PUT"))
        await harness.control.switch_off_oddities()
        await harness.sql("update paused_batch set until = now(); update turn set next_at = now()")
        results = await harness.results(3)
        await harness.until(OPEN, 0)

    assert kea.record.kind == "vendor"
    assert asked == 1
    assert {result.outcome for result in results} == {Outcome.DONE}
    assert await told(harness) == [("not_permitted_in_xero", "open"), ("not_permitted_in_xero", "closed")]
    assert sorted(payment["Amount"] for payment in await harness.xero("Payments")) == [40, 50]
    assert await harness.sql(STATE) == [("connected",)]


async def test_a_page_of_a_firewall_is_a_passing_fault(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    contact = await harness.their_contact()
    await harness.control.switch_on("firewall", path="Contacts", times=2)
    await harness.ask(XeroKind.CONTACT, contact)
    await harness.deliver(contact_intent("Kea"))

    async with harness.working(harness.process(first_backoff=timedelta(seconds=0.1))):
        (result,) = await harness.results(1)
        await harness.until("select count(*) from read_request", 0)

    assert result.outcome is Outcome.DONE
    assert await told(harness) == []
    assert "connection_lost" not in [connection.state for connection in await harness.published(Connection)]


async def test_a_connection_that_is_gone_is_lost(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    await harness.control.disconnect(harness.org_id)
    await harness.deliver(contact_intent("Kea"))

    async with harness.working():
        await harness.until(STATE, "connection_lost")

    assert await told(harness) == []


async def test_while_the_connections_cannot_be_listed_nothing_is_concluded(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    await harness.control.switch_on("not-permitted", path="Contacts", times=1)
    await harness.control.add_fault("503", times=1, path="/connections", method="GET")
    await harness.deliver(contact_intent("Kea"))

    async def because() -> object:
        return (await harness.sql("select because from turn"))[0][0]

    async with harness.working(harness.process(first_backoff=timedelta(seconds=0.1))):
        await wait_until(because, lambda found: "cannot be listed" in str(found), 10)
        (result,) = await harness.results(1)

    assert result.outcome is Outcome.DONE
    assert await harness.sql(STATE) == [("connected",)]


async def test_its_own_problem_comes_back_as_an_event_and_changes_nothing(harness: ConnectorHarness) -> None:
    """Seen to fail when it was copied as another service's: then it could never be closed here."""
    await harness.connect()
    await harness.control.switch_on("not-permitted", path="TaxRates")
    async with harness.working():
        await harness.until(OPEN, 1)
        await harness.sql("delete from problem")
        await harness.deliver(*await harness.published(Problem))
        await harness.sql("update feed set next_at = now(); update turn set next_at = now()")
        await harness.until(OPEN, 1)

    assert await harness.sql("select copied from problem") == [(False,)]
