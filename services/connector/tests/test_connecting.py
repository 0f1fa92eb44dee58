"""Consent, choice, disconnect, and a lost consent (CONN-1 to CONN-6)."""

import asyncio
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import pytest
from structlog.testing import capture_logs

from tieout_connector.connecting.consent_store import CONSENT_TERM
from tieout_connector.xero.identity import Tokens
from tieout_kit.errors import Clash, NotFound, Refused, RetryLater
from tieout_schemas.platform import Connection
from tieout_schemas.writes import Outcome
from tieout_testing.access_sweep import ANA
from tieout_testing.connector import ConnectorHarness, contact_intent

pytestmark = pytest.mark.real


async def states(harness: ConnectorHarness, tenant_id: UUID) -> list[str]:
    return [said.state for said in await harness.published(Connection) if said.tenant_id == tenant_id]


@pytest.mark.rule("CONN-1")
async def test_the_consent_page_is_asked_with_state_and_pkce(harness: ConnectorHarness) -> None:
    tenant_id = await harness.tenant()

    first, second = [urlsplit(await harness.connections.start_consent(ANA, tenant_id, None)) for _ in range(2)]

    asked = parse_qs(first.query)
    assert first.path == "/identity/connect/authorize"
    assert (asked["response_type"], asked["code_challenge_method"]) == (["code"], ["S256"])
    assert len(asked["state"][0]) >= 32
    assert asked["state"] != parse_qs(second.query)["state"]
    assert asked["code_challenge"] != parse_qs(second.query)["code_challenge"]
    assert "offline_access" in asked["scope"][0]


@pytest.mark.parametrize("state", ["", "x", "' or 1=1 --"])
async def test_an_unknown_state_is_refused(harness: ConnectorHarness, state: str) -> None:
    with pytest.raises(NotFound):
        await harness.connections.complete_consent(ANA, state, "code", None)


async def test_a_state_is_good_once_and_for_half_an_hour(harness: ConnectorHarness) -> None:
    tenant_id, org_id = await harness.tenant(), await harness.control.create_org()
    back = await harness.consent(tenant_id, org_id)
    await harness.connections.complete_consent(ANA, back["state"], back["code"], None)
    with pytest.raises(NotFound):
        await harness.connections.complete_consent(ANA, back["state"], back["code"], None)

    late = await harness.consent(tenant_id, org_id)
    harness.clock.ahead = CONSENT_TERM + timedelta(seconds=1)
    with pytest.raises(NotFound):
        await harness.connections.complete_consent(ANA, late["state"], late["code"], None)


async def test_the_state_of_an_abandoned_try_is_good_no_more(harness: ConnectorHarness) -> None:
    tenant_id, org_id = await harness.tenant(), await harness.control.create_org()
    abandoned = await harness.consent(tenant_id, org_id)
    await harness.consent(tenant_id, org_id)

    with pytest.raises(NotFound):
        await harness.connections.complete_consent(ANA, abandoned["state"], abandoned["code"], None)


@pytest.mark.rule("CONN-1")
async def test_a_denied_consent_leaves_the_tenant_as_it_was_and_says_so(harness: ConnectorHarness) -> None:
    tenant_id = await harness.tenant()
    await harness.consent(tenant_id, decision="deny")
    denied = await harness.consent(tenant_id, decision="deny")

    back = await harness.connections.complete_consent(ANA, denied["state"], None, denied["error"])

    assert back.outcome == "access_denied"
    assert await states(harness, tenant_id) == ["disconnected", "authorising", "authorising", "disconnected"]


async def test_a_code_xero_refuses_is_said_and_one_it_cannot_answer_may_be_tried_again(
    harness: ConnectorHarness,
) -> None:
    tenant_id, org_id = await harness.tenant(), await harness.control.create_org()
    back = await harness.consent(tenant_id, org_id)
    there = harness.identity._identity
    harness.identity._identity = "http://127.0.0.1:1"
    with pytest.raises(RetryLater):
        await harness.connections.complete_consent(ANA, back["state"], back["code"], None)
    harness.identity._identity = there

    with pytest.raises(Refused, match="start again"):
        await harness.connections.complete_consent(ANA, back["state"], "another code", None)
    assert (
        await harness.connections.complete_consent(ANA, back["state"], back["code"], None)
    ).outcome == "choosing_org"


async def test_a_wrong_secret_of_the_app_is_in_the_log(harness: ConnectorHarness) -> None:
    tenant_id, org_id = await harness.tenant(), await harness.control.create_org()
    back = await harness.consent(tenant_id, org_id)
    harness.identity._secret = "wrong"

    with capture_logs() as logged, pytest.raises(RetryLater):
        await harness.connections.complete_consent(ANA, back["state"], back["code"], None)

    assert [(line["event"], line["error"]) for line in logged] == [
        ("a consent cannot be taken yet", "the token endpoint answered 400: invalid_client")
    ]


@pytest.mark.rule("CONN-2")
async def test_nothing_is_read_before_an_org_is_chosen_and_spare_ones_are_released(harness: ConnectorHarness) -> None:
    tenant_id = await harness.tenant()
    wanted, spare = [await harness.control.create_org(name) for name in ("Kauri Ltd", "Rimu Ltd")]
    back = await harness.consent(tenant_id, wanted, spare)
    async with harness.working():
        await harness.connections.complete_consent(ANA, back["state"], back["code"], None)
        assert await harness.control.calls() == []
        assert len(await harness.standing()) == 2
        with pytest.raises(NotFound):
            await harness.connections.choose(ANA, tenant_id, uuid4())

        await harness.connections.choose(ANA, tenant_id, UUID(wanted))
        await harness.until("select state from connection", "connected")

    assert len(await harness.standing()) == 1
    assert await harness.control.calls(tenant=spare) == []


@pytest.mark.rule("CONN-2")
async def test_an_org_of_another_tenant_is_refused_and_its_connection_is_not_released(
    harness: ConnectorHarness,
) -> None:
    await harness.connect()
    other, free = await harness.tenant(), await harness.control.create_org("Rimu Ltd")
    back = await harness.consent(other, harness.org_id, free)
    await harness.connections.complete_consent(ANA, back["state"], back["code"], None)

    with pytest.raises(Clash, match="Kauri Ltd is bound to another tenant"):
        await harness.connections.choose(ANA, other, UUID(harness.org_id))
    await harness.connections.choose(ANA, other, UUID(free))

    assert len(await harness.standing()) == 2


async def test_of_two_tenants_that_choose_an_org_at_once_one_is_refused(harness: ConnectorHarness) -> None:
    org_id = await harness.control.create_org("Kauri Ltd")
    tenants = [await harness.tenant(), await harness.tenant()]
    for tenant_id in tenants:
        back = await harness.consent(tenant_id, org_id)
        await harness.connections.complete_consent(ANA, back["state"], back["code"], None)

    chosen = [harness.connections.choose(ANA, tenant_id, UUID(org_id)) for tenant_id in tenants]
    outcomes = await asyncio.gather(*chosen, return_exceptions=True)

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Clash", "StoredConnection"]


async def test_what_another_consent_made_is_not_released(harness: ConnectorHarness) -> None:
    one, other = await harness.tenant(), await harness.tenant()
    kauri, rimu = [await harness.control.create_org(name) for name in ("Kauri Ltd", "Rimu Ltd")]
    first = await harness.consent(one, kauri, rimu)
    await harness.connections.complete_consent(ANA, first["state"], first["code"], None)
    # This one adds none: all of the person's are offered.
    second = await harness.consent(other)
    await harness.connections.complete_consent(ANA, second["state"], second["code"], None)

    await harness.connections.choose(ANA, other, UUID(rimu))

    assert len(await harness.standing()) == 2
    await harness.connections.choose(ANA, one, UUID(kauri))


@pytest.mark.rule("CONN-3")
async def test_another_org_after_the_binding_is_refused_by_name(harness: ConnectorHarness) -> None:
    tenant_id = await harness.connect()
    await harness.connections.disconnect(ANA, tenant_id)

    with pytest.raises(Clash, match="bound to Kauri Ltd"):
        await harness.connect(await harness.control.create_org("Rimu Ltd"), tenant_id)
    await harness.connect(harness.org_id, tenant_id)


@pytest.mark.rule("CONN-5")
async def test_disconnect_drops_connection_and_tokens_and_holds_writes_until_reconnected(
    harness: ConnectorHarness,
) -> None:
    tenant_id = await harness.connect()
    async with harness.working():
        await harness.until("select state from connection", "connected")
        await harness.connections.disconnect(ANA, tenant_id)
        assert len(await harness.standing()) == 0
        assert await harness.sql("select count(*) from token_set") == [(0,)]
        await harness.deliver(contact_intent("Kea"))

        await harness.connect(harness.org_id, tenant_id)
        (result,) = await harness.results(1)
        await harness.until("select state from connection", "connected")

    assert result.outcome is Outcome.DONE
    assert (await states(harness, tenant_id))[-5:] == [
        "disconnected", "authorising", "choosing_org", "importing", "connected",
    ]  # fmt: skip


async def test_tokens_that_another_tenant_uses_are_kept(harness: ConnectorHarness) -> None:
    one = await harness.connect()
    other = await harness.connect(await harness.control.create_org("Rimu Ltd"))

    await harness.connections.disconnect(ANA, one)

    assert await harness.sql("select count(*) from token_set") == [(1,)]
    assert (await states(harness, other))[-1] == "importing"


@pytest.mark.rule("CONN-6")
@pytest.mark.parametrize("how", ["disconnected in Xero", "invalid_grant"])
async def test_a_lost_consent_is_said_while_others_go_on_and_reconnecting_resumes(
    harness: ConnectorHarness, how: str
) -> None:
    await harness.connect_idle()
    other = await harness.connect(await harness.control.create_org("Tui Ltd"), user="ben@example.com")
    await harness.sql("delete from feed; update connection set state = 'connected'")
    if how == "invalid_grant":
        ((mine,),) = await harness.sql("select token_set_id from connection where tenant_id = $1", harness.tenant_id)
        good = await harness.tokens.access(mine)
        async with harness.database.transaction() as tx:
            await harness.tokens.save(tx, mine, Tokens(good.access, "worn out", tx.now))
    else:
        await harness.control.disconnect(harness.org_id)
    await harness.deliver(contact_intent("Kea"))
    await harness.deliver(contact_intent("Tui"), tenant_id=other)

    async with harness.working():
        await harness.until(f"select state from connection where tenant_id = '{harness.tenant_id}'", "connection_lost")
        await harness.results(1)
        assert (await states(harness, harness.tenant_id))[-1] == "connection_lost"
        assert await harness.sql("select state from intent where tenant_id = $1", harness.tenant_id) == [("queued",)]

        await harness.connect(harness.org_id, harness.tenant_id)
        await harness.results(2)

    assert [c["Name"] for c in await harness.xero("Contacts")] == ["Kea"]
