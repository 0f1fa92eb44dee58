"""An app with one organisation to choose, and the steps of its consent."""

import base64
import hashlib
from urllib.parse import parse_qs, urlsplit

import httpx

from xero_sim import Control
from xero_sim.control_client import RegisteredApp

CALLBACK = "https://app.example.com/callback"


SCOPE = "offline_access accounting.invoices accounting.contacts"


VERIFIER = "v" * 64


CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


class Portal:
    """An app with one organisation to choose, and the steps of the flow."""

    def __init__(self, http: httpx.AsyncClient, control: Control, app: RegisteredApp, tenant: str) -> None:
        self.http, self.control, self.app, self.tenant = http, control, app, tenant

    def asked(self, **changes: str) -> dict[str, str]:
        usual = {"response_type": "code", "client_id": self.app.client_id, "redirect_uri": CALLBACK}
        return {**usual, "scope": SCOPE, "state": "s-1", **changes}

    async def consent(self, decision: str = "allow", **changes: str) -> httpx.Response:
        form = {**self.asked(**changes), "tenant": self.tenant, "decision": decision}
        return await self.http.post("/identity/connect/authorize", data=form)

    async def code(self, **changes: str) -> str:
        answer = await self.consent(**changes)
        return parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]

    @property
    def basic(self) -> tuple[str, str]:
        return self.app.client_id, self.app.client_secret or ""

    async def token(self, **form: str) -> httpx.Response:
        return await self.http.post("/connect/token", data=form, auth=self.basic)

    async def exchange(self, code: str, **more: str) -> httpx.Response:
        return await self.token(grant_type="authorization_code", code=code, redirect_uri=CALLBACK, **more)

    async def refresh(self, token: str) -> httpx.Response:
        return await self.token(grant_type="refresh_token", refresh_token=token)
