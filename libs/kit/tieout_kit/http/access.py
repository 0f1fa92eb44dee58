"""Who may do what (SYS-11): every route declares its roles by `dependencies=[allow(…)]`, and by nothing else.

Refused
├── NotFound         another tenant's record: whether it exists is not revealed
├── RoleMissing      403; names the role and whom to ask
└── FeatureClosed    403; names the feature that the tenant's plan does not have, and whom to ask
"""

from collections.abc import Awaitable, Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import Depends, FastAPI, Request
from fastapi.params import Depends as Dependency
from fastapi.routing import APIRoute, iter_route_contexts

from tieout_kit.errors import NotFound, Refused
from tieout_kit.http.auth import Caller, CurrentCaller
from tieout_kit.telemetry import add_to_current, attributes
from tieout_schemas.roles import Feature, Role

READERS = (Role.VIEWER, Role.BOOKKEEPER, Role.APPROVER, Role.ADMIN, Role.PLATFORM)
EDITORS = (Role.BOOKKEEPER, Role.ADMIN, Role.PLATFORM)
APPROVERS = (Role.APPROVER, Role.ADMIN, Role.PLATFORM)
ADMINS = (Role.ADMIN, Role.PLATFORM)


ClosedFeatures = Callable[[UUID], Awaitable[Collection[Feature]]]
"""Returns the features that a tenant's plan does not have. Raises NotFound for an unknown tenant."""


class RoleMissing(Refused):
    """The caller is known and lacks the role; the message names it and whom to ask."""

    status = 403


class FeatureClosed(Refused):
    """The tenant's plan does not have the feature; the message names it and whom to ask."""

    status = 403


def require(caller: Caller, roles: Collection[Role], what: str = "this") -> None:
    """Raises RoleMissing unless the caller has one of these roles."""
    if not caller.roles.intersection(roles):
        needed = " or ".join(roles)
        whom = "an admin of the organisation for it" if Role.ADMIN in roles else "the platform's support"
        raise RoleMissing(f"{what} needs the role {needed}; ask {whom}")


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a route declares."""

    roles: tuple[Role, ...]
    feature: Feature | None = None
    """The route is refused to everybody while the tenant's plan does not have this feature."""

    async def __call__(self, request: Request, caller: CurrentCaller) -> None:
        """Let callers through that have any of the roles, for the tenant in the path if there is one."""
        tenant_id = request.path_params.get("tenant_id")
        if tenant_id is not None and not _sees(caller, tenant_id):
            raise NotFound("no such tenant")
        add_to_current({attributes.TENANT: str(tenant_id)} if tenant_id else {})
        require(caller, self.roles)
        if self.feature:
            closed: ClosedFeatures = request.app.state.closed
            if self.feature in await closed(UUID(tenant_id)):
                raise FeatureClosed(f"the plan does not have {self.feature}; ask the platform's support for it")


def allow(*roles: Role, feature: Feature | None = None) -> Dependency:
    """A route's declaration, as a FastAPI dependency: any of these roles, and the feature of the plan that it needs."""
    declared: Dependency = Depends(Allowed(roles, feature))
    return declared


def _sees(caller: Caller, tenant_id: str) -> bool:
    try:
        return caller.sees(UUID(tenant_id))
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Operation:
    """A route of an app, and what it declares. `allowed` is None for a route that is open to anybody."""

    method: str
    path: str
    summary: str
    allowed: Allowed | None

    @property
    def name(self) -> str:
        """As in spans and the audit trail: `PUT /tenants/{tenant_id}/bills/{bill_id}`."""
        return f"{self.method} {self.path}"


def operations(app: FastAPI) -> Iterator[Operation]:
    """Every route of an app, open routes too. Raises TypeError for a route that declares its roles twice."""
    for route in iter_route_contexts(app.routes):
        declared: list[Any] = []
        if isinstance(route.original_route, APIRoute):
            declared = [d.call for d in route.dependant.dependencies if isinstance(d.call, Allowed)]
        if len(declared) > 1:
            raise TypeError(f"{route.path} declares its roles more than once")
        for method in sorted((route.methods or set()) - {"HEAD"}):
            summary = getattr(route, "summary", None) or ""
            yield Operation(method, route.path or "", summary, declared[0] if declared else None)
