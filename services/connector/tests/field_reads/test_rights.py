"""Whether a consent is lost is asked of Xero's list of connections, not guessed from a 401 or 403 (F13)."""

from datetime import timedelta

import pytest

from tieout_connector.gateway import reactions
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


async def told(stage: ConnectorHarness) -> list[tuple[str, str]]:
    return [(problem.code, problem.state) for problem in await stage.published(Problem)]


@pytest.mark.parametrize("status", [401, 403])
async def test_a_list_that_is_not_permitted_is_told_once_and_everything_else_goes_on(
    stage: ConnectorHarness, status: int
) -> None:
    org_id = await stage.control.create_org("Kauri Ltd")
    await stage.their_contact("Paper Ltd", org_id)
    await stage.control.switch_on("not-permitted", path="TaxRates", options={"status": status})
    await stage.connect(org_id)
    await stage.deliver(contact_intent("Kea"))

    async with stage.working():
        await stage.until(STATE, "connected")
        await stage.results(1)
        assert await told(stage) == [("not_permitted_in_xero", "open")]
        assert await stage.sql(f"select next_at > now() + interval '50 minutes' {FORBIDDEN}") == [(True,)]
        [run] = await stage.published(SyncRun)
        # Somebody gives the right.
        await stage.control.switch_off_oddities()
        await stage.sql("update feed set next_at = now(); update turn set next_at = now()")
        await stage.until(OPEN, 0)

    (problem, _) = await stage.published(Problem)
    assert problem.sentence == (
        "The person who connected the organisation to Xero is not permitted to read tax rates there."
    )
    assert "TaxRates" not in [one.resource for one in run.resources]
    assert "connection_lost" not in [connection.state for connection in await stage.published(Connection)]
    assert {"Paper Ltd", "Kea"} <= {contact.name for contact in await stage.published(XeroContact)}
    assert await stage.published(XeroTaxRate)


async def test_what_a_webhook_names_waits_while_it_is_not_permitted(stage: ConnectorHarness) -> None:
    await stage.connect_idle()
    contact = await stage.their_contact()
    await stage.control.switch_on("not-permitted", path="Contacts", times=1, options={"status": 403})
    await stage.ask(XeroKind.CONTACT, contact)

    async with stage.working(stage.process(permission_again_after=timedelta(seconds=1))):
        await stage.until("select count(*) from read_request", 0)

    assert await told(stage) == [("not_permitted_in_xero", "open")]
    assert [str(one.xero_id) for one in await stage.published(XeroContact)] == [contact]
    assert await stage.sql(STATE) == [("connected",)]


async def test_writes_that_one_right_forbids_wait_and_the_others_go(stage: ConnectorHarness) -> None:
    await stage.connect_idle()
    bill = await stage.their_bill(await stage.their_contact())
    await stage.control.switch_on("not-permitted", path="Payments", method="PUT", options={"status": 403})
    await stage.deliver(payment_intent(bill, amount="40.00"), payment_intent(bill, amount="50.00", reference="P-2"))

    async with stage.working():
        await stage.until(OPEN, 1)
        await stage.deliver(contact_intent("Kea"))
        (kea,) = await stage.results(1)
        asked = len(await stage.control.calls(path="Payments", method="PUT"))
        await stage.control.switch_off_oddities()
        await stage.sql("update paused_batch set until = now(); update turn set next_at = now()")
        results = await stage.results(3)
        await stage.until(OPEN, 0)

    assert kea.record.kind == "vendor"
    assert asked == 1
    assert {result.outcome for result in results} == {Outcome.DONE}
    assert await told(stage) == [("not_permitted_in_xero", "open"), ("not_permitted_in_xero", "closed")]
    assert sorted(payment["Amount"] for payment in await stage.xero("Payments")) == [40, 50]
    assert await stage.sql(STATE) == [("connected",)]


async def test_a_page_of_a_firewall_is_a_passing_fault(
    stage: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reactions, "backoff", lambda failures: timedelta(seconds=0.1))
    await stage.connect_idle()
    contact = await stage.their_contact()
    await stage.control.switch_on("firewall", path="Contacts", times=2)
    await stage.ask(XeroKind.CONTACT, contact)
    await stage.deliver(contact_intent("Kea"))

    async with stage.working():
        (result,) = await stage.results(1)
        await stage.until("select count(*) from read_request", 0)

    assert result.outcome is Outcome.DONE
    assert await told(stage) == []
    assert "connection_lost" not in [connection.state for connection in await stage.published(Connection)]


async def test_a_connection_that_is_gone_is_lost(stage: ConnectorHarness) -> None:
    await stage.connect_idle()
    await stage.control.disconnect(stage.org_id)
    await stage.deliver(contact_intent("Kea"))

    async with stage.working():
        await stage.until(STATE, "connection_lost")

    assert await told(stage) == []


async def test_while_the_connections_cannot_be_listed_nothing_is_concluded(
    stage: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reactions, "backoff", lambda failures: timedelta(seconds=0.1))
    await stage.connect_idle()
    await stage.control.switch_on("not-permitted", path="Contacts", times=1)
    await stage.control.add_fault("503", times=1, path="/connections", method="GET")
    await stage.deliver(contact_intent("Kea"))

    async def because() -> object:
        return (await stage.sql("select because from turn"))[0][0]

    async with stage.working():
        await wait_until(because, lambda found: "cannot be listed" in str(found), 10)
        (result,) = await stage.results(1)

    assert result.outcome is Outcome.DONE
    assert await stage.sql(STATE) == [("connected",)]


async def test_its_own_problem_comes_back_as_an_event_and_changes_nothing(stage: ConnectorHarness) -> None:
    """Seen to fail when it was copied as another service's: then it could never be closed here."""
    await stage.connect()
    await stage.control.switch_on("not-permitted", path="TaxRates")
    async with stage.working():
        await stage.until(OPEN, 1)
        await stage.sql("delete from problem")
        await stage.deliver(*await stage.published(Problem))
        await stage.sql("update feed set next_at = now(); update turn set next_at = now()")
        await stage.until(OPEN, 1)

    assert await stage.sql("select copied from problem") == [(False,)]
