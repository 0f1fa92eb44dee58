"""Installs a trial on the cluster of KUBECONFIG, upgrades it under load, accounts for every change, and removes it."""

import argparse
import asyncio
import random
import signal
import sys
import time
from collections.abc import Awaitable
from uuid import uuid4

from rich.console import Console

from tieout_local.cluster.forwards import Forwarded, Forwards, HelperKeys, InCluster
from tieout_local.cluster.proof import Proof
from tieout_local.cluster.tools import Release, versions
from tieout_local.demo.__main__ import NARROWEST, print_result
from tieout_local.demo.platform import DemoFailed, Platform
from tieout_local.demo.steps import Run
from tieout_local.demo.tie_out import tie_out
from tieout_local.environment import CONNECTOR
from tieout_local.errors import LocalError
from tieout_local.ports import free_port
from xero_sim.control_client import Control

REPEAT_FOR = 120.0
"""Seconds for which a call is repeated while pods and forwards come and go."""


def main() -> int:
    """Returns the exit code: 0 only if every step succeeded and both sides are the same."""
    parser = argparse.ArgumentParser("python -m tieout_local.cluster", description=__doc__)
    parser.add_argument("--release", default="tieout", help="name of the release (default: %(default)s)")
    parser.add_argument("--namespace", default="tieout-proof", help="a namespace of its own (default: %(default)s)")
    parser.add_argument("--old", default="0.1.0", help="tag of the images to install (default: %(default)s)")
    parser.add_argument("--new", default="0.1.1", help="tag to upgrade to (default: %(default)s)")
    any_seed = random.randrange(10**6)  # noqa: S311  a seed is no secret
    parser.add_argument("--seed", type=int, default=any_seed, help="which pods are killed when")
    asked = parser.parse_args()
    # SIGTERM ends the run as Ctrl-C does, and the forwards with it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    console = Console(highlight=False)
    console.width = max(console.width, NARROWEST)
    try:
        return asyncio.run(_prove(asked, console))
    except (LocalError, DemoFailed) as error:
        console.print(f"\nThe proof failed: {error}", style="red", markup=False)
        return 1


async def _prove(asked: argparse.Namespace, console: Console) -> int:
    began = time.monotonic()
    connector, simulator = free_port(), free_port()
    options = {
        # The browser of the person who consents is on this machine.
        "connector.settings.xeroRedirectUri": f"http://localhost:{connector}/oauth/callback",
        "connector.settings.xeroLoginUrl": f"http://localhost:{simulator}",
        # As in production: while a pod is killed, another one takes Xero's webhooks.
        "services.connector-web.replicas": "2",
    }
    words = [word for path, value in options.items() for word in ("--set", f"{path}={value}")]
    release = Release(asked.release, asked.namespace, words)
    ports = {CONNECTOR: connector, **{service: free_port() for service in ("contacts", "bills", "payments")}}
    names = {CONNECTOR: "connector-web"}
    services = {s: Forwarded(f"{release.name}-{names.get(s, s)}", port) for s, port in ports.items()}
    trial = {of: Forwarded(f"{release.name}-trial-{of}", port) for of, port in
             (("simulator", simulator), ("helper", free_port()))}  # fmt: skip

    async def step(title: str, work: Awaitable[str]) -> None:
        started = time.monotonic()
        outcome = await work
        console.print(f"[dim]{time.monotonic() - started:6.1f} s[/dim]  [bold]{title:<12}[/bold] {outcome}")

    console.print(f"{await versions()}; seed {asked.seed}")
    await step("1 install", _install(release, asked.old))
    with Forwards(release, [*services.values(), *trial.values()]):
        installation = InCluster(services, HelperKeys(trial["helper"].url))
        async with (
            Platform(installation, uuid4(), repeat_for=REPEAT_FOR) as platform,
            Control(trial["simulator"].url) as xero,
        ):
            proof = Proof(release, Run(platform, xero), random.Random(asked.seed))  # noqa: S311  a seed is no secret
            await step("2 connect", proof.connect(trial["helper"].url))
            await step("3 both ways", proof.both_ways())
            await step("4 upgrade", proof.upgrade_under_load(asked.new))
            await step("5 roll back", proof.roll_back(asked.old))
            await step("6 scale", proof.scale(asked.old))
            rows = await tie_out(proof.run)
    code = print_result(console, rows, time.monotonic() - began, "7 both sides")
    await step("8 uninstall", proof.uninstall())
    return code


async def _install(release: Release, tag: str) -> str:
    await release.install(tag)
    return f"{tag} is installed: {len(await release.pods())} pods of services are ready"


if __name__ == "__main__":
    sys.exit(main())
