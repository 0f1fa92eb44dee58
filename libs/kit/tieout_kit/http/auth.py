"""Who calls (SYS-11): a JWT names the caller, its tenants and its roles. What a caller may do is in access.py."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import jwt
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from tieout_kit.errors import Refused, RetryLater
from tieout_schemas.roles import Role

EVERY_TENANT = "*"


class NotAuthenticated(Refused):
    """There is no token, or it is not valid."""

    status = 401


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls."""

    sub: str
    tenants: frozenset[str]
    roles: frozenset[Role]
    operation: str = ""
    """Method and path of the route."""
    address: str = ""
    """The network address of the client; behind a proxy that uvicorn trusts, the address that the proxy forwards."""

    def sees(self, tenant_id: UUID) -> bool:
        """Whether this caller may know of the tenant."""
        return EVERY_TENANT in self.tenants or str(tenant_id) in self.tenants


ANONYMOUS = Caller("", frozenset(), frozenset())
"""A caller without a token."""


class Keys:
    """Verifies tokens against the issuer's keys: from a file, or fetched when needed and cached for five minutes."""

    def __init__(self, jwks_url: str, issuer: str) -> None:
        # PyJWT's client fetches over HTTP only. The local stack and Kubernetes secrets keep the keys in a file.
        path = jwks_url.removeprefix("file://")
        self._find = _from_file(Path(path)) if path != jwks_url else _from_url(jwks_url)
        self._issuer = issuer

    async def caller(self, token: str) -> Caller:
        """The caller that a token names. Raises NotAuthenticated, and RetryLater when the keys cannot be fetched."""
        try:
            # In a thread: the client fetches keys with blocking I/O.
            key = await asyncio.to_thread(self._find, token)
            claims: dict[str, Any] = jwt.decode(
                token, key.key, algorithms=["RS256", "ES256"], issuer=self._issuer, options={"require": ["exp", "sub"]}
            )
        except jwt.PyJWKClientConnectionError as error:
            raise RetryLater(f"the keys that sign tokens cannot be fetched: {error}") from error
        except (jwt.PyJWTError, ValueError) as error:
            raise NotAuthenticated(f"the token is not good: {error}") from error
        roles = _names(claims, "roles")
        # Roles of other systems are ignored.
        return Caller(claims["sub"], _names(claims, "tenants"), frozenset(role for role in Role if role in roles))


def _names(claims: dict[str, Any], claim: str) -> frozenset[str]:
    names = claims.get(claim, [])
    # A string would be read letter by letter, and `*` is a letter.
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise NotAuthenticated(f"the token is not good: {claim} is no list of names")
    return frozenset(names)


def _from_url(url: str) -> Callable[[str], jwt.PyJWK]:
    return jwt.PyJWKClient(url, cache_jwk_set=True, lifespan=300).get_signing_key_from_jwt


def _from_file(path: Path) -> Callable[[str], jwt.PyJWK]:
    keys = jwt.PyJWKSet.from_json(path.read_text())

    def find(token: str) -> jwt.PyJWK:
        try:
            return keys[jwt.get_unverified_header(token).get("kid", "")]
        except KeyError as error:
            raise jwt.InvalidTokenError("signed with an unknown key") from error

    return find


_bearer = HTTPBearer(auto_error=False, description="A JWT with `sub`, `tenants` and `roles`.")


async def authenticate(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Caller:
    """The caller of a request. Raises NotAuthenticated."""
    if credentials is None:
        raise NotAuthenticated("send a token: Authorization: Bearer …")
    keys: Keys = request.app.state.keys
    return with_request(await keys.caller(credentials.credentials), request)


def with_request(caller: Caller, request: Request) -> Caller:
    """The caller, with the route and the address of the request."""
    operation = f"{request.method} {request.scope['route'].path}"
    return replace(caller, operation=operation, address=request.client.host if request.client else "")


CurrentCaller = Annotated[Caller, Depends(authenticate)]
"""A route's parameter: who calls. Which roles may call is declared by `allow`."""
