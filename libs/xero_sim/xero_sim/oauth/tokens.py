"""Codes, access tokens, refresh tokens: a pure state machine over instants. Source: docs/xero.md 1.2-1.4."""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from typing import NamedTuple

import jwt

from xero_sim.ids import Ids
from xero_sim.oauth.apps import App

CODE_LIVES = 5 * 60.0
ACCESS_LIVES = 30 * 60.0
REFRESH_LIVES = 60 * 86_400.0
GRACE = 30 * 60.0
ISSUER = "https://identity.xero.com"


class Refused(Exception):
    """400 at the token endpoint."""

    def __init__(self, error: str, description: str | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.description = description


class Grant(NamedTuple):
    """What a consent gave: whose, to whom, what for. `user` is None for client credentials."""

    client_id: str
    user: str | None
    scopes: tuple[str, ...]
    auth_event_id: str


class Code(NamedTuple):
    """An authorization code that waits for its exchange."""

    grant: Grant
    redirect_uri: str
    challenge: str | None
    issued: float


class Access(NamedTuple):
    """What an access token stands for."""

    grant: Grant
    held: frozenset[str]
    expires: float


@dataclass(slots=True)
class Refresh:
    """A refresh token; `used` is the instant of its first use."""

    grant: Grant
    issued: float
    used: float | None = None


@dataclass
class TokenStore:
    """All codes and tokens of all apps."""

    codes: dict[str, Code] = field(default_factory=dict)
    access: dict[str, Access] = field(default_factory=dict)
    refresh: dict[str, Refresh] = field(default_factory=dict)
    signing_key: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    new_id: Ids = field(default_factory=Ids)

    def issue_code(self, grant: Grant, redirect_uri: str, challenge: str | None, now: float) -> str:
        """A code that works once, for five minutes."""
        code = secrets.token_urlsafe(32)
        self.codes[code] = Code(grant, redirect_uri, challenge, now)
        return code

    def exchange_code(
        self, app: App, code: str, redirect_uri: str, verifier: str | None, now: float
    ) -> dict[str, object]:
        """Tokens for a code. Raises Refused(invalid_grant) on any doubt; the code is spent either way."""
        found = self.codes.pop(code, None)
        if found is None or found.grant.client_id != app.client_id or now - found.issued >= CODE_LIVES:
            raise Refused("invalid_grant")
        if found.redirect_uri != redirect_uri:
            raise Refused("invalid_grant", "redirect_uri mismatch")
        if found.challenge is not None and (verifier is None or challenge_of(verifier) != found.challenge):
            raise Refused("invalid_grant", "code_verifier mismatch")
        return self.issue(found.grant, now)

    def rotate(self, app: App, token: str, now: float) -> dict[str, object]:
        """New tokens for a refresh token; the old one works for 30 more minutes. Raises Refused."""
        found = self.refresh.get(token)
        if found is None or found.grant.client_id != app.client_id or now - found.issued >= REFRESH_LIVES:
            raise Refused("invalid_grant")
        if found.used is not None and now - found.used >= GRACE:
            raise Refused("invalid_grant")
        found.used = found.used if found.used is not None else now
        return self.issue(found.grant, now)

    def issue(self, grant: Grant, now: float) -> dict[str, object]:
        """The token endpoint's reply."""
        token = self._sign(grant, now)
        self.access[token] = Access(grant, frozenset(grant.scopes), now + ACCESS_LIVES)
        reply: dict[str, object] = {
            "access_token": token,
            "expires_in": int(ACCESS_LIVES),
            "token_type": "Bearer",
            "scope": " ".join(grant.scopes),
        }
        if "openid" in grant.scopes:
            reply["id_token"] = self._sign(grant, now, lives=CODE_LIVES)
        if "offline_access" in grant.scopes and grant.user is not None:
            refresh = secrets.token_urlsafe(32)
            self.refresh[refresh] = Refresh(grant, now)
            reply["refresh_token"] = refresh
        return reply

    def revoke(self, client_id: str, user: str | None) -> None:
        """Forget every token of this user for this app."""
        self.refresh = {
            token: kept
            for token, kept in self.refresh.items()
            if (kept.grant.client_id, kept.grant.user) != (client_id, user)
        }

    def _sign(self, grant: Grant, now: float, lives: float = ACCESS_LIVES) -> str:
        claims: dict[str, object] = {
            "nbf": int(now),
            "exp": int(now + lives),
            "iss": ISSUER,
            "aud": f"{ISSUER}/resources",
            "client_id": grant.client_id,
            "jti": self.new_id().replace("-", ""),
            "authentication_event_id": grant.auth_event_id,
            "scope": list(grant.scopes),
        }
        if grant.user is not None:
            claims |= {"sub": user_id(grant.user).replace("-", ""), "xero_userid": user_id(grant.user)}
        return jwt.encode(claims, self.signing_key, algorithm="HS256")


def user_id(user: str) -> str:
    """The GUID of a person, always the same for the same e-mail address."""
    return Ids(seed=f"user:{user}")()


def challenge_of(verifier: str) -> str:
    """PKCE S256."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
