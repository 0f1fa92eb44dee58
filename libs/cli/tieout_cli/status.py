"""`tieout status`: a tenant's connection, what it reads and how often, and what waits (CONN-7, CONN-9)."""

from typing import Any
from uuid import UUID

from rich.table import Table

from tieout_cli.client import get
from tieout_cli.console import columns, console


def status(tenant: UUID) -> None:
    """Show a tenant's connection: state, what was read and when, how often and why, what waits, calls left."""
    seen = get("connector", tenant, "/connection")
    table = Table(*columns("list", "read", "of", "last read", "polled"), title=_title(seen))
    for one in seen["resources"]:
        total = "?" if one["total"] is None else str(one["total"])
        read_at = (one["last_read_at"] or "never")[:19]
        polled = f"not read: {one['trouble'].replace('_', ' ')}" if one["trouble"] else one["polled_because"]
        table.add_row(one["listing"], str(one["done"]), total, read_at, polled)
    console.print(table)
    if seen["running"]:
        console.print(f"{seen['running']} under way, about {seen['seconds_left']} s left; `tieout sync` shows it live")
    if lacks := seen["missing_scopes"]:
        console.print(f"the consent lacks {', '.join(lacks)}; start it once more to use them")
    if because := seen["waits_because"]:
        console.print(f"waits: {because}", markup=False)
    writes = f"{seen['waiting_writes']} waiting, {seen['failed_writes']} failed"
    calls = f"{seen['calls_left_this_minute']} this minute, {seen['calls_left_today']} today"
    console.print(f"writes: {writes}; open problems: {seen['open_problems']}; calls left: {calls}")
    console.print(f"read from Xero this month: {seen['egress_bytes_this_month'] / 2**20:.1f} MiB")


def _title(seen: dict[str, Any]) -> str:
    state = f"{seen['name']}: {seen['state'].replace('_', ' ')} {seen['org_name']}"
    return f"{state}, last sync {seen['last_sync_at'][:19]}" if seen["last_sync_at"] else state
