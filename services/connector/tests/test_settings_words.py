"""What is said of settings that are refused, or that somebody else has changed: whole texts."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from tieout_connector.choices.model import SettingChange, SettingsVersion
from tieout_connector.choices.settings_rules import BadSetting, changed, check_version
from tieout_kit.errors import Clash
from tieout_schemas.settings import TenantSettings
from tieout_schemas.xero import XeroAccount

SETTINGS = TenantSettings(tenant_id=uuid4(), version=4)


def account(code: str, kind: str = "BANK", **more: Any) -> XeroAccount:
    fields = {"name": f"Account {code}", "active": True, "takes_payments": True, **more}
    return XeroAccount(xero_id=uuid4(), code=code, type=kind, **fields)


def refusal(wanted: dict[str, Any], chart: list[XeroAccount] | None) -> BadSetting:
    with pytest.raises(BadSetting) as refused:
        changed(SETTINGS, wanted, chart)
    return refused.value


@pytest.mark.rule("MAP-5")
def test_every_wrong_setting_is_named_with_its_field() -> None:
    refused = refusal({"nosuch": 1, "items": 1, "conflicts": "mine"}, None)

    [first, *others] = refused.details["errors"]
    assert first["field"] == "changes.nosuch"
    assert first["message"].startswith('"nosuch" is no setting; there are outbound_payments, ')
    assert others == [
        {"field": "changes.items", "message": "items takes true or false, not 1"},
        {
            "field": "changes.conflicts",
            "message": 'conflicts takes latest, platform, xero or ask, not "mine"',
        },
    ]
    assert str(refused) == "; ".join(each["message"] for each in (first, *others))


@pytest.mark.rule("MAP-1")
@pytest.mark.parametrize(
    ("chart", "why"),
    [
        (
            None,
            "payment_account cannot be chosen before the organisation is connected "
            "and its accounts were read from Xero",
        ),
        ([account("091")], 'there is no account "090" in Xero; payment_account takes 091 Account 091'),
        (
            [account("091"), account("090", active=False)],
            "account 090 Account 090 is archived in Xero; payment_account takes 091 Account 091",
        ),
        (
            [account("091"), account("090", "EXPENSE", takes_payments=False)],
            "payment_account needs an account that takes payments, which 090 Account 090 is not; "
            "payment_account takes 091 Account 091",
        ),
        (
            [account("090", active=False)],
            "account 090 Account 090 is archived in Xero; "
            "payment_account takes an account that takes payments, once there is one in Xero",
        ),
    ],
)
def test_an_account_that_cannot_be_chosen(chart: list[XeroAccount] | None, why: str) -> None:
    assert str(refusal({"payment_account": "090"}, chart)) == why


@pytest.mark.rule("MAP-1")
@pytest.mark.parametrize(("accounts", "more"), [(19, ""), (20, ""), (21, " and 1 more"), (23, " and 3 more")])
def test_twenty_accounts_are_named_and_the_others_counted(accounts: int, more: str) -> None:
    chart = [account(f"{number:03}") for number in range(accounts)]

    named = ", ".join(f"{number:03} Account {number:03}" for number in range(min(accounts, 20)))
    assert str(refusal({"payment_account": "x"}, chart)).endswith(f"; payment_account takes {named}{more}")


@pytest.mark.field("F28")
def test_accounts_without_a_code_are_named_last_and_by_name() -> None:
    chart = [account("", name="Wages"), account("", name="Bank"), account("091")]

    told = str(refusal({"payment_account": "x"}, chart))

    assert told.endswith(f"takes 091 Account 091, {chart[1].xero_id} Bank, {chart[0].xero_id} Wages")


@pytest.mark.rule("MAP-5")
@pytest.mark.parametrize(("length", "shown"), [(57, "a" * 57), (58, "a" * 58), (59, "a" * 59)])
def test_long_values_are_cut_at_sixty_characters(length: int, shown: str) -> None:
    text = f'"{shown}"'
    cut = text if len(text) <= 60 else f"{text[:60]}…"

    assert str(refusal({"conflicts": "a" * length}, None)).endswith(f"not {cut}")


@pytest.mark.rule("MAP-10")
def test_what_was_changed_since_is_told_in_full() -> None:
    def version(number: int, *changes: tuple[str, Any, Any]) -> SettingsVersion:
        said = tuple(SettingChange(setting=name, before=before, after=after) for name, before, after in changes)
        at = datetime(2026, 11, 25, 14, 5, number, tzinfo=UTC)
        return SettingsVersion.model_validate(
            {"version": number, "by": "ana", "at": at, "changes": [each.model_dump(by_alias=True) for each in said]}
        )

    since = [version(4, ("items", True, False), ("conflicts", "ask", None)), version(3, ("items", False, True))]
    with pytest.raises(Clash) as refused:
        check_version(SETTINGS, 2, since)

    assert str(refused.value) == (
        "the settings are at version 4 by now, not 2: "
        'ana changed items from true to false, conflicts from "ask" to null at 2026-11-25 14:05:04 UTC; '
        "ana changed items from false to true at 2026-11-25 14:05:03 UTC; look again"
    )
