"""`tieout settings`: what a tenant chose, what there is to choose, and who changed it (MAP-5)."""

import json
from typing import Any
from uuid import UUID

import cyclopts
from rich.markup import escape
from rich.table import Table

from tieout_cli.ask import Refused, ask, tell
from tieout_cli.console import console

settings = cyclopts.App(name="settings", help="What a tenant chose; `settings set` changes it.")


@settings.default
def show(tenant: UUID) -> None:
    """Every setting: what is chosen, what it takes, what it does."""
    table = Table("setting", "chosen", "takes", "what it does")
    for one in _choices(tenant):
        chosen = escape(json.dumps(one["chosen"]))
        table.add_row(one["setting"], chosen if one["chosen"] == one["default"] else f"[bold]{chosen}[/]", *_about(one))
    console.print(table)


@settings.command(name="set")
def change(tenant: UUID, name: str, value: str) -> None:
    """Change a setting; `null` for none. Says how many records waited for it."""
    seen = ask("connector", tenant, "/settings")
    changes = {name: _value(tenant, name, value)}
    concerns = tell("POST", "connector", tenant, "/settings/preview", {"changes": changes})["changes"]
    after = tell("PATCH", "connector", tenant, "/settings", {"version": seen["version"], "changes": changes})
    console.print(f"{name} is {json.dumps(after[name])}, version {after['version']}", markup=False)
    for service, count in (concerns[0]["waiting"] if concerns else {}).items():
        console.print(f"{count} records of {service} waited for it; `tieout problems {tenant}` shows what is left")


@settings.command
def history(tenant: UUID, *, limit: int = 50) -> None:
    """Who changed what, the latest first, and how many records went on with it."""
    table = Table("version", "when", "by", "what", "records that went on")
    for one in ask("connector", tenant, "/settings/history", limit=limit)["items"]:
        changes = "\n".join(f"{c['setting']}: {json.dumps(c['from'])} → {json.dumps(c['to'])}" for c in one["changes"])
        table.add_row(
            str(one["version"]), one["at"][:19], escape(one["by"]), escape(changes), str(sum(one["released"].values()))
        )
    console.print(table)


def _choices(tenant: UUID) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask("connector", tenant, "/settings/choices")
    return found


def _about(one: dict[str, Any]) -> tuple[str, str]:
    accounts = ", ".join(f"{a['code']} {a['name']}" for a in one["accounts"] or ())
    return escape(accounts or one["allowed"]), escape(one["says"])


def _value(tenant: UUID, name: str, text: str) -> Any:
    """What was typed, as the setting has it: 200 is a number to one and an account's code to another."""
    one = next((one for one in _choices(tenant) if one["setting"] == name), None)
    if one is None:
        raise Refused(f"there is no setting {name}; `tieout settings {tenant}` lists them")
    schema = one["value_schema"]
    takes_text = "string" in {form.get("type") for form in (schema, *schema.get("anyOf", ()))}
    if text != "null" and takes_text:
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
