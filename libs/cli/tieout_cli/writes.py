"""`tieout writes`: what is on its way to Xero, and why it waits (CONN-7)."""

from typing import Literal
from uuid import UUID

import cyclopts
from rich.markup import escape
from rich.table import Table

from tieout_cli.ask import ask
from tieout_cli.console import console

State = Literal["waiting", "held", "in_flight", "failed", "cancelled", "done"]

writes = cyclopts.App(name="writes", help="What is on its way to Xero; `writes why` tells of one.")


@writes.default
def show(tenant: UUID, *, state: State | None = None, record: UUID | None = None, limit: int = 50) -> None:
    """Writes that are not done, those that came first first; of one record: all."""
    asked = {"state": state, "record": record, "limit": limit}
    known = {name: value for name, value in asked.items() if value is not None}
    table = Table("write", "what", "state", "lane", "came")
    for one in ask("connector", tenant, "/writes", **known)["items"]:
        table.add_row(one["intent_id"], one["what"], one["state"], one["lane"], one["received_at"][:19])
    console.print(table)


@writes.command
def why(tenant: UUID, write: str) -> None:
    """Why a write waits, or what became of it."""
    one = ask("connector", tenant, f"/writes/{write}")
    record = f"{one['record']['kind']} {one['record']['id']}"
    console.print(f"{one['what']} of {record}, {one['state']}; came {one['received_at'][:19]}", markup=False)
    console.print(escape(one["why"]))
