"""The commands `tieout status | sync | settings | writes | problems | retry | dismiss | records | why`."""

import sys
from typing import Any, Literal
from uuid import UUID

import cyclopts
from rich.table import Table

from tieout_cli import problems
from tieout_cli.client import CommandFailed, Service, get
from tieout_cli.console import columns, console
from tieout_cli.settings import settings
from tieout_cli.status import status
from tieout_cli.sync import sync
from tieout_cli.writes import writes

Kind = Literal["vendors", "customers", "bills", "payments"]
_SERVICE: dict[Kind, Service] = {
    "vendors": "contacts",
    "customers": "contacts",
    "bills": "bills",
    "payments": "payments",
}

app = cyclopts.App(name="tieout", help="Show what is in sync with Xero, what waits, and why.")
for command in (problems.problems, problems.retry, problems.dismiss):
    app.command(command)
app.command(settings)
app.command(writes)
app.command(sync)
app.command(status)


@app.command
def records(kind: Kind, tenant: UUID, *, limit: int = 50) -> None:
    """List vendors, customers, bills or payments with their sync states."""
    table = Table(*columns("id", "name", "status", "sync", "waits for", unbroken="id"))
    for one in get(_SERVICE[kind], tenant, f"/{kind}", limit=limit)["items"]:
        sync = one["sync"]
        waits_for = ", ".join(filter(None, (f"{each['kind']} {each['id']}".strip() for each in sync["waits_for"])))
        table.add_row(one["id"], _name(one), one.get("status", ""), _state(sync), waits_for)
    console.print(table)


@app.command
def why(kind: Kind, tenant: UUID, record: UUID) -> None:
    """Show a record's history: when it changed, what caused it, by which rule, and the trace."""
    table = Table(*columns("when", "caused by", "rule", "settings version", "sync", "trace"))
    changes = get(_SERVICE[kind], tenant, f"/{kind}/{record}/changes")
    for change in changes:
        origin, sync = change["doc"]["origin"], change["doc"]["sync"]
        trace = (change["traceparent"] or "--").split("-")[1]
        who = f"{origin['kind']} {origin['by']}"
        table.add_row(
            change["at"][:19], who, origin["rule"] or "", str(origin["settings_version"]), _state(sync), trace
        )
    console.print(table)
    for change in changes:
        # Below the table, where they are not broken into pieces.
        if url := change.get("trace_url"):
            console.print(f"{change['at'][:19]}  {url}", soft_wrap=True, markup=False)


def _name(record: dict[str, Any]) -> str:
    return str(record.get("name") or record.get("number") or record.get("reference"))


def _state(sync: dict[str, Any]) -> str:
    gone = ", removed in Xero" if sync["gone_in_xero"] else ""
    return f"{sync['state'].replace('_', ' ')}{gone}"


def run() -> None:
    """Run the command; the exit code is 1 if it fails."""
    try:
        app(sys.argv[1:])
    except CommandFailed as failed:
        console.print(str(failed), style="red", markup=False)
        sys.exit(1)
