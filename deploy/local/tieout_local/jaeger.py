"""A real Jaeger on this machine, if `jaeger` (version 2) is on the PATH: one process, traces in memory.

All functions block; a coroutine calls them with `asyncio.to_thread`.
"""

import json
import os
import shutil
from pathlib import Path
from typing import Any, Final

from tieout_local.ports import answers, remembered_port
from tieout_local.processes import Child, Children
from tieout_local.spawn import Command

NAME: Final = "jaeger"
READY_WITHIN: Final = 30.0
MOST_TRACES: Final = 50_000
"""The oldest traces give way."""


def find_jaeger() -> str | None:
    """The program, if it is on the PATH."""
    return shutil.which(NAME)


class Jaeger:
    """One Jaeger, with its ports and its log in `folder`."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program = program
        self._folder = folder.absolute()
        # A port of its own for each, so that another Jaeger of this machine is in nobody's way.
        self._ports = {name: remembered_port(self._folder / name) for name in ("otlp", "query", "query-grpc")}

    @property
    def endpoint(self) -> str:
        """Where services send their traces: OTLP over HTTP."""
        return f"http://127.0.0.1:{self._ports['otlp']}"

    @property
    def url(self) -> str:
        """Its page, and its query API below /api."""
        return f"http://127.0.0.1:{self._ports['query']}"

    @property
    def trace_url(self) -> str:
        """The address of a trace, as TIEOUT_TRACE_URL says it."""
        return f"{self.url}/trace/{{trace_id}}"

    def start(self, children: Children) -> Child:
        """Start it as one of these processes, and wait until it answers."""
        config = self._folder / "config.json"
        config.write_text(json.dumps(_config(self._ports), indent=2))
        argv = [self._program, "--config", str(config)]
        log = self._folder / "log"
        child = children.start(Command(name=NAME, argv=argv, log=log, cwd=self._folder, env=dict(os.environ)))
        child.wait_until(lambda: answers(self._ports["query"]) and answers(self._ports["otlp"]), READY_WITHIN)
        return child


def _config(ports: dict[str, int]) -> dict[str, Any]:
    """Its configuration; YAML takes JSON."""
    at = {name: f"127.0.0.1:{port}" for name, port in ports.items()}
    return {
        "service": {
            "extensions": ["jaeger_storage", "jaeger_query"],
            "pipelines": {
                "traces": {"receivers": ["otlp"], "processors": ["batch"], "exporters": ["jaeger_storage_exporter"]}
            },
            "telemetry": {"metrics": {"level": "none"}},
        },
        "extensions": {
            "jaeger_storage": {"backends": {"memory": {"memory": {"max_traces": MOST_TRACES}}}},
            "jaeger_query": {
                "storage": {"traces": "memory"},
                "http": {"endpoint": at["query"]},
                "grpc": {"endpoint": at["query-grpc"]},
            },
        },
        "receivers": {"otlp": {"protocols": {"http": {"endpoint": at["otlp"]}}}},
        "processors": {"batch": {"timeout": "200ms"}},
        "exporters": {"jaeger_storage_exporter": {"trace_storage": "memory"}},
    }
