"""Live is whether the loop turns; ready is whether every part that this process needs works."""

import time

import httpx
import pytest

from tieout_kit.health import STUCK, health_app


async def ask(path: str, *, idle: float = 0.0, trouble: str | None = None) -> httpx.Response:
    async def part() -> str | None:
        return trouble

    async def fine() -> str | None:
        return None

    app = health_app(lambda: time.monotonic() - idle, {"part": part, "other": fine})
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        return await client.get(path)


@pytest.mark.parametrize(("idle", "status"), [(0.0, 200), (STUCK - 1, 200), (STUCK + 1, 503), (float("-inf"), 200)])
async def test_a_process_is_live_while_its_loop_turns(idle: float, status: int) -> None:
    assert (await ask("/livez", idle=idle, trouble="Postgres is away")).status_code == status


async def test_a_process_is_ready_when_no_part_is_in_trouble() -> None:
    response = await ask("/readyz")

    assert (response.status_code, response.json()) == (200, {"ready": True, "trouble": {}})


async def test_a_process_that_is_not_ready_says_which_part_and_why() -> None:
    response = await ask("/readyz", trouble="Postgres is away")

    assert (response.status_code, response.json()) == (503, {"ready": False, "trouble": {"part": "Postgres is away"}})


async def test_the_metrics_are_those_that_are_declared() -> None:
    text = (await ask("/metrics")).text

    assert "# HELP tieout_consumed_records_total Records handled, their transaction committed." in text
