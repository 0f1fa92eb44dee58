"""Settings over HTTP, on a real Postgres: changed by one, refused to the next, remembered (MAP-5, MAP-10)."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio

from tieout_connector.api import settings as api_settings
from tieout_connector.choices import chart_of_accounts
from tieout_kit.clock import utc_now
from tieout_kit.http.app import make_app
from tieout_kit.http.auth import Keys
from tieout_local import keys as local
from tieout_schemas.payload import RecordRef
from tieout_schemas.problem import Problem, ProblemState
from tieout_schemas.reasons import Reason
from tieout_schemas.settings import Choices, TenantSettings
from tieout_schemas.xero import XeroAccount
from tieout_testing.access_sweep import nothing_closed
from tieout_testing.connector import ConnectorHarness

pytestmark = pytest.mark.real


class Page:
    """The settings page of one tenant, and those who use it."""

    def __init__(
        self, harness: ConnectorHarness, http: httpx.AsyncClient, keys: local.SigningKeys, tenant_id: UUID
    ) -> None:
        self.harness, self.http, self.keys, self.tenant_id = harness, http, keys, tenant_id
        self.url = f"/tenants/{tenant_id}/settings"

    async def change(self, version: int, by: str = "ana", **changes: Any) -> httpx.Response:
        body = {"version": version, "changes": changes}
        return await self.http.patch(self.url, json=body, headers=self._token(by))

    async def see(self, path: str = "", **params: Any) -> Any:
        answer = await self.http.get(self.url + path, params=params, headers=self._token("ana"))
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def preview(self, **changes: Any) -> httpx.Response:
        return await self.http.post(f"{self.url}/preview", json={"changes": changes}, headers=self._token("ana"))

    async def read_chart(self, *accounts: tuple[str, str]) -> list[str]:
        """The chart of accounts is read from Xero. Returns the accounts' ids."""
        read = [
            XeroAccount(
                xero_id=uuid4(), code=code, name=f"A {code}", active=True, type=kind, takes_payments=kind == "BANK"
            )
            for code, kind in accounts
        ]
        async with self.harness.database.transaction() as tx:
            await chart_of_accounts.save(tx, self.tenant_id, read)
        return [str(each.xero_id) for each in read]

    def _token(self, by: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.keys.token(by, [str(self.tenant_id)], ('admin',))}"}


@pytest_asyncio.fixture
async def page(harness: ConnectorHarness, signing: local.SigningKeys) -> AsyncIterator[Page]:
    app = make_app("connector", "", Keys(signing.jwks_url, local.ISSUER), nothing_closed)
    app.state.database = harness.api_database
    app.include_router(api_settings.router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://us") as http:
        yield Page(harness, http, signing, await harness.tenant())


@pytest.mark.rule("MAP-5")
async def test_a_change_is_kept_said_and_remembered(page: Page) -> None:
    first = await page.change(0, items=False, conflicts="ask")
    second = await page.change(1, "ben", items=True)

    assert (first.status_code, second.status_code) == (200, 200)
    kept = await page.see()
    assert kept == second.json()
    assert (kept["version"], kept["items"], kept["conflicts"], kept["invoices"]) == (2, True, "ask", True)
    said = await page.harness.published(TenantSettings)
    assert [(one.version, one.items, one.conflicts) for one in said] == [
        (0, True, "latest"), (1, False, "ask"), (2, True, "ask"),
    ]  # fmt: skip
    history = (await page.see("/history"))["items"]
    assert [(v["version"], v["by"], v["changes"]) for v in history] == [
        (2, "ben", [{"setting": "items", "from": False, "to": True}]),
        (1, "ana", [
            {"setting": "items", "from": True, "to": False}, {"setting": "conflicts", "from": "latest", "to": "ask"},
        ]),
    ]  # fmt: skip


@pytest.mark.rule("MAP-5")
async def test_the_same_values_again_make_no_version_and_say_nothing(page: Page) -> None:
    once = await page.change(0, items=False)

    again = await page.change(0, items=False)

    assert (again.status_code, again.json()) == (200, once.json())
    assert [one.version for one in await page.harness.published(TenantSettings)] == [0, 1]
    assert len((await page.see("/history"))["items"]) == 1


@pytest.mark.rule("MAP-10")
async def test_of_two_who_change_settings_at_once_the_second_is_told_what_changed(page: Page) -> None:
    answers = await asyncio.gather(
        *(page.change(0, by, poll_every_minutes=minutes) for by, minutes in (("ana", 10), ("ben", 20), ("eva", 30)))
    )

    [won] = [a.json() for a in answers if a.status_code == 200]
    lost = [a.json() for a in answers if a.status_code == 409]
    assert len(lost) == 2
    kept = await page.see()
    assert (kept["version"], kept["poll_every_minutes"]) == (1, won["poll_every_minutes"])
    [version] = (await page.see("/history"))["items"]
    assert version.pop("released") == {}
    assert [refused["since"] for refused in lost] == [[version], [version]]
    assert all(f"{version['by']} changed poll_every_minutes from null to" in refused["title"] for refused in lost)
    assert [one.version for one in await page.harness.published(TenantSettings)] == [0, 1]


@pytest.mark.rule("MAP-10")
@pytest.mark.parametrize("version", [1, 7, 10**30])
async def test_a_version_that_never_was_is_refused(page: Page, version: int) -> None:
    refused = await page.change(version, items=False)

    assert (refused.status_code, refused.json()["since"]) == (409, [])


@pytest.mark.rule("MAP-5")
async def test_what_is_refused_changes_nothing_and_names_the_field(page: Page) -> None:
    refused = await page.change(0, items=False, poll_every_minutes=3)

    assert refused.status_code == 422
    told = "poll_every_minutes takes 5 to 1440, or null, not 3"
    assert refused.json()["title"] == told
    assert refused.json()["errors"] == [{"field": "changes.poll_every_minutes", "message": told}]
    assert (await page.see())["version"] == 0


@pytest.mark.rule("MAP-1")
@pytest.mark.rule("MAP-2")
async def test_an_account_is_chosen_once_the_chart_was_read(page: Page) -> None:
    early = await page.change(0, payment_account="090")
    bank, expenses = await page.read_chart(("090", "BANK"), ("429", "EXPENSE"))

    wrong = await page.change(0, payment_account="429")
    right = await page.change(0, payment_account="090", default_expense_account="429")

    assert (early.status_code, wrong.status_code, right.status_code) == (422, 422, 200)
    assert "before the organisation is connected" in early.json()["title"]
    assert wrong.json()["title"].endswith("payment_account takes 090 A 090")
    assert (right.json()["payment_account"], right.json()["default_expense_account"]) == (bank, expenses)


@pytest.mark.field("F28")
async def test_an_account_without_a_code_is_offered_and_chosen_by_its_id(page: Page) -> None:
    [bank] = await page.read_chart(("", "BANK"))
    choices = {one["setting"]: one for one in await page.see("/choices")}

    chosen = await page.change(0, payment_account=choices["payment_account"]["accounts"][0]["xero_id"])

    assert chosen.json()["payment_account"] == bank
    [*_, published] = await page.harness.published(TenantSettings)
    assert str(published.payment_account) == bank


@pytest.mark.rule("MAP-2")
async def test_the_chart_that_settings_are_checked_against_is_the_one_xero_has(page: Page) -> None:
    harness = page.harness
    await harness.connect(tenant_id=page.tenant_id)
    async with harness.working():
        await harness.until("select state from connection", "connected")
    there = {a["Code"] for a in await harness.xero("Accounts") if a["Type"] == "BANK" and a["Status"] == "ACTIVE"}

    choices = {one["setting"]: one for one in await page.see("/choices")}

    assert {a["code"] for a in choices["clearing_account"]["accounts"]} == there
    code = choices["clearing_account"]["accounts"][0]["code"]
    assert (await page.change(0, clearing_account=code)).status_code == 200
    assert (await page.change(1, clearing_account="nowhere")).status_code == 422


@pytest.mark.rule("MAP-5")
async def test_every_setting_is_described_with_what_is_chosen(page: Page) -> None:
    await page.change(0, conflicts="ask")

    choices = {one["setting"]: one for one in await page.see("/choices")}

    assert list(choices) == list(Choices.model_fields)
    one = choices["conflicts"]
    assert (one["default"], one["chosen"], one["allowed"]) == ("latest", "ask", "latest, platform, xero or ask")
    assert one["value_schema"]["$defs"]["ConflictPolicy"]["enum"] == ["latest", "platform", "xero", "ask"]
    assert all(one["description"].endswith(".") for one in choices.values())
    assert [name for name, one in choices.items() if one["accounts"] is not None] == [
        "payment_account", "clearing_account", "default_expense_account",
    ]  # fmt: skip


async def test_history_is_read_page_by_page(page: Page) -> None:
    for version in range(5):
        await page.change(version, items=bool(version % 2))

    seen, after = [], None
    while True:
        found = await page.see("/history", limit=2, **({} if after is None else {"after": after}))
        seen += [one["version"] for one in found["items"]]
        after = found["next"]
        if after is None:
            break

    assert seen == [5, 4, 3, 2, 1]


def waits(service: str, reason: Reason, setting: str | None = None) -> Problem:
    return Problem(
        id=uuid4(), service=service, record=RecordRef(kind="payment", id=uuid4()), code=reason.code, params={},
        sentence="It waits.", how_to_fix="Choose.", setting=setting, state=ProblemState.OPEN,
        opened_at=utc_now(), last_at=utc_now(),
    )  # fmt: skip


@pytest.mark.rule("MAP-4")
@pytest.mark.rule("MAP-5")
async def test_what_a_change_would_do_is_said_before_and_what_it_did_after(page: Page) -> None:
    [bank] = await page.read_chart(("090", "BANK"))
    held = [waits("payments", Reason.PAYMENT_ACCOUNT_NOT_CHOSEN, "payment_account") for _ in range(3)]
    others = [
        waits("bills", Reason.EXPENSE_ACCOUNT_NOT_CHOSEN, "default_expense_account"),
        waits("bills", Reason.VENDOR_NOT_IN_XERO),
    ]
    for problem in (*held, *others):
        await page.harness.deliver(problem, tenant_id=page.tenant_id)

    before = (await page.preview(payment_account="090", items=False, invoices=True)).json()
    await page.change(0, payment_account="090", items=False)
    # Two go on with this version, one of them because somebody mended the bill; the third with a later one.
    await page.change(1, items=True)
    for problem, version in ((held[0], 1), (held[1], 1), (held[2], 2), (others[0], 1), (others[1], 1)):
        closed = problem.replace(state=ProblemState.CLOSED, settings_version=version)
        await page.harness.sql("update problem set sequence = 0")
        await page.harness.deliver(closed, tenant_id=page.tenant_id)

    assert before == {
        "version": 0,
        "changes": [
            {"setting": "payment_account", "from": None, "to": bank, "waiting": {"payments": 3}},
            {"setting": "items", "from": True, "to": False, "waiting": {}},
        ],
    }
    history = (await page.see("/history"))["items"]
    assert [(one["version"], one["released"]) for one in history] == [(2, {}), (1, {"payment_account": 2})]
    [last] = (await page.see("/history", limit=1))["items"]
    assert last == history[0]


@pytest.mark.rule("MAP-5")
async def test_a_preview_saves_nothing_and_refuses_what_a_change_would(page: Page) -> None:
    refused = await page.preview(payment_account="090", items="no")

    assert refused.status_code == 422
    assert [e["field"] for e in refused.json()["errors"]] == ["changes.items", "changes.payment_account"]
    assert (await page.preview(items=False)).status_code == 200
    assert (await page.see())["version"] == 0
    assert (await page.see("/history"))["items"] == []
