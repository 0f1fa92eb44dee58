"""Every route of every service declares who may use it (SYS-11)."""

import asyncio

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from tieout_kit.http import dependencies
from tieout_kit.http.access import operations
from tieout_local import roles
from tieout_schemas.roles import Role


@pytest.mark.rule("SYS-11")
async def test_every_route_of_every_service_declares_its_roles() -> None:
    served = roles.apps()

    undeclared = {one.name for app in served.values() for one in operations(app) if one.allowed is None}
    nobody = [one.name for app in served.values() for one in operations(app) if one.allowed and not one.allowed.roles]

    assert undeclared == set(roles.OPEN)
    assert nobody == []


@pytest.mark.rule("SYS-11")
async def test_only_routes_of_the_platform_about_no_one_tenant_read_every_tenant() -> None:
    """All others get the database as the tenant in their path sees it."""
    served = roles.apps()
    beyond = {
        (service, route.path or "")
        for service, app in served.items()
        for route in iter_route_contexts(app.routes)
        if isinstance(route.original_route, APIRoute) and _needs(route.dependant, dependencies._of_every_tenant)
    }

    allowed = {(service, each.path): each.allowed for service, app in served.items() for each in operations(app)}
    assert beyond == {*((service, "/parked") for service in served), ("connector", "/usage/cost")}
    assert {one.roles for route in beyond if (one := allowed[route])} == {(Role.PLATFORM,)}


@pytest.mark.rule("SYS-11")
async def test_every_operation_is_on_the_page_with_a_sentence() -> None:
    served = roles.apps()
    page = roles.page(served)

    for service, app in served.items():
        for one in operations(app):
            if one.allowed:
                assert one.summary, one.name
                assert f"| {service} | {one.method} | `{one.path}` | {one.summary} |" in page


def _needs(dependant: Dependant, wanted: object) -> bool:
    return any(each.call is wanted or _needs(each, wanted) for each in dependant.dependencies)


def test_the_page_is_as_the_routes_are() -> None:
    assert roles.PAGE.read_text() == asyncio.run(roles._page())
