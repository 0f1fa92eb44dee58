"""The gateway of one process, and the clock that a test moves."""

import asyncio
import datetime as dt
from dataclasses import dataclass
from typing import Any

from tieout_connector.gateway.caller import XeroCaller
from tieout_connector.gateway.leases import Leases
from tieout_connector.gateway.lister import Lister
from tieout_connector.gateway.loop import Gateway
from tieout_connector.gateway.reader import Reader
from tieout_connector.gateway.writer import Writer
from tieout_connector.xero.http import XeroApi


class Clock:
    """The real time, and what a test adds to it."""

    def __init__(self) -> None:
        self.ahead = dt.timedelta()

    def __call__(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + self.ahead


@dataclass
class Process:
    """The gateway of one process, with its own leases."""

    api: XeroApi
    leases: Leases
    caller: XeroCaller
    writer: Writer
    reader: Reader
    lister: Lister
    gateway: Gateway

    async def die(self, task: "asyncio.Task[Any]") -> None:
        """End as by a power cut: nothing is let go, nothing is stored any more."""

        async def nothing(*_: Any) -> None: ...

        self.leases.close = nothing  # type: ignore[method-assign,assignment]  # as if it could not
        task.cancel()
        await asyncio.wait([task])
