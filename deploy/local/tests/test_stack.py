"""The stack starts, supervises and stops the services; stand-ins take their place here."""

from pathlib import Path

import httpx
import pytest

from tieout_local.environment import SERVICES
from tieout_local.errors import Died
from tieout_local.servers import KafkaServer, PostgresServer
from tieout_local.stack import Stack

pytestmark = [pytest.mark.real, pytest.mark.timeout(60), pytest.mark.usefixtures("stand_ins")]


def make_stack(folder: Path, kafka: KafkaServer, postgres: PostgresServer, prefix: str) -> Stack:
    return Stack(folder, kafka=kafka, postgres=postgres, prefix=prefix, partitions=1)


def crash(stack: Stack, service: str) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(f"{stack.services[service].health_url}/crash", trust_env=False)


def test_every_service_is_ready_and_gone_afterwards(
    tmp_path: Path, kafka: KafkaServer, postgres: PostgresServer, topic_prefix: str
) -> None:
    with make_stack(tmp_path, kafka, postgres, topic_prefix) as stack:
        pids = [stack.child(name).pid for name in (*SERVICES, "simulator")]
        assert all(stack.child(name).running for name in SERVICES)

    assert len(set(pids)) == 5
    assert not any(stack.child(name).running for name in (*SERVICES, "simulator"))


def test_the_simulator_knows_our_app_and_where_its_webhooks_go(
    tmp_path: Path, kafka: KafkaServer, postgres: PostgresServer, topic_prefix: str
) -> None:
    with make_stack(tmp_path, kafka, postgres, topic_prefix) as stack:
        log = stack.child("simulator").log_tail()

    assert "/control/apps" in log
    assert f"{stack.services['connector'].url}/webhooks/xero" in log
    assert stack.services["connector"].redirect_uri in log


def test_a_service_that_dies_is_reported_with_its_last_log_lines(
    tmp_path: Path, kafka: KafkaServer, postgres: PostgresServer, topic_prefix: str
) -> None:
    with make_stack(tmp_path, kafka, postgres, topic_prefix) as stack:
        crash(stack, "bills")

        with pytest.raises(Died, match=r"(?s)bills ended with exit code 3.*the last word"):
            stack.children.watch(until=lambda: False)


def test_a_service_killed_on_purpose_is_no_death_and_comes_back_at_its_address(
    tmp_path: Path, kafka: KafkaServer, postgres: PostgresServer, topic_prefix: str
) -> None:
    with make_stack(tmp_path, kafka, postgres, topic_prefix) as stack:
        stack.child("bills").kill()
        stack.children.check()

        stack.start_service("bills")

        assert httpx.get(f"{stack.services['bills'].health_url}/readyz", trust_env=False).status_code == 200


def test_a_service_that_does_not_start_takes_all_others_with_it(
    tmp_path: Path, kafka: KafkaServer, postgres: PostgresServer, topic_prefix: str, stand_ins: Path
) -> None:
    (stand_ins / "tieout_payments" / "__main__.py").write_text("raise SystemExit('no such setting')")
    stack = make_stack(tmp_path, kafka, postgres, topic_prefix)

    with pytest.raises(Died, match="no such setting"):
        stack.start()

    assert not any(stack.child(name).running for name in SERVICES)


def test_addresses_are_the_same_at_the_second_start(
    tmp_path: Path, kafka: KafkaServer, postgres: PostgresServer, topic_prefix: str
) -> None:
    with make_stack(tmp_path, kafka, postgres, topic_prefix) as first:
        pass

    second = make_stack(tmp_path, kafka, postgres, topic_prefix)

    assert second.services == first.services
    assert second.simulator_url == first.simulator_url
