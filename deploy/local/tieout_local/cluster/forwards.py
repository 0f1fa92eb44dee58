"""The services of the cluster at ports of this machine, by `kubectl port-forward`, whichever pod is there just now."""

import subprocess
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Self

import httpx

from tieout_local.cluster.tools import Release
from tieout_local.ports import answers
from tieout_local.waiting import wait_until

AGAIN_AFTER = 0.2
"""Seconds until a forward that ended with its pod begins again."""


@dataclass(frozen=True)
class Forwarded:
    """A service of the cluster, at a port of this machine."""

    service: str
    port: int

    @property
    def url(self) -> str:
        """Its API."""
        return f"http://localhost:{self.port}"


class Forwards:
    """Inside `with`, these services are reached at their ports."""

    def __init__(self, release: Release, forwarded: Sequence[Forwarded]) -> None:
        self._release = release
        self._forwarded = forwarded
        self._stopped = threading.Event()
        self._running: dict[Forwarded, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        for each in self._forwarded:
            threading.Thread(target=self._keep, args=(each,), daemon=True).start()
        for each in self._forwarded:
            wait_until(partial(answers, each.port), 30, f"port-forward to {each.service}")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stopped.set()
        for child in self._running.values():
            child.terminate()
            child.wait()

    def _keep(self, each: Forwarded) -> None:
        command = ["kubectl", "--namespace", self._release.namespace, "port-forward", f"service/{each.service}"]
        while not self._stopped.is_set():
            child = subprocess.Popen(
                [*command, f"{each.port}:8000"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            self._running[each] = child
            child.wait()
            self._stopped.wait(AGAIN_AFTER)


class HelperKeys:
    """Tokens from the trial's helper. They are for every tenant."""

    def __init__(self, url: str) -> None:
        self._url = url

    def token(self, sub: str, tenants: Sequence[str]) -> str:
        """A token for every tenant and role."""
        return httpx.get(f"{self._url}/token", params={"sub": sub}, timeout=10, trust_env=False).raise_for_status().text


@dataclass(frozen=True)
class InCluster:
    """Where the services are, and who signs tokens for them."""

    services: Mapping[str, Forwarded]
    keys: HelperKeys
