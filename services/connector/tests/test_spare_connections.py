"""Connections in Xero that no tenant needs are given back, whatever fails: they count towards the app's plan."""

from datetime import timedelta
from uuid import UUID

import pytest

from tieout_connector.connecting import Connections
from tieout_connector.connecting.consent_store import CHOICE_TERM, CONSENT_TERM
from tieout_schemas.platform import Connection
from tieout_testing.access_sweep import ANA
from tieout_testing.connector import ConnectorHarness
from tieout_testing.connector.harness import PLATFORM

pytestmark = [pytest.mark.real, pytest.mark.rule("CONN-2")]
A_MOMENT = timedelta(seconds=1)


async def returned(harness: ConnectorHarness, tenant_id: UUID, *org_ids: str, **form: str) -> None:
    """A person has consented to these, and is to choose."""
    back = await harness.consent(tenant_id, *org_ids, **form)
    await harness.connections.complete_consent(ANA, back["state"], back.get("code"), back.get("error"))


async def last_state(harness: ConnectorHarness, tenant_id: UUID) -> str:
    return [said.state for said in await harness.published(Connection) if said.tenant_id == tenant_id][-1]


async def test_a_later_consent_gives_back_what_the_one_before_made(harness: ConnectorHarness) -> None:
    tenant_id = await harness.tenant()
    kauri, rimu = [await harness.control.create_org(name) for name in ("Kauri Ltd", "Rimu Ltd")]
    await returned(harness, tenant_id, kauri)
    await returned(harness, tenant_id, rimu)
    assert await harness.standing() == ["Kauri Ltd", "Rimu Ltd"]

    await harness.connections.choose(ANA, tenant_id, UUID(rimu))

    assert await harness.standing() == ["Rimu Ltd"]


async def test_a_later_consent_that_is_denied_gives_it_back_too(harness: ConnectorHarness) -> None:
    tenant_id = await harness.tenant()
    await returned(harness, tenant_id, await harness.control.create_org())

    await returned(harness, tenant_id, decision="deny")

    assert await harness.standing() == []
    assert await last_state(harness, tenant_id) == "disconnected"
    assert await harness.sql("select count(*) from token_set") == [(0,)]


async def test_what_nobody_confirms_within_a_day_is_given_back(harness: ConnectorHarness) -> None:
    tenant_id = await harness.tenant()
    await returned(harness, tenant_id, await harness.control.create_org("Kauri Ltd"))
    harness.clock.ahead = CHOICE_TERM - timedelta(minutes=1)
    await harness.connections.tidy()
    assert await harness.standing() == ["Kauri Ltd"]
    assert await last_state(harness, tenant_id) == "choosing_org"

    harness.clock.ahead = CHOICE_TERM + A_MOMENT
    await harness.connections.tidy()

    assert await harness.standing() == []
    assert await last_state(harness, tenant_id) == "disconnected"
    assert await harness.sql("select count(*) from token_set") == [(0,)]


@pytest.mark.rule("CONN-1")
async def test_a_tenant_whose_consent_nobody_came_back_from_is_as_it_was(harness: ConnectorHarness) -> None:
    tenant_id = await harness.tenant()
    await harness.consent(tenant_id)
    await harness.connections.tidy()
    assert await last_state(harness, tenant_id) == "authorising"

    harness.clock.ahead = CONSENT_TERM + A_MOMENT
    await harness.connections.tidy()

    assert await last_state(harness, tenant_id) == "disconnected"
    assert await harness.sql("select count(*) from consent") == [(0,)]


@pytest.mark.rule("CONN-5")
async def test_a_disconnect_before_the_choice_gives_back_what_the_consent_made(harness: ConnectorHarness) -> None:
    tenant_id = await harness.tenant()
    await returned(harness, tenant_id, await harness.control.create_org(), await harness.control.create_org())

    await harness.connections.disconnect(ANA, tenant_id)

    assert await harness.standing() == []
    assert await harness.sql("select count(*) from token_set") == [(0,)]


@pytest.mark.rule("CONN-5")
async def test_what_xero_does_not_remove_is_tried_again_and_its_tokens_are_kept_until_then(
    harness: ConnectorHarness,
) -> None:
    tenant_id = await harness.connect()
    await harness.control.add_fault("503", times=2, path="/connections/", method="DELETE")
    await harness.connections.disconnect(ANA, tenant_id)
    assert await last_state(harness, tenant_id) == "disconnected"
    assert await harness.standing() == ["Kauri Ltd"]

    await harness.connections.tidy()
    harness.clock.ahead = timedelta(minutes=1, seconds=5)
    await harness.connections.tidy()
    harness.clock.ahead = timedelta(minutes=3, seconds=10)
    assert await harness.standing() == ["Kauri Ltd"]
    await harness.connections.tidy()

    assert await harness.standing() == []
    assert await harness.sql("select count(*) from token_set") == [(0,)]
    removals = await harness.control.calls(identity="true", path="/connections/")
    assert [call["status"] for call in removals] == [503, 503, 204]


async def test_what_a_process_that_died_left_is_given_back_by_another(
    harness: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant_id = await harness.tenant()
    wanted, spare = [await harness.control.create_org(name) for name in ("Kauri Ltd", "Rimu Ltd")]
    await returned(harness, tenant_id, wanted, spare)

    async def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(harness.connections._spare, "release", die)
    with pytest.raises(KeyboardInterrupt):
        await harness.connections.choose(ANA, tenant_id, UUID(wanted))
    assert await harness.standing() == ["Kauri Ltd", "Rimu Ltd"]

    await Connections(harness.database, harness.identity, harness.tokens, PLATFORM).tidy()

    assert await harness.standing() == ["Kauri Ltd"]


async def test_what_the_person_may_be_about_to_choose_for_another_tenant_is_kept_until_then(
    harness: ConnectorHarness,
) -> None:
    one, other = await harness.tenant(), await harness.tenant()
    kauri, rimu = [await harness.control.create_org(name) for name in ("Kauri Ltd", "Rimu Ltd")]
    await returned(harness, one, kauri, rimu)
    await returned(harness, other)

    await harness.connections.choose(ANA, one, UUID(kauri))
    await harness.connections.tidy()
    assert await harness.standing() == ["Kauri Ltd", "Rimu Ltd"]
    await harness.connections.disconnect(ANA, other)
    await harness.connections.tidy()

    assert await harness.standing() == ["Kauri Ltd"]


async def test_a_connection_that_is_used_again_is_kept(harness: ConnectorHarness) -> None:
    """Its removal failed, and the tenant was connected again through it."""
    tenant_id = await harness.connect()
    await harness.control.add_fault("503", times=1, path="/connections/", method="DELETE")
    await harness.connections.disconnect(ANA, tenant_id)

    await harness.connect(harness.org_id, tenant_id)
    harness.clock.ahead = timedelta(hours=1)
    await harness.connections.tidy()

    assert await harness.standing() == ["Kauri Ltd"]
    assert await harness.sql("select count(*) from spare_connection") == [(0,)]


async def test_where_the_consent_ended_nothing_is_left_to_give_back(harness: ConnectorHarness) -> None:
    tenant_id = await harness.connect()
    await harness.control.advance(timedelta(days=61))
    harness.clock.ahead = timedelta(days=61)

    await harness.connections.disconnect(ANA, tenant_id)

    assert await harness.sql("select count(*) from spare_connection") == [(0,)]
    assert await harness.sql("select count(*) from token_set") == [(0,)]
