"""Starts everything and keeps it running until Ctrl-C: `python -m tieout_local.up`."""

import asyncio
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
from tieout_local.jaeger import Jaeger, find_jaeger
from tieout_local.stack import PARTITIONS, Stack
from tieout_local.xero_app import the_organisation
from xero_sim.control_client import Control

ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
TENANT = "00000000-0000-4000-8000-000000000001"
# In a narrower table, addresses would be broken and could not be copied.
NARROWEST = 100


def main() -> int:
    """Returns the exit code: 0 after a requested end, 1 after a failure."""
    # SIGTERM and a closed terminal end the run as Ctrl-C does.
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
    jaeger = _own_jaeger(folder)
    settings = {"TIEOUT_OTLP_ENDPOINT": jaeger.endpoint, "TIEOUT_TRACE_URL": jaeger.trace_url} if jaeger else {}
    stack = Stack(folder, partitions=partitions, settings=settings)
    try:
        if jaeger:
            jaeger.start(stack.children)
        with console.status("Starting Postgres, Kafka, the Xero simulator and four services …"):
            stack.start()
            org_id = asyncio.run(_organisation(stack.simulator_url))
        _print_addresses(stack, org_id, time.monotonic() - began, console, jaeger)
        stack.children.watch(until=lambda: False)
    finally:
        # A second Ctrl-C must not leave the rest running.
        for ending in ENDINGS:
            signal.signal(ending, signal.SIG_IGN)
        with console.status("Stopping …"):
            stack.stop()


def _own_jaeger(folder: Path) -> Jaeger | None:
    """A Jaeger of our own, if the program is there and the shell does not say where else traces go."""
    program = find_jaeger()
    if program is None or os.environ.get("TIEOUT_OTLP_ENDPOINT"):
        return None
    return Jaeger(program, folder / "jaeger")


def traces_go_to(jaeger: Jaeger | None) -> str:
    """Where to look for traces, in a line."""
    if jaeger:
        return f"{jaeger.url}/search"
    if endpoint := os.environ.get("TIEOUT_OTLP_ENDPOINT"):
        return f"sent to {endpoint}; look at {os.environ.get('TIEOUT_TRACE_URL') or 'its viewer'}"
    return "not sent: put jaeger on the PATH, or set TIEOUT_OTLP_ENDPOINT (docs/tracing.md)"


def _print_addresses(stack: Stack, org_id: str, seconds: float, console: Console, jaeger: Jaeger | None) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for name, address in stack.services.items():
        table.add_row(name, f"{address.url}/docs", style="bold")
        table.add_row("  health", f"{address.health_url}/readyz, /livez, /metrics")
        table.add_row("  database", stack.dsn(name))
    table.add_row("Xero simulator", stack.simulator_url, style="bold")
    table.add_row("  its controls", f"{stack.simulator_url}/control")
    table.add_row("Kafka", stack.kafka.bootstrap, style="bold")
    table.add_row("traces", traces_go_to(jaeger), style="bold")
    table.add_row("logs", str(stack.folder / "logs"), style="bold")
    console.print(f"\nTieout is up after {seconds:.1f} s.\n", table, sep="\n")
    console.print("\nTry it: connect a tenant to the organisation that waits in the simulator, and see its bills.\n")
    for line in _first_calls(stack, org_id):
        console.print(line, soft_wrap=True, markup=False)
    console.print(f"\nCtrl-C (or `kill {os.getpid()}`) stops everything; the data stays for the next start.")


def _first_calls(stack: Stack, org_id: str) -> list[str]:
    """The commands for a newcomer to paste, one after the other."""
    connector = f"{stack.services[CONNECTOR].url}/tenants/{TENANT}"
    call = 'curl -s -H "Authorization: Bearer $TIEOUT_TOKEN" -H "Content-Type: application/json"'
    addresses = " ".join(f"TIEOUT_{n.upper()}_URL={address.url}" for n, address in stack.services.items())
    return [
        "# the addresses, and a token for every tenant and role that is valid for 12 hours",
        f"export {addresses}",
        f"export TIEOUT_TOKEN={stack.keys.token('you')}",
        "# create a tenant",
        f"""{call} -X PUT {connector} -d '{{"name": "My company"}}'""",
        "# open the printed URL in a browser and allow access",
        f"{call} -X POST {connector}/connection/consent -d '{{}}'",
        "# confirm the organisation; the first import runs",
        f"""{call} -X PUT {connector}/connection/organisation -d '{{"org_id": "{org_id}"}}'""",
        "# the progress of the import, open problems, settings, imported bills",
        f".venv/bin/tieout status {TENANT}",
        f".venv/bin/tieout problems {TENANT}",
        f".venv/bin/tieout settings {TENANT}",
        f".venv/bin/tieout records bills {TENANT}",
    ]


async def _organisation(simulator_url: str) -> str:
    async with Control(simulator_url) as xero:
        return await the_organisation(xero)


if __name__ == "__main__":
    sys.exit(main())
