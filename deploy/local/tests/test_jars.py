"""Only the jars that the lock names are run."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from jgo.maven import Artifact

from tieout_local.errors import JarMismatch, JarsUnavailable
from tieout_local.jars import Jar, class_path, locked_jars

GENUINE = b"as published"
JAR = Jar(hashlib.sha256(GENUINE).hexdigest(), "org.example:thing:1.0")


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Any]:
    """What the registry answers with, and how often it was asked."""
    state: dict[str, Any] = {"content": GENUINE, "asked": 0}

    def resolve(artifact: Artifact) -> Path:
        state["asked"] += 1
        if state["content"] is None:
            raise RuntimeError("no network")
        fetched: Path = artifact.context.repo_cache / "fetched.jar"
        fetched.write_bytes(state["content"])
        return fetched

    monkeypatch.setattr(Artifact, "resolve", resolve)
    return state


def test_a_tampered_jar_in_the_cache_is_fetched_again(registry: dict[str, Any], tmp_path: Path) -> None:
    [jar] = class_path([JAR], tmp_path)
    jar.write_bytes(b"tampered")

    [again] = class_path([JAR], tmp_path)

    assert again.read_bytes() == GENUINE
    assert registry["asked"] == 2


def test_a_jar_that_the_lock_does_not_know_is_refused(registry: dict[str, Any], tmp_path: Path) -> None:
    registry["content"] = b"tampered"

    with pytest.raises(JarMismatch, match=r"org.example:thing:1.0 has sha256 .* it is not run"):
        class_path([JAR], tmp_path)

    assert list((tmp_path / "jars").iterdir()) == []


def test_a_second_start_asks_no_registry(registry: dict[str, Any], tmp_path: Path) -> None:
    class_path([JAR], tmp_path)
    registry["content"] = None

    class_path([JAR], tmp_path)

    assert registry["asked"] == 1


def test_without_network_the_error_says_what_to_do(registry: dict[str, Any], tmp_path: Path) -> None:
    registry["content"] = None

    with pytest.raises(JarsUnavailable, match="try again with network, or copy that folder"):
        class_path([JAR], tmp_path)


def test_the_lock_names_each_jar_once_and_kafka_among_them() -> None:
    coordinates = [jar.coordinate for jar in locked_jars()]

    assert "org.apache.kafka:kafka_2.13:4.3.1" in coordinates
    assert len({coordinate.rpartition(":")[0] for coordinate in coordinates}) == len(coordinates)
