"""Free ports, and ports that stay the same over restarts."""

import random
import socket
from pathlib import Path

# Below the range that the kernel uses for outgoing connections, so that none of them takes a port in the meantime.
FIRST, LAST = 20_000, 32_000


# Ports of servers that may not listen yet.
_reserved: set[int] = set()


def is_free(port: int) -> bool:
    """Whether a server can listen on this loopback port now."""
    with socket.socket() as probe:
        # The servers set it too: a connection in TIME_WAIT does not block the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def answers(port: int) -> bool:
    """Whether a server accepts connections on this loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    """A free port, chosen at random so that two parallel runs rarely choose the same."""
    while True:
        port = random.randint(FIRST, LAST)  # noqa: S311
        if port not in _reserved and is_free(port):
            _reserved.add(port)
            return port


def remembered_port(file: Path) -> int:
    """The port stored in this file, if it is still free; else a new port, which is stored there."""
    if file.exists() and is_free(stored := int(file.read_text())):
        _reserved.add(stored)
        return stored
    file.parent.mkdir(parents=True, exist_ok=True)
    port = free_port()
    file.write_text(f"{port}\n")
    return port
