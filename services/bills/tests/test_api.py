"""Who may call the bills API (SYS-11)."""

import pytest

from tieout_kit.testing_access import surprises, told_apart
from tieout_local.stage import Stage

pytestmark = pytest.mark.real


@pytest.mark.rule("SYS-11")
async def test_every_route_lets_in_whom_it_declares_and_nobody_else(stage: Stage) -> None:
    await stage.connect()

    assert await surprises(stage.door) == []


@pytest.mark.rule("SYS-11")
async def test_a_stranger_cannot_tell_whether_a_tenant_exists(stage: Stage) -> None:
    await stage.connect()

    assert await told_apart(stage.door) == []
