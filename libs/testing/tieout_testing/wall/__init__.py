"""Leaves the tenant out of every query in turn, and looks for another tenant in every answer (SYS-11, ADR 29)."""

from tieout_testing.wall.rehearsal import Rehearsal, Stage
from tieout_testing.wall.services import tenants_apart
from tieout_testing.wall.sweep import WallSweep

__all__ = ["Rehearsal", "Stage", "WallSweep", "tenants_apart"]
