"""A connected tenant may consent once more: it stays connected, and what waited for the consent goes on."""

import asyncio
from uuid import UUID

import pytest

from tieout_connector.connecting import ConsentResult, connection_store
from tieout_connector.kinds import LISTED
from tieout_connector.xero.scopes import SCOPES, Scope, cover
from tieout_schemas.platform import Connection
from tieout_schemas.problem import Problem
from tieout_schemas.signals import XeroKind
from tieout_schemas.writes import Outcome
from tieout_schemas.xero import XeroContact
from tieout_testing.access_sweep import ANA
from tieout_testing.connector import ConnectorHarness, contact_intent

pytestmark = [pytest.mark.real, pytest.mark.rule("CONN-6")]
STATE = "select state from connection"
OPEN = "select count(*) from problem where state = 'open'"


def without(*scopes: str) -> str:
    return " ".join(scope for scope in SCOPES.split() if scope not in scopes)


async def again(harness: ConnectorHarness, *org_ids: str, **form: str) -> ConsentResult:
    """A person of the connected tenant consents once more."""
    back = await harness.consent(harness.tenant_id, *org_ids, **form)
    return await harness.connections.complete_consent(ANA, back["state"], back.get("code"), back.get("error"))


async def states(harness: ConnectorHarness) -> set[str]:
    """The states since the test cleared the outbox."""
    return {said.state for said in await harness.published(Connection)}


async def imported(harness: ConnectorHarness) -> ConnectorHarness:
    """Connected, and everything is imported."""
    await harness.connect()
    async with harness.working():
        await harness.until(STATE, "connected")
    await harness.sql("delete from outbox")
    await harness.control.clear_ledger()
    return harness


async def test_the_tenant_stays_connected_and_nothing_is_imported_again(harness: ConnectorHarness) -> None:
    await imported(harness)
    before = await harness.sql("select listing, importing, since, next_at from feed where $1 order by 1", True)

    result = await again(harness, harness.org_id)

    assert (result.outcome, result.bound_to) == ("renewed", "Kauri Ltd")
    assert await harness.sql("select listing, importing, since, next_at from feed where $1 order by 1", True) == before
    assert await states(harness) == {"connected"}
    assert await harness.standing() == ["Kauri Ltd"]
    await harness.deliver(contact_intent("Kea"))
    async with harness.working():
        (written,) = await harness.results(1)
    assert written.outcome is Outcome.DONE


async def test_a_list_that_the_consent_did_not_cover_is_read_after_it_and_says_so_before(
    harness: ConnectorHarness,
) -> None:
    scope = without(Scope.SETTINGS)
    read = {listed.record.resource.name for listed in LISTED.values()}
    missing = [resource for resource in read if not cover(scope.split(), "GET", resource)]
    assert len(missing) > 2
    await harness.connect(scope=scope)
    async with harness.working():
        await harness.until(STATE, "connected")
        await harness.until(OPEN, len(missing))
        sentences = {problem.sentence for problem in await harness.published(Problem)}
        await again(harness, harness.org_id)
        await harness.until(OPEN, 0)

    assert "The consent that was given in Xero does not cover to read tax rates there." in sentences
    assert {problem.code for problem in await harness.published(Problem)} == {"scope_missing_in_xero"}
    assert await states(harness) == {"disconnected", "authorising", "choosing_org", "importing", "connected"}
    assert (await harness.sql("select count(*) from feed where trouble is not null or importing")) == [(0,)]


async def test_a_read_that_a_webhook_asked_for_and_the_consent_did_not_cover_is_made_after_it(
    harness: ConnectorHarness,
) -> None:
    await harness.connect(scope=without(Scope.CONTACTS))
    await harness.sql("delete from feed; update connection set state = 'connected'; update turn set open = true")
    await harness.ask(XeroKind.CONTACT, await harness.their_contact())
    async with harness.working():
        await harness.until(OPEN, 1)
        await again(harness, harness.org_id)
        await harness.until("select count(*) from read_request", 0)

    assert [contact.name for contact in await harness.published(XeroContact)] == ["Paper Ltd"]


@pytest.mark.rule("CONN-3")
async def test_another_organisation_is_refused_by_name_and_given_back(harness: ConnectorHarness) -> None:
    await imported(harness)
    before = await harness.sql("select xero_connection_id, token_set_id, org_id, state from connection")

    result = await again(harness, await harness.control.create_org("Rimu Ltd"), user="ben@example.com")

    assert (result.outcome, result.orgs, result.bound_to) == ("other_organisation", ("Rimu Ltd",), "Kauri Ltd")
    assert await harness.sql("select xero_connection_id, token_set_id, org_id, state from connection") == before
    assert await harness.standing("ben@example.com") == []
    assert await harness.standing() == ["Kauri Ltd"]
    assert await harness.sql("select count(*) from token_set") == [(1,)]
    assert await harness.published(Connection) == []


@pytest.mark.rule("CONN-1")
async def test_a_person_who_declines_changes_nothing(harness: ConnectorHarness) -> None:
    await imported(harness)

    result = await again(harness, decision="deny")

    assert result.outcome == "access_denied"
    assert await harness.published(Connection) == []
    assert await harness.sql(STATE) == [("connected",)]


async def test_another_person_takes_over_and_the_first_ones_connection_is_given_back(harness: ConnectorHarness) -> None:
    await imported(harness)

    await again(harness, harness.org_id, user="ben@example.com")
    await harness.deliver(contact_intent("Kea"))
    async with harness.working():
        (written,) = await harness.results(1)

    assert written.outcome is Outcome.DONE
    assert (await harness.standing(), await harness.standing("ben@example.com")) == ([], ["Kauri Ltd"])
    assert await harness.sql("select count(*) from token_set") == [(1,)]
    assert await states(harness) == {"connected"}


async def test_a_connection_lost_meanwhile_is_confirmed_again(harness: ConnectorHarness) -> None:
    await imported(harness)
    back = await harness.consent(harness.tenant_id, harness.org_id)
    await harness.sql("update connection set state = 'connection_lost'")

    result = await harness.connections.complete_consent(ANA, back["state"], back["code"], None)

    assert result.outcome == "choosing_org"
    await harness.connections.choose(ANA, harness.tenant_id, UUID(harness.org_id))
    assert await harness.sql(STATE) == [("importing",)]


async def test_while_xero_is_slow_the_tenants_connection_is_not_locked(harness: ConnectorHarness) -> None:
    """The gateway stores with each answer when the tenant was last synced, and holds its lease meanwhile."""
    await imported(harness)
    back = await harness.consent(harness.tenant_id, harness.org_id)
    await harness.control.add_fault("slow", times=1, path="connect/token", method="POST", seconds=6)

    coming = asyncio.create_task(harness.connections.complete_consent(ANA, back["state"], back["code"], None))
    mine = "database = (select oid from pg_database where datname = current_database())"
    await harness.until(f"select count(*) from pg_locks where locktype = 'advisory' and {mine}", 1)
    async with asyncio.timeout(4), harness.database.transaction() as tx:
        await connection_store.mark_synced(tx, harness.tenant_id)

    assert not coming.done()
    assert (await coming).outcome == "renewed"


async def test_a_narrower_consent_of_the_same_person_takes_nothing_from_their_other_tenants(
    harness: ConnectorHarness,
) -> None:
    await imported(harness)
    other = await harness.connect(await harness.control.create_org("Rimu Ltd"), scope=without(Scope.CONTACTS))

    await harness.deliver(contact_intent("Kea"))
    await harness.deliver(contact_intent("Tui"), tenant_id=other)
    async with harness.working():
        written = await harness.results(2)

    assert [result.outcome for result in written] == [Outcome.DONE, Outcome.DONE]
