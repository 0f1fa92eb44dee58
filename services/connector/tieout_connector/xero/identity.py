"""Xero's OAuth 2.0 and connections. Source: xero-api.md 1."""

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import httpx
import jwt

from tieout_connector.xero.errors import Again, ConsentLost, Unknown

SCOPES = (
    "offline_access accounting.invoices accounting.payments accounting.contacts accounting.settings.read "
    "accounting.attachments"
)
"""The least that a payables sync needs (xero-api.md 1.6)."""
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
        answer = await self._send("GET", f"{self._api}/connections", tokens.access, params=params)
        return [
            OrgConnection(UUID(raw["id"]), UUID(raw["tenantId"]), raw["tenantName"])
            for raw in answer.json()
            if raw["tenantType"] == "ORGANISATION"
        ]

    async def disconnect(self, access_token: str, connection_id: UUID) -> None:
        """Remove one organisation's connection; one that is gone already is fine."""
        await self._send("DELETE", f"{self._api}/connections/{connection_id}", access_token)

    async def _send(self, method: str, url: str, token: str, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        try:
            answer = await self._client.request(method, url, headers=headers, timeout=_TIMEOUT, **more)
        except httpx.HTTPError as error:
            raise Again(f"Xero cannot be reached: {error!r}", timedelta(seconds=5)) from error
        if answer.status_code in (401, 403):
            raise ConsentLost(f"{method} connections: {answer.status_code}")
        if answer.is_error and answer.status_code != 404:
            raise Unknown(f"{method} connections: {answer.status_code}", answered=True)
        return answer

    async def _token(self, form: dict[str, str], now: datetime) -> Tokens:
        try:
            answer = await self._client.post(
                f"{self._identity}/connect/token", data=form, auth=(self._client_id, self._secret), timeout=_TIMEOUT
            )
        except httpx.HTTPError as error:
            raise Again(f"Xero cannot be reached: {error!r}", timedelta(seconds=5)) from error
        try:
            said = answer.json()
        except ValueError:
            said = {}
        if said.get("error") == "invalid_grant":
            raise ConsentLost("invalid_grant")
        if answer.is_error or "refresh_token" not in said:
            # invalid_client and its like are the operator's trouble: no person could mend them by connecting again.
            why = said.get("error", "no tokens")
            raise Again(f"the token endpoint answered {answer.status_code}: {why}", timedelta(seconds=30))
        return Tokens(said["access_token"], said["refresh_token"], now + timedelta(seconds=said["expires_in"]))
