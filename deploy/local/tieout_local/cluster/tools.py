"""`helm` and `kubectl`, on the cluster of KUBECONFIG and in one namespace."""

import asyncio
import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tieout_local.errors import LocalError

CHART = Path(__file__).resolve().parents[4] / "deploy" / "helm" / "tieout"
TIMEOUT = "10m"
SERVICES_ONLY = "tieout/trial!=not-for-production,!tieout/job"
"""Selects the pods of the services, and neither the trial's servers nor jobs."""


class CommandFailed(LocalError):
    """A command failed; the message is what it said."""


@dataclass(frozen=True)
class Release:
    """A release of the chart as a trial."""

    name: str
    namespace: str
    options: Sequence[str]
    """Options of helm for every version of the release."""

    async def install(self, tag: str) -> None:
        """Install this version and wait until everything is ready."""
        more = ("--create-namespace", "--wait", "--timeout", TIMEOUT)
        await self.helm("install", self.name, str(CHART), *self._values(tag), *more)

    async def upgrade(self, tag: str, *more: str) -> None:
        """Upgrade to this version, with more options of helm, and wait until everything is ready."""
        await self.helm("upgrade", self.name, str(CHART), *self._values(tag), *more, "--wait", "--timeout", TIMEOUT)

    async def helm(self, *words: str) -> str:
        """Run helm in the namespace. Raises CommandFailed."""
        return await _run("helm", "--namespace", self.namespace, *words)

    async def kubectl(self, *words: str) -> str:
        """Run kubectl in the namespace. Raises CommandFailed."""
        return await _run("kubectl", "--namespace", self.namespace, *words)

    async def pods(self, selector: str = SERVICES_ONLY) -> list[dict[str, Any]]:
        """The pods that the selector selects and that are not being deleted."""
        found = json.loads(await self.kubectl("get", "pods", "--selector", selector, "--output", "json"))["items"]
        return [pod for pod in found if "deletionTimestamp" not in pod["metadata"]]

    def _values(self, tag: str) -> list[str]:
        return ["--values", str(CHART / "examples" / "trial.yaml"), *self.options, "--set-string", f"image.tag={tag}"]


async def versions() -> str:
    """The versions of the cluster and of helm."""
    server = json.loads(await _run("kubectl", "version", "--output", "json"))["serverVersion"]["gitVersion"]
    return f"Kubernetes {server}, Helm {(await _run('helm', 'version', '--template', '{{.Version}}')).strip()}"


async def _run(*command: str) -> str:
    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, capture_output=True, text=True, check=False)

    done = await asyncio.to_thread(run)
    if done.returncode != 0:
        raise CommandFailed(f"{' '.join(command)}\n{done.stderr.strip()}")
    return done.stdout
