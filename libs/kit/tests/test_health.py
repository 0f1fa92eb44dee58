"""Live is whether the loop turns; ready is whether every part it needs to serve works."""

import asyncio
import threading
import time

import httpx
import pytest

from tieout_kit.process import health
from tieout_kit.process.health import CHECK_TIMEOUT_S, STUCK, health_app


async def ask(
    path: str,
    *,
    idle: float = 0.0,
    trouble: str | None = None,
    beside: str | None = None,
    timeout_s: float = CHECK_TIMEOUT_S,
) -> httpx.Response:
    async def needed() -> str | None:
        if trouble == "asleep":
            await asyncio.sleep(60)
        return trouble

    async def told() -> str | None:
        return beside

    app = health_app(lambda: time.monotonic() - idle, {"part": needed}, {"beside": told}, timeout_s)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        return await client.get(path)


async def _turn(turned: threading.Event) -> None:
    await asyncio.sleep(0.05)
    turned.set()


@pytest.mark.parametrize(("idle", "status"), [(0.0, 200), (STUCK - 1, 200), (STUCK + 1, 503), (float("-inf"), 200)])
async def test_a_process_is_live_while_its_loop_turns(idle: float, status: int) -> None:
    assert (await ask("/livez", idle=idle, trouble="Postgres is away")).status_code == status


async def test_a_process_is_ready_when_no_part_is_in_trouble() -> None:
    response = await ask("/readyz")

    assert (response.status_code, response.json()) == (200, {"ready": True, "unhealthy": {}})


async def test_a_process_that_is_not_ready_says_which_part_and_why() -> None:
    response = await ask("/readyz", trouble="Postgres is away")

    assert (response.status_code, response.json()) == (503, {"ready": False, "unhealthy": {"part": "Postgres is away"}})


async def test_trouble_beside_what_is_needed_to_serve_is_told_and_keeps_nobody_out() -> None:
    """Seen to fail when every part was needed: a Kafka outage took the APIs away, which need Postgres alone."""
    response = await ask("/readyz", beside="Kafka is away")

    assert (response.status_code, response.json()) == (200, {"ready": True, "unhealthy": {"beside": "Kafka is away"}})


async def test_the_loop_turns_while_metrics_are_written_out(monkeypatch: pytest.MonkeyPatch) -> None:
    turned = threading.Event()

    def written_out() -> bytes:
        return b"turned" if turned.wait(5) else b"stood still"

    monkeypatch.setattr(health, "generate_latest", written_out)
    response, _ = await asyncio.gather(ask("/metrics"), _turn(turned))

    assert response.text == "turned"


async def test_a_part_that_does_not_say_how_it_is_is_in_trouble() -> None:
    response = await ask("/readyz", trouble="asleep", timeout_s=0.05)

    assert (response.status_code, response.json()["unhealthy"]) == (503, {"part": "no answer within 0 s"})


async def test_trouble_is_a_metric_too() -> None:
    assert 'tieout_unhealthy{component="beside"} 1.0' in (await ask("/metrics", beside="Kafka is away")).text
    assert 'tieout_unhealthy{component="beside"} 0.0' in (await ask("/metrics")).text


async def test_the_metrics_are_those_that_are_declared() -> None:
    text = (await ask("/metrics")).text

    assert "# HELP tieout_kafka_records_consumed_total Records handled in a committed transaction." in text
