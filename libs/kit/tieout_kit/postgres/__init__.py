"""Postgres: transactions, named queries, migrations, notifications."""

from tieout_kit.postgres import queries
from tieout_kit.postgres.database import TAKEN, UNAVAILABLE, Database, Tx
from tieout_kit.postgres.notifications import Broadcast, Notifications
from tieout_kit.postgres.schema import Schema
from tieout_kit.postgres.stuck_sessions import CHECK_INTERVAL, terminate_stuck_sessions
from tieout_kit.postgres.tenant_rows import of_tenant

__all__ = [
    "CHECK_INTERVAL",
    "TAKEN",
    "UNAVAILABLE",
    "Broadcast",
    "Database",
    "Notifications",
    "Schema",
    "Tx",
    "of_tenant",
    "queries",
    "terminate_stuck_sessions",
]
