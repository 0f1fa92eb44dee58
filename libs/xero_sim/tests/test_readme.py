"""What the README tells a newcomer to type really runs."""

import asyncio
import json
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from xero_sim.serving import listening_socket

README = (Path(__file__).parent.parent / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
START, *SHELL = [text for kind, text in BLOCKS if not kind]


@pytest.fixture
def started() -> Iterator[str]:
    """The URL that `xero-sim --port …` prints, on a port that is free here."""
    with listening_socket() as free:
        port = str(free.getsockname()[1])
    command, printed = START.replace("8900", port).splitlines()
    alone = Path(sys.executable).with_name("xero-sim")
    process = subprocess.Popen([alone, *command.split("#")[0].split()[1:]], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        assert process.stdout.readline().strip() == printed
        yield printed.split()[-1]
    finally:
        process.terminate()
        process.communicate(timeout=10)


def test_the_shell_commands_lead_from_an_organisation_to_its_invoices_and_a_webhook(started: str) -> None:
    script = "set -euo pipefail\n" + "\necho\n".join(SHELL).replace("http://127.0.0.1:8900", started)

    ran = subprocess.run(["bash", "-c", script], check=False, capture_output=True, text=True, timeout=60)

    assert ran.returncode == 0, ran.stderr
    seeded, app, invoices, webhook = [json.loads(said) for said in _objects(ran.stdout)]
    assert seeded["invoices"] == 500
    assert app["clientId"] == "app"
    assert len(invoices["Invoices"]) == 1
    # Nobody listens there in this test.
    assert webhook["problems"]


def test_the_python_of_the_readme_runs() -> None:
    (code,) = [text for kind, text in BLOCKS if kind == "python"]
    names: dict[str, Any] = {}

    exec(f"async def run():\n{textwrap.indent(code, '    ')}    return tokens\n", names)

    tokens = asyncio.run(names["run"]())
    assert tokens["token_type"] == "Bearer"


def _objects(printed: str) -> Iterator[str]:
    decoder, at = json.JSONDecoder(), 0
    while at < len(printed):
        if printed[at].isspace():
            at += 1
            continue
        _, end = decoder.raw_decode(printed, at)
        yield printed[at:end]
        at = end
