"""Every route of every service declares who may use it (SYS-11)."""

import asyncio

import pytest

from tieout_kit.http.access import operations
from tieout_local import roles


@pytest.mark.rule("SYS-11")
async def test_every_route_of_every_service_declares_its_roles() -> None:
    served = roles.apps()

    undeclared = {one.name for app in served.values() for one in operations(app) if one.allowed is None}
    nobody = [one.name for app in served.values() for one in operations(app) if one.allowed and not one.allowed.roles]

    assert undeclared == set(roles.OPEN)
    assert nobody == []


@pytest.mark.rule("SYS-11")
async def test_every_operation_is_on_the_page_with_a_sentence() -> None:
    served = roles.apps()
    page = roles.page(served)

    for service, app in served.items():
        for one in operations(app):
            if one.allowed:
                assert one.summary, one.name
                assert f"| {service} | {one.method} | `{one.path}` | {one.summary} |" in page


def test_the_page_is_as_the_routes_are() -> None:
    assert roles.PAGE.read_text() == asyncio.run(roles._page())
