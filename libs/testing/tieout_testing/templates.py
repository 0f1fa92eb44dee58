"""Databases of which a copy is made for each test: to copy one is faster than to migrate one."""

from collections.abc import Sequence
from uuid import uuid4

from tieout_kit.clock import utc_now
from tieout_kit.postgres import Database
from tieout_kit.postgres.migrate import migrate
from tieout_local import databases
from tieout_local.servers import PostgresServer


class Templates:
    """The databases of one run's Postgres that tests get copies of, each made when it is needed first."""

    def __init__(self, postgres: PostgresServer) -> None:
        self._postgres = postgres
        self._made: dict[tuple[str, ...], str] = {}

    async def migrated(self, packages: Sequence[str]) -> str | None:
        """The name of an empty database with the migrations of these packages; None without packages."""
        if packages and tuple(packages) not in self._made:
            name = f"template_{uuid4().hex[:12]}"
            await databases.create(self._postgres.dsn(), name)
            await migrate(Database(self._postgres.dsn(name), "migrate", utc_now), packages)
            self._made[tuple(packages)] = name
        return self._made.get(tuple(packages))
