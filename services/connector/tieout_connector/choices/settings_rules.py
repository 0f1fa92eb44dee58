"""MAP-1, MAP-2, MAP-5, MAP-10: the settings after a change, or why the change is refused."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from tieout_connector.choices.model import SettingChange, SettingsVersion
from tieout_kit.errors import Clash, Refused
from tieout_schemas.settings import AccountFor, Choices, TenantSettings, account_for, allowed
from tieout_schemas.xero import XeroAccount

Chart = Sequence[XeroAccount]

_NO_LINES = {"BANK", "INVENTORY"}
"""Types of accounts that Xero accepts on no line of a document. Source: docs/xero.md 4.8."""
_SHOWN = 20


class BadSetting(Refused):
    """An unknown setting, or a value that the setting does not accept. The text names the accepted values."""


def changed(
    now: TenantSettings, wanted: Mapping[str, Any], chart: Chart | None
) -> tuple[TenantSettings, tuple[SettingChange, ...]]:
    """The next version of the settings, and what changed in it. Equal values make no new version.

    Source: MAP-5, and MAP-1 and MAP-2 for accounts. `wanted`: JSON values by setting. `chart`: None if the accounts
    were never read. Raises BadSetting, which names everything that is wrong.
    """
    named, unnamed = _by_id(now, wanted, chart)
    values, wrong = _values(named)
    wrong |= unnamed
    before = now.model_dump(mode="json")
    taken = now.replace(**values)
    after = taken.model_dump(mode="json")
    changes = tuple(
        SettingChange(setting=name, before=before[name], after=after[name])
        for name in values
        if before[name] != after[name]
    )
    # Only changed settings are checked: an account that was chosen before stays, even if Xero has archived it since.
    wrong |= {c.setting: why for c in changes if (why := _bad_account(c.setting, c.after, chart or ()))}
    if wrong:
        errors = [{"field": f"changes.{name}", "message": why} for name, why in wrong.items()]
        raise BadSetting("; ".join(wrong.values()), errors=errors)
    return (taken.replace(version=now.version + 1), changes) if changes else (now, ())


def check_version(now: TenantSettings, seen: int, since: Sequence[SettingsVersion]) -> None:
    """Raises Clash if the settings are at another version than the caller saw. The Clash shows what changed since.

    `since`: the versions after the one that the caller saw, newest first. Source: MAP-10.
    """
    if now.version == seen:
        return
    shown = "; ".join(f"{v.by} changed {_changes(v.changes)} at {v.at:%Y-%m-%d %H:%M:%S} UTC" for v in since[:_SHOWN])
    raise Clash(
        f"the settings are at version {now.version} by now, not {seen}{': ' if shown else ''}{shown}; look again",
        since=[version.model_dump(mode="json", by_alias=True) for version in since],
    )


def accounts_for(name: str, chart: Chart) -> list[XeroAccount]:
    """The accounts that a setting accepts, by code; those without a code last."""
    use = account_for(name)
    return sorted((a for a in chart if use and _fits(a, use)), key=lambda a: (not a.code, a.code, a.name))


def _values(wanted: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The valid values as the settings hold them, and by setting why others are not valid."""
    values, wrong = {}, {}
    for name, value in wanted.items():
        if name not in Choices.model_fields:
            wrong[name] = f"{_shown(name)} is no setting; there are {', '.join(Choices.model_fields)}"
            continue
        try:
            # Strict, and as JSON: "true" is not true, and "latest" is one of the names.
            values[name] = getattr(Choices.model_validate_json(json.dumps({name: value}), strict=True), name)
        except ValidationError:
            wrong[name] = f"{name} takes {allowed(name)}, not {_shown(value)}"
    return values, wrong


def _by_id(
    now: TenantSettings, wanted: Mapping[str, Any], chart: Chart | None
) -> tuple[dict[str, Any], dict[str, str]]:
    """The wanted values with each account by its id, and by setting why an account was not found."""
    values, wrong = dict(wanted), dict[str, str]()
    for name, value in wanted.items():
        if name in Choices.model_fields and account_for(name) and isinstance(value, str):
            found = _found(name, value, now, chart)
            if isinstance(found, str):
                wrong[name] = found
                del values[name]
            else:
                values[name] = str(found)
    return values, wrong


def _found(name: str, value: str, now: TenantSettings, chart: Chart | None) -> UUID | str:
    """The id of the account that has this id or code, or why there is none. Source: F28."""
    chosen: UUID | None = getattr(now, name)
    if chosen and value.lower() == str(chosen):
        return chosen
    if chart is None:
        return f"{name} cannot be chosen before the organisation is connected and its accounts were read from Xero"
    use, fitting = account_for(name), accounts_for(name, chart)
    assert use
    named = [each for each in chart if value.lower() == str(each.xero_id) or (value and value == each.code)]
    fit = [each for each in named if each in fitting]
    if len(fit) > 1:
        which = " or ".join(f"{each.xero_id} {each.name}" for each in fit)
        return f"{len(fit)} accounts in Xero have the code {_shown(value)}; {name} takes the id of one: {which}"
    if not named:
        return f"there is no account {_shown(value)} in Xero; {name} takes {_listed(fitting, use)}"
    return (fit or named)[0].xero_id


def _bad_account(name: str, xero_id: str | None, chart: Chart) -> str | None:
    use = account_for(name)
    known = next((each for each in chart if str(each.xero_id) == xero_id), None)
    if use is None or known is None or _fits(known, use):
        return None
    if known.active:
        why = f"{name} needs an account that {use}, which {_called(known)} is not"
    else:
        why = f"account {_called(known)} is archived in Xero"
    return f"{why}; {name} takes {_listed(accounts_for(name, chart), use)}"


def _fits(account: XeroAccount, use: AccountFor) -> bool:
    does = {
        AccountFor.PAYMENTS: account.takes_payments,
        AccountFor.TRANSFERS: account.type == "BANK",
        AccountFor.LINES: account.type not in _NO_LINES,
    }
    return account.active and does[use]


def _listed(accounts: Sequence[XeroAccount], use: AccountFor) -> str:
    if not accounts:
        return f"an account that {use}, once there is one in Xero"
    named = ", ".join(_called(account) for account in accounts[:_SHOWN])
    return f"{named} and {len(accounts) - _SHOWN} more" if len(accounts) > _SHOWN else named


def _called(account: XeroAccount) -> str:
    """An account by its code and name, or by its id if it has no code: what a request may name it by comes first."""
    return f"{account.code or account.xero_id} {account.name}"


def _changes(changes: Iterable[SettingChange]) -> str:
    return ", ".join(f"{c.setting} from {_shown(c.before)} to {_shown(c.after)}" for c in changes)


def _shown(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
