"""Who calls (SYS-11): a JWT names the caller, its tenants and its roles. What a caller may do is in access.py."""

from dataclasses import dataclass, replace
from typing import Annotated, Any
from uuid import UUID

import jwt
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from fastapi.security.utils import get_authorization_scheme_param
from starlette.datastructures import Headers
from starlette.types import Scope

from tieout_kit.errors import Refused, RetryLater
from tieout_kit.http.key_set import KeySet, from_location
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
    """Verifies tokens against the issuer's keys."""

    def __init__(self, jwks_url: str, issuer: str) -> None:
        """`jwks_url`: https://… or file://…"""
        self._keys = KeySet(from_location(jwks_url))
        self._issuer = issuer

    async def caller(self, token: str) -> Caller:
        """The caller that a token names. Raises NotAuthenticated, and RetryLater when the keys cannot be fetched."""
        try:
            key = await self._keys.find(str(jwt.get_unverified_header(token).get("kid", "")))
            if key is None:
                raise NotAuthenticated("the token is not good: signed with an unknown key")
            claims: dict[str, Any] = jwt.decode(
                token, key.key, algorithms=["RS256", "ES256"], issuer=self._issuer, options={"require": ["exp", "sub"]}
            )
        # TypeError: the token names an algorithm for keys of another kind than the key's.
        except (jwt.PyJWTError, TypeError, ValueError) as error:
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


async def identify(scope: Scope) -> Caller | None:
    """Verify a request's token once, before the request is routed; `authenticate` finds the outcome.

    Returns None for a caller who is not known: no token, a bad one, or the keys cannot be fetched.
    """
    outcome: Caller | Exception
    scheme, token = get_authorization_scheme_param(Headers(scope=scope).get("authorization"))
    keys: Keys = scope["app"].state.keys
    try:
        if scheme.lower() != "bearer":
            raise NotAuthenticated("send a token: Authorization: Bearer …")
        outcome = await keys.caller(token)
    except (NotAuthenticated, RetryLater) as error:
        outcome = error
    scope.setdefault("state", {})["caller"] = outcome
    return outcome if isinstance(outcome, Caller) else None


_bearer = HTTPBearer(auto_error=False, description="A JWT with `sub`, `tenants` and `roles`.")


async def authenticate(request: Request, _: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> Caller:
    """The caller of a request. Raises NotAuthenticated, and RetryLater when the keys cannot be fetched."""
    outcome: Caller | Exception = request.state.caller
    if isinstance(outcome, Exception):
        raise outcome
    return with_request(outcome, request)


def with_request(caller: Caller, request: Request) -> Caller:
    """The caller, with the route and the address of the request."""
    operation = f"{request.method} {request.scope['route'].path}"
    return replace(caller, operation=operation, address=request.client.host if request.client else "")


CurrentCaller = Annotated[Caller, Depends(authenticate)]
"""A route's parameter: who calls. Which roles may call is declared by `allow`."""
