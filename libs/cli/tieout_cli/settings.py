"""`tieout settings`: a tenant's settings, their allowed values, and who changed them (MAP-5)."""

import json
from typing import Any
from uuid import UUID

import cyclopts
from rich.markup import escape
from rich.table import Table

from tieout_cli.client import CommandFailed, get, send
from tieout_cli.console import console

settings = cyclopts.App(name="settings", help="Show a tenant's settings, change one, or list their changes.")


@settings.default
def show(tenant: UUID) -> None:
    """Show every setting: its value, the allowed values, and what it does."""
    table = Table("setting", "value", "allowed values", "what it does")
    for one in _choices(tenant):
        chosen = escape(json.dumps(one["chosen"]))
        table.add_row(one["setting"], chosen if one["chosen"] == one["default"] else f"[bold]{chosen}[/]", *_about(one))
    console.print(table)


@settings.command(name="set")
def change(tenant: UUID, name: str, value: str) -> None:
    """Change a setting (`null`: no value), and show how many records waited for it."""
    seen = get("connector", tenant, "/settings")
    changes = {name: _value(tenant, name, value)}
    previews = send("POST", "connector", tenant, "/settings/preview", {"changes": changes})["changes"]
    after = send("PATCH", "connector", tenant, "/settings", {"version": seen["version"], "changes": changes})
    console.print(f"{name} is {json.dumps(after[name])}, version {after['version']}", markup=False)
    for service, count in (previews[0]["waiting"] if previews else {}).items():
        console.print(f"{count} records of {service} waited for it; `tieout problems {tenant}` shows what still waits")


@settings.command
def history(tenant: UUID, *, limit: int = 50) -> None:
    """List the changes, the latest first, with how many records stopped waiting after each."""
    table = Table("version", "when", "changed by", "changes", "records released")
    for one in get("connector", tenant, "/settings/history", limit=limit)["items"]:
        changes = "\n".join(f"{c['setting']}: {json.dumps(c['from'])} → {json.dumps(c['to'])}" for c in one["changes"])
        table.add_row(
            str(one["version"]), one["at"][:19], escape(one["by"]), escape(changes), str(sum(one["released"].values()))
        )
    console.print(table)


def _choices(tenant: UUID) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = get("connector", tenant, "/settings/choices")
    return found


def _about(one: dict[str, Any]) -> tuple[str, str]:
    accounts = ", ".join(f"{a['code']} {a['name']}" for a in one["accounts"] or ())
    return escape(accounts or one["allowed"]), escape(one["description"])


def _value(tenant: UUID, name: str, text: str) -> Any:
    """The typed text as a value of the setting's type: 200 may be a number or an account's code."""
    one = next((one for one in _choices(tenant) if one["setting"] == name), None)
    if one is None:
        raise CommandFailed(f"there is no setting {name}; `tieout settings {tenant}` lists them")
    schema = one["value_schema"]
    takes_text = "string" in {form.get("type") for form in (schema, *schema.get("anyOf", ()))}
    if text != "null" and takes_text:
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
