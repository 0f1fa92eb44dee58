"""Start everything and keep it running until Ctrl-C: `python -m tieout_local.up`."""

import os
import signal
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tieout_local.environment import CONNECTOR
from tieout_local.errors import LocalError
from tieout_local.folders import data_folder, only_one
from tieout_local.stack import PARTITIONS, Stack

ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
A_FIRST_CALL = "/tenants"
# Narrower, the table would break addresses in two; the terminal breaks them so that they can still be copied.
NARROWEST = 100


def main() -> int:
    """Returns the exit code: 0 when it was asked to end, 1 if something failed."""
    # SIGTERM, and a terminal that is closed, end us as Ctrl-C does.
    for ending in ENDINGS:
        signal.signal(ending, signal.default_int_handler)
    console = Console(highlight=False)
    console.width = max(console.width, NARROWEST)
    folder = data_folder("up")
    try:
        with only_one(folder):
            _run(folder, console)
    except KeyboardInterrupt:
        return 0
    except LocalError as error:
        console.print(str(error), style="red", markup=False)
        return 1
    return 0


def _run(folder: Path, console: Console) -> None:
    began = time.monotonic()
    partitions = int(os.environ.get("TIEOUT_PARTITIONS", PARTITIONS))
    stack = Stack(folder, partitions=partitions)
    try:
        with console.status("Starting Postgres, Kafka, the Xero simulator and four services …"):
            stack.start()
        _tell(stack, time.monotonic() - began, console)
        stack.children.watch(until=lambda: False)
    finally:
        # A second Ctrl-C must not leave the rest running.
        for ending in ENDINGS:
            signal.signal(ending, signal.SIG_IGN)
        with console.status("Stopping …"):
            stack.stop()


def _tell(stack: Stack, seconds: float, console: Console) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for name, address in stack.services.items():
        table.add_row(name, f"{address.url}/docs", style="bold")
        table.add_row("  health", f"{address.health_url}/readyz, /livez, /metrics")
        table.add_row("  database", stack.dsn(name))
    table.add_row("Xero simulator", stack.simulator_url, style="bold")
    table.add_row("  its controls", f"{stack.simulator_url}/control")
    table.add_row("Kafka", stack.kafka.bootstrap, style="bold")
    table.add_row("logs", str(stack.folder / "logs"), style="bold")
    console.print(f"\nTieout is up after {seconds:.1f} s.\n", table, sep="\n")
    console.print("\nTry it, with a token for every tenant and role, good for 12 hours:\n")
    console.print(f"TOKEN={stack.keys.token('you')}", soft_wrap=True, markup=False)
    url = f"{stack.services[CONNECTOR].url}{A_FIRST_CALL}"
    console.print(f'curl -H "Authorization: Bearer $TOKEN" {url}', soft_wrap=True, markup=False)
    console.print(f"\nCtrl-C (or `kill {os.getpid()}`) stops everything; the data stays for the next start.")


if __name__ == "__main__":
    sys.exit(main())
