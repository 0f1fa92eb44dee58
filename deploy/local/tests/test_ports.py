"""Ports stay what they were, if they can."""

import socket
from pathlib import Path

from tieout_local.ports import answers, free_port, remembered_port


def test_a_port_is_the_same_at_the_second_start(tmp_path: Path) -> None:
    assert remembered_port(tmp_path / "port") == remembered_port(tmp_path / "port")


def test_a_port_that_somebody_took_is_replaced_for_good(tmp_path: Path) -> None:
    noted = remembered_port(tmp_path / "port")
    with socket.create_server(("127.0.0.1", noted)):
        assert answers(noted)
        replaced = remembered_port(tmp_path / "port")

    assert replaced != noted
    assert remembered_port(tmp_path / "port") == replaced


def test_no_port_is_given_twice_although_nobody_listens_yet() -> None:
    ports = [free_port() for _ in range(500)]

    assert len(set(ports)) == len(ports)
