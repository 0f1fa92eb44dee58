"""A real Kafka on this machine, without Docker: one process that is both broker and controller.

All functions block; a coroutine calls them with `asyncio.to_thread`.
"""

import os
import shutil
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Final

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from tieout_local.jars import cache_folder, class_path, locked_jars
from tieout_local.java import find_java
from tieout_local.ports import answers, remembered_port
from tieout_local.processes import Child, Children
from tieout_local.run_async import run
from tieout_local.spawn import Command

NAME: Final = "kafka"
READY_WITHIN: Final = 90.0
HEAP: Final = ["-Xmx512m", "-XX:+UseSerialGC"]

SETTINGS: Final = {
    "process.roles": "broker,controller",
    "node.id": 1,
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "auto.create.topics.enable": "false",
    "log.retention.hours": 168,
    # There is one broker, so nothing is replicated. Few partitions make the start faster.
    "offsets.topic.replication.factor": 1,
    "offsets.topic.num.partitions": 4,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "transaction.state.log.num.partitions": 4,
    "share.coordinator.state.topic.replication.factor": 1,
    "share.coordinator.state.topic.min.isr": 1,
    "share.coordinator.state.topic.num.partitions": 1,
    # After a SIGKILL the controller waits for the lost broker's session to run out.
    "broker.session.timeout.ms": 3000,
    "broker.heartbeat.interval.ms": 500,
    # Tests do not wait for more members of a group, for an abandoned transaction, or for a session of 6 s.
    "group.initial.rebalance.delay.ms": 0,
    "group.min.session.timeout.ms": 500,
    "transaction.abort.timed.out.transaction.cleanup.interval.ms": 1000,
}


class Kafka:
    """One broker with its data in `folder`. Its port and cluster id stay the same over restarts.

    `settings`: Kafka's own, instead of or beside those that this class gives.
    """

    def __init__(self, folder: Path, children: Children, settings: Mapping[str, object] = MappingProxyType({})) -> None:
        self.folder = folder.absolute()
        self._settings = settings
        self.port = 0
        self._controller_port = 0
        self._children = children

    @property
    def bootstrap(self) -> str:
        """host:port for clients."""
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the broker and wait until it answers. Jars are fetched and the folder is formatted if needed.

        Raises NoJava, JarsUnavailable, JarMismatch, Died, NotReady.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = self.port or remembered_port(self.folder / "port")
        self._controller_port = self._controller_port or remembered_port(self.folder / "controller-port")
        jars = class_path(locked_jars(), cache_folder())
        java: list[str | Path] = [find_java(), "-cp", os.pathsep.join(map(str, jars))]
        self._write_settings()
        if not (self.folder / "data" / "meta.properties").exists():
            self._format(java)
        log4j = self.folder / "log4j2.properties"
        log4j.write_text(resources.files("tieout_local").joinpath(log4j.name).read_text())
        logging_to = f"-Dlog4j2.configurationFile={log4j}"
        argv = [*java, *HEAP, logging_to, "kafka.Kafka", self._settings_file]
        child = self._children.start(self._command(NAME, argv))
        child.wait_until(lambda: answers(self.port) and run(lambda: kafka_answers(self.bootstrap)), READY_WITHIN)

    def stop(self) -> None:
        """Stop it gracefully. `start` starts it again on the same port."""
        self._child.stop()

    def kill(self) -> None:
        """SIGKILL it. `start` starts it again on the same port."""
        self._child.kill()

    def restart(self) -> None:
        """Stop it and start it on the same port."""
        self.stop()
        self.start()

    def freeze(self) -> None:
        """Freeze it until `thaw`: it keeps its connections but answers nobody."""
        self._child.freeze()

    def thaw(self) -> None:
        """Let it continue."""
        self._child.thaw()

    def remove(self) -> None:
        """Remove all data of the stopped broker."""
        shutil.rmtree(self.folder)

    @property
    def _child(self) -> Child:
        return self._children[NAME]

    @property
    def _settings_file(self) -> Path:
        return self.folder / "server.properties"

    def _write_settings(self) -> None:
        broker, controller = f"127.0.0.1:{self.port}", f"127.0.0.1:{self._controller_port}"
        addresses = {
            "listeners": f"PLAINTEXT://{broker},CONTROLLER://{controller}",
            "advertised.listeners": f"PLAINTEXT://{broker}",
            "controller.quorum.voters": f"1@{controller}",
            "log.dirs": self.folder / "data",
        }
        lines = (f"{name}={value}\n" for name, value in {**SETTINGS, **addresses, **self._settings}.items())
        self._settings_file.write_text("".join(lines))

    def _format(self, java: list[str | Path]) -> None:
        # A cluster id is 16 bytes in URL-safe base 64. Kafka refuses an id that begins with a dash.
        cluster = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=").replace("-", "A")
        # The tool runs too briefly for the better compiler.
        tool = [*java, "-XX:TieredStopAtLevel=1", "kafka.tools.StorageTool", "format"]
        argv = [*tool, "--cluster-id", cluster, "--config", self._settings_file]
        self._children.run(self._command("kafka-format", argv))

    def _command(self, name: str, argv: Sequence[str | Path]) -> Command:
        return Command(name=name, argv=argv, log=self.folder / "log", cwd=self.folder, grace=30)


async def kafka_answers(bootstrap: str) -> bool:
    """Whether Kafka answers a metadata request and knows a broker."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=5000)
    try:
        await admin.start()
        return bool((await admin.describe_cluster())["brokers"])
    except (KafkaError, OSError, TimeoutError):
        return False
    finally:
        await admin.close()
