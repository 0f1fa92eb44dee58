"""The three logins of a service's database on this machine: the owner's, the worker's and the API's (ADR 29)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit


@dataclass(frozen=True)
class DatabaseUrls:
    """One database, as each login reaches it. The logins are named after the database."""

    owner: str
    worker: str
    api: str

    @classmethod
    def of(cls, owner: str) -> Self:
        """The logins that `migrate` creates. Their passwords follow from the owner's, and not the other way."""
        return cls(owner, _login(owner, "worker"), _login(owner, "api"))

    def on(self, owner: str) -> "DatabaseUrls":
        """The same logins on a copy of the database, which `owner` names."""
        path = urlsplit(owner).path
        return DatabaseUrls(owner, *(urlsplit(url)._replace(path=path).geturl() for url in (self.worker, self.api)))

    @property
    def environment(self) -> dict[str, str]:
        """What a service is told of its database."""
        return {"TIEOUT_DATABASE_URL": self.worker, "TIEOUT_API_DATABASE_URL": self.api}

    async def migrate(self, packages: Sequence[str]) -> None:
        """Bring the schema up to date as its owner, and create the logins."""
        from tieout_kit.clock import utc_now  # noqa: PLC0415  the kit is not needed for the servers alone
        from tieout_kit.postgres import Database  # noqa: PLC0415
        from tieout_kit.postgres.logins import Login  # noqa: PLC0415
        from tieout_kit.postgres.migrate import migrate  # noqa: PLC0415

        logins = (Login.of(self.worker), Login.of(self.api))
        await migrate(Database(self.owner, "migrate", utc_now), packages, logins)


def _login(owner: str, role: str) -> str:
    parts = urlsplit(owner)
    password = hashlib.sha256(f"{role} {parts.password}".encode()).hexdigest()[:16]
    name, server = f"{parts.path.strip('/')}_{role}", parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{name}:{password}@{server}").geturl()
