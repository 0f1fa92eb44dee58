"""Fault injection: processes that are killed or frozen at a named point, and the points."""

from tieout_testing.faults.kill_points import KillPoint, KillPoints, named_statements
from tieout_testing.faults.process import ForkedProcess, forked_processes

__all__ = [
    "ForkedProcess",
    "KillPoint",
    "KillPoints",
    "forked_processes",
    "named_statements",
]
