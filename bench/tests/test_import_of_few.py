"""The benchmark of an import, with few bills on the tests' servers: it ends when nothing waits, and not before."""

from pathlib import Path
from uuid import uuid4

import pytest

from bench.import_.measuring import measure_import
from bench.import_.settled import ledger_of
from tieout_local.demo.platform import Platform
from tieout_local.demo.steps import Demo
from tieout_local.servers import KafkaServer, PostgresServer
from tieout_local.stack import Stack
from xero_sim.control_client import Control

pytestmark = [pytest.mark.real, pytest.mark.e2e]
BILLS = 300


@pytest.mark.rule("SYS-4", "BILL-1", "CONT-4")
async def test_an_import_is_settled_once_each_bill_is_here_or_has_a_reason_to_stay(
    tieout_folder: Path, kafka: KafkaServer, postgres: PostgresServer
) -> None:
    folder = tieout_folder / "import"
    with Stack(folder, kafka=kafka, postgres=postgres, prefix="import.", partitions=2) as stack:
        async with Platform(stack, uuid4()) as platform, Control(stack.simulator_url) as xero:
            demo = Demo(stack, platform, xero, org_id=await xero.create_org())

            found = await measure_import(demo, {}, BILLS)

            assert found.imported + found.kept == found.records > 0.9 * BILLS
            assert found.kept > 0
            assert found.calls == found.least_calls
            assert found.read <= found.settled
            assert min(found.cpu.values()) > 0
            assert min(found.memory.values()) > 1 << 20
            async with ledger_of(stack, platform.tenant_id) as ledger:
                assert await ledger.settled(found.records)
                assert not await ledger.settled(found.records + 1)
