"""Databases of which a copy is made for each test: to copy one is faster than to migrate one."""

from collections.abc import Sequence
from uuid import uuid4

from tieout_local import databases
from tieout_local.logins import DatabaseUrls
from tieout_local.servers import PostgresServer


class Templates:
    """The databases of one run's Postgres that tests get copies of, each made when it is needed first."""

    def __init__(self, postgres: PostgresServer) -> None:
        self._postgres = postgres
        self._made: dict[tuple[str, ...], DatabaseUrls] = {}

    async def migrated(self, packages: Sequence[str]) -> str | None:
        """The name of an empty database with the migrations of these packages; None without packages."""
        if packages and tuple(packages) not in self._made:
            name = f"template_{uuid4().hex[:12]}"
            await databases.create(self._postgres.dsn(), name)
            urls = DatabaseUrls.of(self._postgres.dsn(name))
            await urls.migrate(packages)
            self._made[tuple(packages)] = urls
        made = self._made.get(tuple(packages))
        return made.owner.rpartition("/")[2] if made else None

    def logins(self, packages: Sequence[str], database: str) -> DatabaseUrls:
        """A copy of such a database, as its owner, who is named by its dsn, and its two logins reach it."""
        return self._made[tuple(packages)].on(database)
