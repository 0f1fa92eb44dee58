"""Stand-ins for the services and the simulator: real processes that only listen; and a folder for servers."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tieout_local.environment import SERVICES
from xero_sim import control_client

# Ready when its /readyz answers; `/crash` ends it with a last word.
STAND_IN = """
import http.server, os, sys

class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/crash":
            print("the last word", flush=True)
            os._exit(3)
        self.answer(b"[]")

    def do_POST(self):
        print(self.path, self.rfile.read(int(self.headers["Content-Length"])).decode(), flush=True)
        self.answer(b'{"tenantId": "an-org", "problems": []}')

    do_PUT = do_POST

    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

print("listening", flush=True)
port = os.environ.get("TIEOUT_HEALTH_PORT") or sys.argv[2]
http.server.HTTPServer(("127.0.0.1", int(port)), Answer).serve_forever()
"""

# A program `jaeger` that listens where its configuration says.
JAEGER = """#!{python}
import json, pathlib, socket, sys, time
config = json.loads(pathlib.Path(sys.argv[2]).read_text())
asked = config["extensions"]["jaeger_query"]["http"], config["receivers"]["otlp"]["protocols"]["http"]
listening = [socket.create_server(("127.0.0.1", int(each["endpoint"].rpartition(":")[2]))) for each in asked]
time.sleep(3600)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every user may enter; pytest's own are for us alone."""
    made = Path(tempfile.mkdtemp(prefix="tieout-tests-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def stand_ins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Makes `python -m tieout_bills` and so on run the stand-ins."""
    folder = tmp_path / "stand-ins"
    for package in ("xero_sim", *(f"tieout_{service}" for service in SERVICES)):
        (folder / package).mkdir(parents=True)
        (folder / package / "__init__.py").touch()
        (folder / package / "__main__.py").write_text(STAND_IN)
    # `up` asks the simulator through its client, which is real here too.
    shutil.copy(control_client.__file__, folder / "xero_sim" / "control_client.py")
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return folder


@pytest.fixture
def jaeger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A stand-in for Jaeger, the first on the PATH."""
    program = tmp_path / "bin" / "jaeger"
    program.parent.mkdir()
    program.write_text(JAEGER.format(python=sys.executable))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    return str(program)
