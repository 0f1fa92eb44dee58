"""Transactions, named queries, migrations, and notifications of Postgres."""

from tieout_kit.postgres import queries
from tieout_kit.postgres.database import AWAY, Database, Tx
from tieout_kit.postgres.notifications import Bell
from tieout_kit.postgres.schema import Schema
from tieout_kit.postgres.stuck_sessions import LOOK_EVERY, end_silent

__all__ = [
    "AWAY",
    "LOOK_EVERY",
    "Bell",
    "Database",
    "Schema",
    "Tx",
    "end_silent",
    "queries",
]
