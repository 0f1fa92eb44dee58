"""Xero's OAuth 2.0 and connections. Source: xero-api.md 1."""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import httpx
import jwt

from tieout_connector.xero import wire
from tieout_connector.xero.errors import Again, ConsentLost, Lost, Unknown
from tieout_connector.xero.responses import judge
from tieout_connector.xero.scopes import SCOPES

_TIMEOUT = 10.0


@dataclass(frozen=True, slots=True)
class Tokens:
    """A token set: the access token, the single-use refresh token, and when the former ends."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: datetime

    @property
    def user_id(self) -> UUID:
        """Whose consent it is; one token set serves all orgs that this user connected."""
        return UUID(self._claims["xero_userid"])

    @property
    def consent_id(self) -> str:
        """The consent that made it: `authEventId` of the connections it added."""
        return str(self._claims["authentication_event_id"])

    @property
    def _claims(self) -> dict[str, Any]:
        # Straight from Xero over TLS, and nothing is granted by it: the signature need not be checked.
        claims: dict[str, Any] = jwt.decode(self.access, options={"verify_signature": False})
        return claims


@dataclass(frozen=True, slots=True)
class OrgConnection:
    """An organisation this app may reach."""

    connection_id: UUID
    org_id: UUID
    org_name: str


def org_connections(raws: list[dict[str, Any]]) -> list[OrgConnection]:
    """The organisations in a list of connections; a practice is none."""
    return [
        OrgConnection(UUID(raw["id"]), UUID(raw["tenantId"]), raw.get("tenantName") or "")
        for raw in raws
        if raw.get("tenantType") == "ORGANISATION"
    ]


class XeroIdentity:
    """The consent page, the token endpoint and the list of connections."""

    def __init__(
        self, client: httpx.AsyncClient, urls: tuple[str, str, str], client_id: str, secret: str, redirect_uri: str
    ) -> None:
        self._client = client
        self._api, self._identity, self._login = (url.rstrip("/") for url in urls)
        self._client_id = client_id
        self._secret = secret
        self._redirect_uri = redirect_uri

    def consent_url(self, state: str, code_verifier: str) -> str:
        """Where a person consents."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(code_verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": self._redirect_uri,
            "scope": SCOPES,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{self._login}/identity/connect/authorize?{urlencode(query)}"

    async def exchange(self, code: str, code_verifier: str, now: datetime) -> Tokens:
        """The tokens for a code. Raises ConsentLost if the code is not good any more."""
        return await self._token(
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": self._redirect_uri,
                "code_verifier": code_verifier,
            },
            now,
        )

    async def refresh(self, refresh_token: str, now: datetime) -> Tokens:
        """A new token set; the old refresh token still works for half an hour, should this answer be lost."""
        return await self._token({"grant_type": "refresh_token", "refresh_token": refresh_token}, now)

    async def connections(self, tokens: Tokens, *, consent_id: str | None = None) -> list[OrgConnection]:
        """The organisations this user connected, or only those that one consent added."""
        params = {"authEventId": consent_id} if consent_id else {}
        answer = await self._send("GET", f"{self._api}/connections", tokens.access, params)
        try:
            return org_connections(wire.loads(answer.content))
        except ValueError as error:
            raise Unknown("the list of connections is cut off or no JSON", answered=False) from error

    async def disconnect(self, access_token: str, connection_id: UUID) -> None:
        """Remove one organisation's connection; one that is gone already is fine."""
        await self._send("DELETE", f"{self._api}/connections/{connection_id}", access_token)

    async def revoke(self, refresh_token: str) -> None:
        """End the consent itself: every connection of this user to this app goes (xero-api.md 1.1)."""
        answer = await self._post("revocation", {"token": refresh_token})
        if not answer.is_success:
            raise Again(f"the consent could not be revoked: {answer.status_code}", timedelta(seconds=30))

    async def _send(self, method: str, url: str, token: str, params: Mapping[str, str] | None = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        with _reaching():
            answer = await self._client.request(method, url, headers=headers, params=params, timeout=_TIMEOUT)
        gone = method == "DELETE" and answer.status_code == 404
        if not (answer.is_success or gone):
            raise judge(answer.status_code, answer.headers, answer.content)
        return answer

    async def _post(self, endpoint: str, form: dict[str, str]) -> httpx.Response:
        with _reaching():
            return await self._client.post(
                f"{self._identity}/connect/{endpoint}",
                data=form,
                auth=(self._client_id, self._secret),
                timeout=_TIMEOUT,
            )

    async def _token(self, form: dict[str, str], now: datetime) -> Tokens:
        answer = await self._post("token", form)
        try:
            said = answer.json()
        except ValueError:
            said = {}
        if said.get("error") == "invalid_grant":
            raise ConsentLost(Lost.CONSENT_ENDED)
        if answer.is_error or "refresh_token" not in said:
            # invalid_client and its like are the operator's trouble: no person could mend them by connecting again.
            why = said.get("error", "no tokens")
            raise Again(f"the token endpoint answered {answer.status_code}: {why}", timedelta(seconds=30))
        return Tokens(said["access_token"], said["refresh_token"], now + timedelta(seconds=said["expires_in"]))


@contextmanager
def _reaching() -> Iterator[None]:
    try:
        yield
    except httpx.HTTPError as error:
        # By its name only: its text may quote a header that cannot be sent. Nothing here is harmed by a second time.
        raise Again(f"Xero cannot be reached: {type(error).__name__}", timedelta(seconds=5)) from None
