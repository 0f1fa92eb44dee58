"""A service as a process: its configuration, its parts, its health."""

from tieout_kit.process.config import ServiceConfig
from tieout_kit.process.consumption import Consumption
from tieout_kit.process.every import every
from tieout_kit.process.gc_tuning import tune_gc
from tieout_kit.process.server import Server, serve
from tieout_kit.process.service import STOPS_WITHIN_S, run

__all__ = [
    "STOPS_WITHIN_S",
    "Consumption",
    "Server",
    "ServiceConfig",
    "every",
    "run",
    "serve",
    "tune_gc",
]
