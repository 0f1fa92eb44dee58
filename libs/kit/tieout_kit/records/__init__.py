"""Stores records and keeps them in step with Xero. What a change means is decided in tieout_kit.sync."""

from tieout_kit.records import exports, exports_rules, locks, reference, sweeps, tenants, unhandled
from tieout_kit.records.copies import Copies
from tieout_kit.records.desk_store import Loaded
from tieout_kit.records.exports_rules import HistoryExport
from tieout_kit.records.facts_loader import FactsLoader
from tieout_kit.records.reconciler import Reconciler
from tieout_kit.records.reference import ReferenceStore
from tieout_kit.records.store import RecordKey, RecordVersion
from tieout_kit.records.sweeper import Sweeper
from tieout_kit.records.sweeps import Recheck, Rechecker, Rechecks, Sweep, SweepAction, SweepScope
from tieout_kit.records.tenants import Tenants, closed_by_plan

__all__ = [
    "Copies",
    "FactsLoader",
    "HistoryExport",
    "Loaded",
    "Recheck",
    "Rechecker",
    "Rechecks",
    "Reconciler",
    "RecordKey",
    "RecordVersion",
    "ReferenceStore",
    "Sweep",
    "SweepAction",
    "SweepScope",
    "Sweeper",
    "Tenants",
    "closed_by_plan",
    "exports",
    "exports_rules",
    "locks",
    "reference",
    "sweeps",
    "tenants",
    "unhandled",
]
