"""`tieout writes`: writes on their way to Xero, and why they wait (CONN-7)."""

from typing import Literal
from uuid import UUID

import cyclopts
from rich.markup import escape
from rich.table import Table

from tieout_cli.client import get
from tieout_cli.console import columns, console

State = Literal["waiting", "held", "in_flight", "failed", "cancelled", "done"]

writes = cyclopts.App(name="writes", help="List writes on their way to Xero; `writes why` explains one.")


@writes.default
def show(tenant: UUID, *, state: State | None = None, record: UUID | None = None, limit: int = 50) -> None:
    """List the writes that are not done, the oldest first. With --record: all writes of that record."""
    asked = {"state": state, "record": record, "limit": limit}
    known = {name: value for name, value in asked.items() if value is not None}
    table = Table(*columns("write", "kind", "state", "lane", "received"))
    for one in get("connector", tenant, "/writes", **known)["items"]:
        table.add_row(one["intent_id"], one["kind"], one["state"], one["lane"], one["received_at"][:19])
    console.print(table)


@writes.command
def why(tenant: UUID, write: str) -> None:
    """Show why a write waits, or how it ended."""
    one = get("connector", tenant, f"/writes/{write}")
    record = f"{one['record']['kind']} {one['record']['id']}"
    console.print(f"{one['kind']} of {record}, {one['state']}; received {one['received_at'][:19]}", markup=False)
    console.print(escape(one["why"]))
