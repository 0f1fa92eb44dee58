"""Ports: free ones, and the same ones again at the next start."""

import random
import socket
from pathlib import Path

# Below the ports that the kernel hands to outgoing connections, so that none of those takes one meanwhile.
FIRST, LAST = 20_000, 32_000


# Given to a server of ours that may not listen yet.
_given: set[int] = set()


def is_free(port: int) -> bool:
    """Can a server listen on this port of the loopback now?"""
    with socket.socket() as probe:
        # As the servers do: a connection that is still fading out does not hold the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def answers(port: int) -> bool:
    """Does a server accept connections on this port of the loopback?"""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    """A port nobody listens on, at random so that two runs side by side rarely choose the same."""
    while True:
        port = random.randint(FIRST, LAST)  # noqa: S311
        if port not in _given and is_free(port):
            _given.add(port)
            return port


def remembered_port(memory: Path) -> int:
    """The port noted in this file if it is still free, else a new one, noted there."""
    if memory.exists() and is_free(noted := int(memory.read_text())):
        _given.add(noted)
        return noted
    memory.parent.mkdir(parents=True, exist_ok=True)
    port = free_port()
    memory.write_text(f"{port}\n")
    return port
