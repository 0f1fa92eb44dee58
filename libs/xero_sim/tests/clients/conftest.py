"""The simulator under Xero's names, with a business in it, and an app that may read and write all of it."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from xero_sim import Control
from xero_sim.control_client import RegisteredApp

from .front import Front, front_of

CALLBACK = "https://app.example.com/callback"
SCOPES = (
    "openid profile email offline_access accounting.invoices accounting.payments accounting.contacts "
    "accounting.settings accounting.banktransactions accounting.attachments accounting.manualjournals "
    "accounting.journals.read"
)


class Shop(NamedTuple):
    """A seeded organisation, and an app of it."""

    control: Control
    tenant: str
    app: RegisteredApp

    async def ids(self, kind: str, name: str) -> list[str]:
        """All ids of a kind, as the simulator has them."""
        return sorted(row[name] for row in (await self.control.state(self.tenant, kind))[kind])


@pytest.fixture(scope="session")
def front(url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    with front_of(url, tmp_path_factory.mktemp("front")) as made:
        yield made


@pytest.fixture
async def shop(control: Control) -> Shop:
    await control.set_limits(enabled=False)
    tenant = await control.create_org("Kauri Ltd")
    await control.seed(tenant, 250)
    return Shop(control, tenant, await control.register_app(redirect_uris=[CALLBACK], name="Their app"))


@pytest.fixture
def run(front: Front, tmp_path: Path) -> Callable[..., str]:
    """Runs a client with the proxy and the certificate in its environment; what it printed."""

    def start(*command: str | Path, **more: str) -> str:
        certificate = str(front.certificate)
        environment = {
            **{name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")},
            "HTTPS_PROXY": front.proxy, "REQUESTS_CA_BUNDLE": certificate, "SSL_CERT_FILE": certificate, **more,
        }  # fmt: skip
        ran = subprocess.run(
            [str(each) for each in command],
            check=False, capture_output=True, text=True, timeout=280, env=environment, cwd=tmp_path,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stderr[-3_000:] + ran.stdout[-1_000:]
        return ran.stdout

    return start
