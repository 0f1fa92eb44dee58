"""Xero's OAuth 2.0 and connections. Source: docs/xero.md 1."""

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

from tieout_connector.xero import scopes, wire
from tieout_connector.xero.errors import AccessRefused, ConsentLost, ConsentLostReason, OutcomeUnknown, RetryAfter
from tieout_connector.xero.responses import classify

_TIMEOUT = 10.0


@dataclass(frozen=True, slots=True)
class Tokens:
    """A token set: the access token, the single-use refresh token, and when the access token expires."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: datetime

    @property
    def user_id(self) -> UUID:
        """The user who consented. One token set serves all organisations that this user connected."""
        return UUID(self._claims["xero_userid"])

    @property
    def consent_id(self) -> str:
        """The consent that made the token set: the `authEventId` of the connections that it added."""
        return str(self._claims["authentication_event_id"])

    @property
    def scopes(self) -> frozenset[str]:
        """What the consent covers (docs/xero.md 1.6)."""
        named = self._claims.get("scope") or ()
        return frozenset(named.split() if isinstance(named, str) else named)

    @property
    def missing_scopes(self) -> list[str]:
        """The scopes that a consent of today asks for, and this one does not cover."""
        return [str(scope) for scope in scopes.missing(self.scopes)]

    @property
    def _claims(self) -> dict[str, Any]:
        # The token came from Xero over TLS and grants nothing here, so its signature need not be checked.
        claims: dict[str, Any] = jwt.decode(self.access, options={"verify_signature": False})
        return claims


@dataclass(frozen=True, slots=True)
class OrgConnection:
    """An organisation that this app may reach."""

    connection_id: UUID
    org_id: UUID
    org_name: str


def org_connections(raws: list[dict[str, Any]]) -> list[OrgConnection]:
    """The organisations in a list of connections. Other connections, such as practices, are left out."""
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
        """The address of the consent page."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(code_verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": self._redirect_uri,
            "scope": scopes.SCOPES,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{self._login}/identity/connect/authorize?{urlencode(query)}"

    async def exchange(self, code: str, code_verifier: str, now: datetime) -> Tokens:
        """The tokens for a code. Raises ConsentLost if the code is no longer valid."""
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
        """A new token set. The old refresh token works for another half an hour, in case this answer is lost."""
        return await self._token({"grant_type": "refresh_token", "refresh_token": refresh_token}, now)

    async def connections(self, tokens: Tokens, *, consent_id: str | None = None) -> list[OrgConnection]:
        """The organisations that this user connected, or only those that one consent added."""
        params = {"authEventId": consent_id} if consent_id else {}
        answer = await self._send("GET", f"{self._api}/connections", tokens.access, params)
        try:
            return org_connections(wire.loads(answer.content))
        except ValueError as error:
            raise OutcomeUnknown("the list of connections is cut off or is not JSON", answered=False) from error

    async def disconnect(self, access_token: str, connection_id: UUID) -> None:
        """Remove one organisation's connection. It may be gone already."""
        await self._send("DELETE", f"{self._api}/connections/{connection_id}", access_token)

    async def _send(self, method: str, url: str, token: str, params: Mapping[str, str] | None = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        with _reaching():
            answer = await self._client.request(method, url, headers=headers, params=params, timeout=_TIMEOUT)
        gone = method == "DELETE" and answer.status_code == 404
        if not (answer.is_success or gone):
            error = classify(answer.status_code, answer.headers, answer.content)
            # These endpoints ask for no right but the consent itself.
            raise ConsentLost(error.why) if isinstance(error, AccessRefused) else error
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
            content = answer.json()
        except ValueError:
            content = {}
        if content.get("error") == "invalid_grant":
            raise ConsentLost(ConsentLostReason.CONSENT_ENDED)
        if answer.is_error or "refresh_token" not in content:
            # invalid_client and similar errors are for the operator to fix: connecting again would not help.
            why = content.get("error", "no tokens")
            raise RetryAfter(f"the token endpoint answered {answer.status_code}: {why}", timedelta(seconds=30))
        expires_at = now + timedelta(seconds=content["expires_in"])
        return Tokens(content["access_token"], content["refresh_token"], expires_at)


@contextmanager
def _reaching() -> Iterator[None]:
    try:
        yield
    except httpx.HTTPError as error:
        # Only the error's type: its text may quote a header. All calls here may be repeated without harm.
        raise RetryAfter(f"Xero cannot be reached: {type(error).__name__}", timedelta(seconds=5)) from None
