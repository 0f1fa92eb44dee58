"""`tieout sync`: sync now, and watch it to its end (CONN-8)."""

import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from rich.live import Live
from rich.table import Table

from tieout_cli.client import CommandFailed, events, get, send
from tieout_cli.console import columns, console

LOOK_EVERY_S = 2.0
"""Seconds between two looks where the events cannot be read."""


def sync(tenant: UUID) -> None:
    """Read everything from Xero now, or join a sync or import under way, and show it to its end."""
    job = send("POST", "connector", tenant, "/sync")
    if job["joined"]:
        console.print(f"joined the {_named(job)} under way since {job['started_at'][:19]}")
    if console.is_terminal:
        with Live(_table(job), console=console) as live:
            for seen in _until_its_end(tenant, job):
                live.update(_table(seen))
                job = seen
    else:
        *_, job = job, *_until_its_end(tenant, job)
    failed = [one for one in job["lists"] if one["state"] == "failed"]
    for one in failed:
        console.print(f"{one['listing']}: {one['why']}", markup=False)
    if failed:
        raise CommandFailed(f"{len(failed)} of {len(job['lists'])} lists could not be read")
    console.print(f"{len(job['lists'])} lists read, {sum(one['done'] for one in job['lists'])} records")


def _until_its_end(tenant: UUID, job: dict[str, Any]) -> Iterator[dict[str, Any]]:
    path, seen, watched = f"/sync/{job['id']}", job, True
    while not seen["ended_at"]:
        if watched:
            try:
                # A stream ends after some minutes; then it is opened again.
                for told in events("connector", tenant, f"{path}/events"):
                    yield told
                    seen = told
                continue
            except CommandFailed:
                watched = False
        else:
            time.sleep(LOOK_EVERY_S)
        seen = get("connector", tenant, path)
        yield seen


def _table(job: dict[str, Any]) -> Table:
    left = "" if job["seconds_left"] is None else f", about {job['seconds_left']} s left"
    table = Table(
        *columns("list", "state", "read", "of"), title=f"{_named(job)} {job['state']}{left}", caption=_waits(job)
    )
    for one in job["lists"]:
        total = "" if one["total"] is None else str(one["total"])
        table.add_row(one["listing"], one["state"], str(one["done"]), total)
    return table


def _named(job: dict[str, Any]) -> str:
    return "sync" if job["run"] == "requested" else str(job["run"])


def _waits(job: dict[str, Any]) -> str | None:
    return job["waits_because"] or None
