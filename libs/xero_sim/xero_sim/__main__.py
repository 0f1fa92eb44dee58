"""`xero-sim --port N`: the simulator alone. Prints one line with its URL once it listens."""

import argparse

from xero_sim.app import build_app
from xero_sim.serving import listening_socket, server_for, url_of


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="xero-sim", description="A faithful Xero for tests, demos and benchmarks.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0, the default, takes a free one")
    asked = parser.parse_args()
    bound = listening_socket(asked.host, asked.port)
    server_for(build_app(), lambda: print(f"xero-sim listens on {url_of(bound)}", flush=True)).run([bound])


if __name__ == "__main__":
    main()
