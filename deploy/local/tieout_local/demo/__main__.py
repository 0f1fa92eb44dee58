"""The demo, step by step on real servers: `python -m tieout_local.demo`."""

import asyncio
import shutil
import sys
import time
from collections.abc import Awaitable
from uuid import uuid4

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from tieout_local.demo.platform import DemoFailed, Json, Platform
from tieout_local.demo.steps import (
    SEED_DOCUMENTS,
    Demo,
    bill_from_here,
    change_in_xero,
    connect,
    kill_in_the_middle,
    pay,
)
from tieout_local.demo.tie_out import Row, tie_out
from tieout_local.errors import LocalError
from tieout_local.folders import data_folder, only_one
from tieout_local.stack import Stack
from xero_sim.control_client import Control

NARROWEST = 110
"""Columns. Longer lines are broken by the terminal, not by us."""


def main() -> int:
    """Returns the exit code: 0 only if every step succeeded."""
    console = Console(highlight=False)
    console.width = max(console.width, NARROWEST)
    folder = data_folder("demo")
    try:
        with only_one(folder):
            # Each run starts with empty data.
            for old in ("kafka", "postgres", "simulator", "logs"):
                shutil.rmtree(folder / old, ignore_errors=True)
            return asyncio.run(_run(Stack(folder, partitions=8), console))
    except (LocalError, DemoFailed) as error:
        console.print(f"\n[red]The demo failed:[/red] {error}", markup=True)
        return 1
    except KeyboardInterrupt:
        return 1


async def _run(stack: Stack, console: Console) -> int:
    began = time.monotonic()
    try:
        with console.status("Starting Postgres, Kafka, the Xero simulator and four services …"):
            await asyncio.to_thread(stack.start)
        console.print(
            f"[dim]{time.monotonic() - began:5.1f} s[/dim]  Postgres, Kafka, Xero simulator and services are up"
        )
        async with Platform(stack, uuid4()) as platform, Control(stack.simulator_url) as xero:
            demo = Demo(stack, platform, xero)
            demo.org_id = await xero.create_org("Kererū Coffee Roasters", country="NZ")
            await xero.seed(demo.org_id, SEED_DOCUMENTS)
            with _progress(console) as progress:
                await _run_step(console, "1 connect", connect(demo, lambda resources: _show(progress, resources)))
            await _run_step(console, "2 from Xero", change_in_xero(demo))
            await _run_step(console, "3 to Xero", bill_from_here(demo))
            await _run_step(console, "4 pay", pay(demo))
            await _run_step(console, "5 kill -9", kill_in_the_middle(demo))
            rows = await tie_out(demo)
    finally:
        with console.status("Stopping …"):
            await asyncio.to_thread(stack.stop)
    return print_result(console, rows, time.monotonic() - began, "6 both sides")


async def _run_step(console: Console, title: str, step: Awaitable[str]) -> None:
    began = time.monotonic()
    outcome = await step
    console.print(f"[dim]{time.monotonic() - began:5.1f} s[/dim]  [bold]{title:<12}[/bold] {outcome}")


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("         {task.description:<20}"),
        BarColumn(30),
        MofNCompleteColumn(),
        console=console,
        transient=True,
        # In a file it would leave an empty line.
        disable=not console.is_terminal,
    )


def _show(progress: Progress, resources: list[Json]) -> None:
    known = {task.description: task.id for task in progress.tasks}
    for one in resources:
        name = one["listing"]
        task = known.get(name)
        task = progress.add_task(name, total=None) if task is None else task
        progress.update(task, completed=one["done"], total=one["total"])


def print_result(console: Console, rows: list[Row], seconds: float, title: str) -> int:
    """Print both sides beside each other. Returns the exit code: 0 if they are the same."""
    table = Table(title, "in Xero", "here", "sum in Xero", "sum here", "different")
    for row in rows:
        sums = [f"{amount:,.2f}" if amount is not None else "" for amount in (row.xero_sum, row.platform_sum)]
        table.add_row(row.kind, str(row.xero_count), str(row.platform_count), *sums, str(len(row.differences)))
    console.print(table)
    for row in rows:
        for difference in row.differences[:10]:
            console.print(f"  {row.kind}: {difference}", style="red", markup=False)
    if not all(row.tied_out for row in rows):
        console.print(f"[red]not tied out[/red], after {seconds:.0f} s")
        return 1
    console.print(f"[green]tied out[/green], after {seconds:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
