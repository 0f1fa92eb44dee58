"""Postgres: transactions, named queries, migrations, notifications."""

from tieout_kit.postgres import queries
from tieout_kit.postgres.database import UNAVAILABLE, Database, Tx
from tieout_kit.postgres.notifications import Notifications
from tieout_kit.postgres.schema import Schema
from tieout_kit.postgres.stuck_sessions import CHECK_INTERVAL, terminate_stuck_sessions

__all__ = [
    "CHECK_INTERVAL",
    "UNAVAILABLE",
    "Database",
    "Notifications",
    "Schema",
    "Tx",
    "queries",
    "terminate_stuck_sessions",
]
