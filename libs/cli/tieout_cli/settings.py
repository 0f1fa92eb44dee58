"""`tieout settings`: a tenant's settings, their allowed values, and who changed them (MAP-5)."""

import json
from typing import Any
from uuid import UUID

import cyclopts
from rich.markup import escape
from rich.table import Table

from tieout_cli.client import CommandFailed, get, send
from tieout_cli.console import columns, console

settings = cyclopts.App(name="settings", help="Show a tenant's settings, change one, or list their changes.")


@settings.default
def show(tenant: UUID) -> None:
    """Show every setting: its value, the allowed values, and what it does."""
    table = Table(*columns("setting", "value", "allowed values", "what it does"))
    for one in _choices(tenant):
        chosen = escape(_shown(one, one["chosen"]))
        table.add_row(one["setting"], chosen if one["chosen"] == one["default"] else f"[bold]{chosen}[/]", *_about(one))
    console.print(table)


@settings.command(name="set")
def change(tenant: UUID, name: str, value: str) -> None:
    """Change a setting (`null`: no value), and show how many records waited for it."""
    seen = get("connector", tenant, "/settings")
    one = next((one for one in _choices(tenant) if one["setting"] == name), None)
    if one is None:
        raise CommandFailed(f"there is no setting {name}; `tieout settings {tenant}` lists them")
    changes = {name: _value(one, value)}
    previews = send("POST", "connector", tenant, "/settings/preview", {"changes": changes})["changes"]
    after = send("PATCH", "connector", tenant, "/settings", {"version": seen["version"], "changes": changes})
    console.print(f"{name} is {_shown(one, after[name])}, version {after['version']}", markup=False)
    for service, count in (previews[0]["waiting"] if previews else {}).items():
        console.print(f"{count} records of {service} waited for it; `tieout problems {tenant}` shows what still waits")


@settings.command
def history(tenant: UUID, *, limit: int = 50) -> None:
    """List the changes, the latest first, with how many records stopped waiting after each."""
    table = Table(*columns("version", "when", "changed by", "changes", "records released"))
    known = {one["setting"]: one for one in _choices(tenant)}
    for one in get("connector", tenant, "/settings/history", limit=limit)["items"]:
        told = [(c["setting"], known.get(c["setting"]), c["from"], c["to"]) for c in one["changes"]]
        changes = "\n".join(f"{name}: {_shown(of, was)} → {_shown(of, now)}" for name, of, was, now in told)
        table.add_row(
            str(one["version"]), one["at"][:19], escape(one["by"]), escape(changes), str(sum(one["released"].values()))
        )
    console.print(table)


def _choices(tenant: UUID) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = get("connector", tenant, "/settings/choices")
    return found


def _shown(one: dict[str, Any] | None, value: Any) -> str:
    """A value of a setting; an account by the code and name that it has now."""
    accounts = one["accounts"] or () if one else ()
    account = next((a for a in accounts if a["xero_id"] == value), None)
    return _called(account) if account else json.dumps(value)


def _called(account: dict[str, Any]) -> str:
    """An account by what names it in a change: its code, or its id if it has none (F28)."""
    return f"{account['code'] or account['xero_id']} {account['name']}"


def _about(one: dict[str, Any]) -> tuple[str, str]:
    accounts = ", ".join(_called(account) for account in one["accounts"] or ())
    return escape(accounts or one["allowed"]), escape(one["description"])


def _value(one: dict[str, Any], text: str) -> Any:
    """The typed text as a value of the setting's type: 200 may be a number or an account's code."""
    schema = one["value_schema"]
    takes_text = "string" in {form.get("type") for form in (schema, *schema.get("anyOf", ()))}
    if text != "null" and takes_text:
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
