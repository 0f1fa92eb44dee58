"""`xero-sim --port N`: the simulator as a process of its own. Prints one line with its URL once it listens."""

import argparse
import signal
from pathlib import Path

from xero_sim.app import Simulator
from xero_sim.persistence import load, save
from xero_sim.serving import listening_socket, server_for, url_of
from xero_sim.world import World


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="xero-sim", description="A faithful Xero for tests, demos and benchmarks.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0, the default, takes a free one")
    parser.add_argument("--data", type=Path, help="file that keeps the data from one run to the next")
    arguments = parser.parse_args()
    # After its shutdown, uvicorn raises the signal again. It is ignored then, so that the world is saved.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    world = load(arguments.data) if arguments.data else World()
    bound = listening_socket(arguments.host, arguments.port)
    server_for(Simulator(world), lambda: print(f"xero-sim listens on {url_of(bound)}", flush=True)).run([bound])
    if arguments.data:
        save(world, arguments.data)


if __name__ == "__main__":
    main()
