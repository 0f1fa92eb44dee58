"""`xero-sim --port N`: the simulator alone. Prints one line with its URL once it listens."""

import argparse
import signal
from pathlib import Path

from xero_sim.app import Simulator
from xero_sim.persistence import load, save
from xero_sim.serving import listening_socket, server_for, url_of
from xero_sim.world import World


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="xero-sim", description="A faithful Xero for tests, demos and benchmarks.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0, the default, takes a free one")
    parser.add_argument("--data", type=Path, help="keep everything in this file from one run to the next")
    asked = parser.parse_args()
    # uvicorn ends in good order and then raises the signal once more, which would end us before the world is saved.
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: None)
    world = load(asked.data) if asked.data else World()
    bound = listening_socket(asked.host, asked.port)
    server_for(Simulator(world), lambda: print(f"xero-sim listens on {url_of(bound)}", flush=True)).run([bound])
    if asked.data:
        save(world, asked.data)


if __name__ == "__main__":
    main()
