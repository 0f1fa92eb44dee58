"""All services as processes, against the simulator; one stack for the tests of the folder, which ends with them."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio

from tieout_local.demo.platform import Platform
from tieout_local.demo.steps import Demo, connect
from tieout_local.jaeger_traces import JaegerTraces
from tieout_local.otlp import OtlpReceiver
from tieout_local.seen_spans import Traces
from tieout_local.servers import KafkaServer, PostgresServer
from tieout_local.stack import Stack
from xero_sim.control_client import Control


@pytest.fixture(scope="package")
def traces() -> Iterator[Traces]:
    """Where the services' traces arrive: in the Jaeger of TIEOUT_JAEGER_URL, or else in a receiver of this process."""
    if jaeger := os.environ.get("TIEOUT_JAEGER_URL"):
        yield JaegerTraces(jaeger, os.environ.get("TIEOUT_OTLP_ENDPOINT", "http://127.0.0.1:4318"))
        return
    with OtlpReceiver() as receiver:
        yield receiver


@pytest.fixture(scope="package")
def stack(tieout_folder: Path, kafka: KafkaServer, postgres: PostgresServer, traces: Traces) -> Iterator[Stack]:
    """The whole of Tieout."""
    settings = {"TIEOUT_OTLP_ENDPOINT": traces.endpoint, "TIEOUT_TRACE_URL": "http://viewer.test/{trace_id}"}
    with Stack(
        tieout_folder / "e2e", kafka=kafka, postgres=postgres, prefix="e2e.", partitions=4, settings=settings
    ) as running:
        yield running


@pytest_asyncio.fixture
async def demo(stack: Stack) -> AsyncIterator[Demo]:
    """A new tenant and an organisation of its own, not connected yet."""
    async with Platform(stack, uuid4()) as platform, Control(stack.simulator_url) as xero:
        begun = Demo(stack, platform, xero)
        begun.org_id = await xero.create_org("Kererū Coffee Roasters", country="NZ")
        yield begun


@pytest_asyncio.fixture
async def connected(demo: Demo) -> Demo:
    """A tenant that is connected, a small business imported."""
    await demo.xero.seed(demo.org_id, 40)
    await connect(demo, lambda _: None)
    return demo
