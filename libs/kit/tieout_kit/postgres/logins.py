"""Logins of Postgres as connection strings name them, and how they are created."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import unquote, urlsplit

import asyncpg

_ROUNDS = 4096


@dataclass(frozen=True, slots=True)
class Login:
    """A role that logs in. Without a password it is identified otherwise, for example by a certificate."""

    name: str
    password: str | None

    @classmethod
    def of(cls, url: str) -> Self:
        """The login that a postgresql:// URL names. Raises ValueError if it names none."""
        parts = urlsplit(url)
        if not parts.username:
            raise ValueError("the URL names no login: postgresql://login@host/database")
        return cls(unquote(parts.username), unquote(parts.password) if parts.password else None)


async def create_if_missing(db: Any, logins: Iterable[Login]) -> None:
    """Create the logins that do not exist; the others stay as they are, with their passwords.

    Raises ValueError for a login that passes row-level security: a superuser, the owner, or a member of its role. And
    for one that is missing, if the owner may not create logins.
    """
    for login in logins:
        found = await db.fetchrow(
            """select rolsuper or rolbypassrls or pg_has_role(rolname, current_user, 'member') as free from pg_roles
            where rolname = $1""",
            login.name,
        )
        if found is None:
            password = f" password '{scram(login.password)}'" if login.password else ""
            try:
                await db.execute(f"create role {quoted(login.name)} login{password}")
            except asyncpg.InsufficientPrivilegeError as error:
                raise ValueError(f"the login {login.name} is missing, and the owner may not create it") from error
        elif found["free"]:
            raise ValueError(
                f"the login {login.name} is a superuser or has the owner's rights: give the service a login of its own"
            )


def scram(password: str) -> str:
    """The verifier that Postgres stores for a password (RFC 5803), so that the password is in no log of the server.

    Raises ValueError for a password that is not plain ASCII, which would have to be normalised first.
    """
    if not (password.isascii() and password.isprintable()):
        raise ValueError("the password of a login that is created here must be of printable ASCII characters")
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _ROUNDS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    encoded = [base64.b64encode(part).decode() for part in (salt, stored, server)]
    return f"SCRAM-SHA-256${_ROUNDS}:{encoded[0]}${encoded[1]}:{encoded[2]}"


def quoted(name: str) -> str:
    """A name as SQL takes it."""
    return '"' + name.replace('"', '""') + '"'
