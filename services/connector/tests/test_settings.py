"""What a change of settings comes to, or why it is refused."""

from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from tieout_connector.choices.model import SettingChange, SettingsVersion
from tieout_connector.choices.settings_rules import BadSetting, Chart, accounts_for, changed, check_version
from tieout_kit.errors import Clash
from tieout_schemas.settings import TenantSettings
from tieout_schemas.xero import XeroAccount

TENANT = UUID(int=7)
# Ids are parts of tests' names, so they are the same in each run.
_IDS = count(0xA0)


def account(code: str, type_: str = "BANK", *, payments: bool = True, active: bool = True) -> XeroAccount:
    return XeroAccount(
        xero_id=UUID(int=next(_IDS)),
        code=code,
        name=f"Account {code}",
        active=active,
        type=type_,
        takes_payments=payments,
    )


ARCHIVED, UNCODED = account("092", active=False), account("")
CHART = (
    account("091"),
    account("090"),
    ARCHIVED,
    UNCODED,
    account("800", "CURRLIAB"),
    account("429", "EXPENSE", payments=False),
    account("630", "INVENTORY", payments=False),
)


def settings(**chosen: Any) -> TenantSettings:
    return TenantSettings(tenant_id=TENANT, version=4, **chosen)


@pytest.mark.rule("MAP-5")
@pytest.mark.parametrize(
    ("wanted", "changes"),
    [
        ({"conflicts": "ask"}, [("conflicts", "latest", "ask")]),
        ({"poll_every_minutes": 60, "items": False}, [("poll_every_minutes", None, 60), ("items", True, False)]),
        ({"items": True, "invoices": False}, [("invoices", True, False)]),
    ],
)
def test_a_change_is_the_next_version_and_says_what_is_different(
    wanted: dict[str, Any], changes: list[tuple[str, Any, Any]]
) -> None:
    after, said = changed(settings(), wanted, None)

    assert [(c.setting, c.before, c.after) for c in said] == changes
    assert after == settings().replace(version=5, **{n: getattr(after, n) for n, _, _ in changes})
    assert {n: after.model_dump(mode="json")[n] for n, _, _ in changes} == {n: to for n, _, to in changes}


@pytest.mark.rule("MAP-5")
@pytest.mark.parametrize("wanted", [{}, {"items": True}, {"conflicts": "latest", "payment_account": None}])
def test_the_same_values_again_are_no_new_version(wanted: dict[str, Any]) -> None:
    assert changed(settings(), wanted, CHART) == (settings(), ())


@pytest.mark.rule("MAP-5")
@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({"itmes": True}, '"itmes" is no setting; there are outbound_payments, inbound_payments, '),
        ({"version": 9}, '"version" is no setting'),
        ({"tenant_id": str(TENANT)}, '"tenant_id" is no setting'),
        ({"a\ud800": 1}, '"a\\ud800" is no setting'),
        ({"items": "true"}, 'items takes true or false, not "true"'),
        ({"items": 1}, "items takes true or false, not 1"),
        ({"items": None}, "items takes true or false, not null"),
        ({"conflicts": "mine"}, 'conflicts takes latest, platform, xero or ask, not "mine"'),
        ({"conflicts": ["ask"]}, 'conflicts takes latest, platform, xero or ask, not ["ask"]'),
        ({"poll_every_minutes": 4}, "poll_every_minutes takes 5 to 1440, or null, not 4"),
        ({"poll_every_minutes": 5.5}, "poll_every_minutes takes 5 to 1440, or null, not 5.5"),
        ({"poll_every_minutes": float("nan")}, "poll_every_minutes takes 5 to 1440, or null, not NaN"),
        ({"group_name": "A\x00"}, "group_name takes a text of 0 to 100 characters"),
        ({"group_name": "A" * 5000}, f'group_name takes a text of 0 to 100 characters, not "{"A" * 59}…'),
        ({"items": 1, "nonsense": 2}, 'items takes true or false, not 1; "nonsense" is no setting'),
    ],
)
def test_an_unknown_setting_or_value_is_refused_with_what_is_allowed(wanted: dict[str, Any], told: str) -> None:
    with pytest.raises(BadSetting) as refused:
        changed(settings(), wanted, CHART)

    assert str(refused.value).startswith(told)
    assert [e["field"] for e in refused.value.details["errors"]] == [f"changes.{name}" for name in wanted]


@pytest.mark.rule("MAP-1")
@pytest.mark.rule("MAP-2")
@pytest.mark.parametrize(
    ("wanted", "chart", "told"),
    [
        ({"payment_account": "090"}, CHART, None),
        ({"payment_account": "800"}, CHART, None),
        ({"clearing_account": "091"}, CHART, None),
        ({"default_expense_account": "429"}, CHART, None),
        ({"default_expense_account": "800"}, CHART, None),
        ({"payment_account": "999"}, CHART, 'there is no account "999" in Xero; payment_account takes 090 Account 090'),
        ({"payment_account": "092"}, CHART, "account 092 Account 092 is archived in Xero; payment_account takes 090 "),
        ({"payment_account": "429"}, CHART, "payment_account needs an account that takes payments, which 429 Account "),
        ({"clearing_account": "800"}, CHART, "clearing_account needs an account that is a bank account, which 800 "),
        ({"default_expense_account": "090"}, CHART, "default_expense_account needs an account that takes lines of "),
        ({"default_expense_account": "630"}, CHART, "default_expense_account needs an account that takes lines of "),
        ({"payment_account": "090"}, None, "payment_account cannot be chosen before the organisation is connected"),
        ({"payment_account": "429"}, CHART[5:], "payment_account needs an account that takes payments, which 429 "),
    ],
)
def test_an_account_is_checked_against_the_chart(wanted: dict[str, Any], chart: Chart | None, told: str | None) -> None:
    if told is None:
        after, _ = changed(settings(), wanted, chart)
        ids = {each.xero_id: each.code for each in CHART}
        assert {name: ids[getattr(after, name)] for name in wanted} == wanted
        return
    with pytest.raises(BadSetting) as refused:
        changed(settings(), wanted, chart)
    assert str(refused.value).startswith(told)


@pytest.mark.rule("MAP-2")
def test_the_accounts_that_fit_are_told_by_code() -> None:
    fits = {
        name: [a.code for a in accounts_for(name, CHART)]
        for name in ("payment_account", "clearing_account", "default_expense_account", "items")
    }

    assert fits == {
        "payment_account": ["090", "091", "800", ""],
        "clearing_account": ["090", "091", ""],
        "default_expense_account": ["429", "800"],
        "items": [],
    }
    with pytest.raises(BadSetting, match=rf"takes 090 Account 090, 091 Account 091, {UNCODED.xero_id} Account $"):
        changed(settings(), {"clearing_account": "800"}, CHART)
    many = [account(str(code)) for code in range(100, 150)]
    with pytest.raises(BadSetting, match=r"119 Account 119 and 30 more$"):
        changed(settings(), {"clearing_account": "800"}, many)


@pytest.mark.rule("MAP-2")
def test_an_account_archived_since_it_was_chosen_does_not_keep_other_settings_back() -> None:
    before = settings(payment_account=ARCHIVED.xero_id)

    for same in ("092", str(ARCHIVED.xero_id)):
        after, changes = changed(before, {"payment_account": same, "items": False}, CHART)

        assert (after.payment_account, [c.setting for c in changes]) == (ARCHIVED.xero_id, ["items"])

    for chart in (CHART[:2], None):
        for same in (str(ARCHIVED.xero_id), str(ARCHIVED.xero_id).upper()):
            assert changed(before, {"payment_account": same}, chart) == (before, ())


@pytest.mark.rule("MAP-2")
def test_a_chosen_account_may_be_chosen_no_more() -> None:
    after, changes = changed(settings(payment_account=ARCHIVED.xero_id), {"payment_account": None}, CHART)

    assert after.payment_account is None
    assert [(c.before, c.after) for c in changes] == [(str(ARCHIVED.xero_id), None)]


@pytest.mark.field("F28")
@pytest.mark.parametrize("name", ["payment_account", "clearing_account"])
def test_an_account_without_a_code_is_chosen_by_its_id(name: str) -> None:
    after, changes = changed(settings(), {name: str(UNCODED.xero_id).upper()}, CHART)

    assert getattr(after, name) == UNCODED.xero_id
    assert [(c.setting, c.before, c.after) for c in changes] == [(name, None, str(UNCODED.xero_id))]


@pytest.mark.field("F28")
def test_a_chosen_account_stays_whatever_code_and_name_it_gets_in_xero() -> None:
    before, _ = changed(settings(), {"payment_account": "091"}, CHART)
    renamed = [each.replace(code="777", name="Savings") if each.code == "091" else each for each in CHART]

    assert changed(before, {"payment_account": "777"}, renamed) == (before, ())
    with pytest.raises(
        BadSetting, match='no account "091" in Xero; payment_account takes 090 Account 090, 777 Savings'
    ):
        changed(before, {"payment_account": "091"}, renamed)


@pytest.mark.field("F28")
@pytest.mark.parametrize(
    ("value", "chart", "told"),
    [
        ("", CHART, 'there is no account "" in Xero; payment_account takes 090 Account 090'),
        (str(TENANT), CHART, f'there is no account "{TENANT}" in Xero; payment_account takes 090 Account 090'),
        (str(TENANT), None, "payment_account cannot be chosen before the organisation is connected"),
        (str(ARCHIVED.xero_id), CHART, "account 092 Account 092 is archived in Xero; payment_account takes 090 "),
        (90, CHART, "payment_account takes the id or the code of an account, or null, not 90"),
    ],
)
def test_an_account_that_is_not_there_is_refused_with_those_that_fit(
    value: Any, chart: Chart | None, told: str
) -> None:
    with pytest.raises(BadSetting) as refused:
        changed(settings(), {"payment_account": value}, chart)

    assert str(refused.value).startswith(told)
    assert [each["field"] for each in refused.value.details["errors"]] == ["changes.payment_account"]


@pytest.mark.field("F28")
def test_a_code_of_two_accounts_is_refused_with_their_ids_unless_one_alone_fits() -> None:
    one, other = account("090"), account("090")
    closed = other.replace(active=False)

    with pytest.raises(BadSetting) as refused:
        changed(settings(), {"payment_account": "090"}, (one, other))
    after, _ = changed(settings(), {"payment_account": "090"}, (closed, one))

    assert str(refused.value) == (
        '2 accounts in Xero have the code "090"; payment_account takes the id of one: '
        f"{one.xero_id} Account 090 or {other.xero_id} Account 090"
    )
    assert after.payment_account == one.xero_id


@pytest.mark.rule("MAP-10")
def test_the_second_writer_is_told_what_changed_since() -> None:
    at = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
    change = SettingChange(setting="payment_account", before=None, after="090")
    since = [SettingsVersion(version=4, at=at, by="ben", changes=(change,))]

    check_version(settings(), 4, [])
    with pytest.raises(Clash) as refused:
        check_version(settings(), 3, since)

    assert str(refused.value) == (
        "the settings are at version 4 by now, not 3: "
        'ben changed payment_account from null to "090" at 2026-11-22 10:30:00 UTC; look again'
    )
    [told] = refused.value.details["since"]
    assert (told["version"], told["by"]) == (4, "ben")
    assert told["changes"] == [{"setting": "payment_account", "from": None, "to": "090"}]


@pytest.mark.rule("MAP-10")
def test_a_version_that_never_was_is_refused() -> None:
    with pytest.raises(Clash, match="at version 4 by now, not 9; look again"):
        check_version(settings(), 9, [])


def test_a_tenant_keeps_its_own_settings() -> None:
    after, _ = changed(settings(), {"items": False}, None)

    assert UUID(str(after.tenant_id)) == TENANT
