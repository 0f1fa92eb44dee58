"""A service as a process: its configuration, its parts, its health."""

from tieout_kit.process.config import Settings
from tieout_kit.process.gc_tuning import look_seldom
from tieout_kit.process.service import every, run

__all__ = [
    "Settings",
    "every",
    "look_seldom",
    "run",
]
