"""What a simulator keeps between two runs."""

import signal
import subprocess
import sys
from pathlib import Path

import httpx

from xero_sim import Control
from xero_sim.app_client import Xero


def _start(data: Path) -> tuple[subprocess.Popen[str], str]:
    argv = [sys.executable, "-m", "xero_sim", "--data", str(data)]
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    return process, process.stdout.readline().split()[-1]


def _stop(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=10)


async def test_a_second_run_finds_organisations_consents_and_tokens(tmp_path: Path) -> None:
    data = tmp_path / "kept" / "world"
    process, url = _start(data)
    async with Control(url) as control:
        org_id = await control.create_org("Kept Ltd")
        await control.seed(org_id, 50)
        app = await control.register_app(name="Kept", redirect_uris=["http://localhost/back"])
        tokens = await control.connect(app.client_id, [org_id])
        before = await control.state(org_id)
    _stop(process)

    process, url = _start(data)
    try:
        async with Control(url) as control:
            after = await control.state(org_id)
            await control.act(org_id, "create_contact", Name="Made later")
            async with httpx.AsyncClient(base_url=url) as http:
                names = [c["Name"] for c in await Xero(http, control, org_id, app, tokens).rows("Contacts")]
    finally:
        _stop(process)
    assert after == before
    assert "Made later" in names
