"""Codes, access tokens and refresh tokens: a state machine; the time is passed in. Source: docs/xero.md 1.2-1.4."""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from typing import NamedTuple

from xero_sim.ids import Ids
from xero_sim.oauth.apps import App
from xero_sim.oauth.signing import sign

CODE_LIVES = 5 * 60.0
ACCESS_LIVES = 30 * 60.0
REFRESH_LIVES = 60 * 86_400.0
GRACE = 30 * 60.0
ISSUER = "https://identity.xero.com"


class Refused(Exception):
    """The token endpoint answers 400 with this error code."""

    def __init__(self, error: str, description: str | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.description = description


class Grant(NamedTuple):
    """A consent: which user permitted which scopes to which app. `user` is None for client credentials."""

    client_id: str
    user: str | None
    scopes: tuple[str, ...]
    auth_event_id: str
    nonce: str | None = None
    """A value of the client, which its identity token repeats."""


class Code(NamedTuple):
    """An authorization code that waits for its exchange."""

    grant: Grant
    redirect_uri: str
    challenge: str | None
    issued: float


class Access(NamedTuple):
    """The consent, scopes and expiry of an access token; `expires` is in seconds since 1970."""

    grant: Grant
    held: frozenset[str]
    expires: float


@dataclass(slots=True)
class Refresh:
    """A refresh token; `used` is the time of its first use."""

    grant: Grant
    issued: float
    used: float | None = None


@dataclass
class TokenStore:
    """All codes and tokens of all apps."""

    codes: dict[str, Code] = field(default_factory=dict)
    access: dict[str, Access] = field(default_factory=dict)
    refresh: dict[str, Refresh] = field(default_factory=dict)
    new_id: Ids = field(default_factory=Ids)

    def issue_code(self, grant: Grant, redirect_uri: str, challenge: str | None, now: float) -> str:
        """A code that works once, for five minutes."""
        code = secrets.token_urlsafe(32)
        self.codes[code] = Code(grant, redirect_uri, challenge, now)
        return code

    def with_earlier(self, client_id: str, user: str, asked: list[str]) -> tuple[str, ...]:
        """These scopes, and those that the person consented to before (behaviour 4). A revocation forgets them."""
        earlier = {
            scope: None
            for kept in self.refresh.values()
            if (kept.grant.client_id, kept.grant.user) == (client_id, user)
            for scope in kept.grant.scopes
            if scope != "offline_access"
        }
        return tuple(dict.fromkeys([*asked, *earlier]))

    def exchange_code(
        self, app: App, code: str, redirect_uri: str, verifier: str | None, now: float
    ) -> dict[str, object]:
        """Tokens for a code, which is used up even if it is refused. Raises Refused (invalid_grant)."""
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
        """Issue new tokens. Returns the token endpoint's reply."""
        token = self._access_token(grant, now)
        self.access[token] = Access(grant, frozenset(grant.scopes), now + ACCESS_LIVES)
        reply: dict[str, object] = {
            "access_token": token,
            "expires_in": int(ACCESS_LIVES),
            "token_type": "Bearer",
            "scope": " ".join(grant.scopes),
        }
        if "openid" in grant.scopes:
            reply["id_token"] = self._id_token(grant, token, now)
        if "offline_access" in grant.scopes and grant.user is not None:
            refresh = secrets.token_urlsafe(32)
            self.refresh[refresh] = Refresh(grant, now)
            reply["refresh_token"] = refresh
        return reply

    def revoke(self, client_id: str, user: str | None) -> None:
        """Remove every refresh token of this user for this app."""
        self.refresh = {
            token: kept
            for token, kept in self.refresh.items()
            if (kept.grant.client_id, kept.grant.user) != (client_id, user)
        }

    def _access_token(self, grant: Grant, now: float) -> str:
        claims: dict[str, object] = {
            **_lifetime(now, ACCESS_LIVES),
            "aud": f"{ISSUER}/resources",
            "client_id": grant.client_id,
            "jti": self.new_id().replace("-", ""),
            "authentication_event_id": grant.auth_event_id,
            "scope": list(grant.scopes),
        }
        return sign({**claims, **(_person(grant.user) if grant.user is not None else {})})

    def _id_token(self, grant: Grant, access_token: str, now: float) -> str:
        user = grant.user or ""
        claims: dict[str, object] = {
            **_lifetime(now, CODE_LIVES),
            "iat": int(now),
            "auth_time": int(now),
            "aud": grant.client_id,
            "at_hash": _half_hash(access_token),
            **_person(user),
        }
        if grant.nonce is not None:
            claims["nonce"] = grant.nonce
        if "email" in grant.scopes:
            claims["email"] = user
        if "profile" in grant.scopes:
            given, _, family = user.partition("@")[0].title().partition(".")
            claims |= {"preferred_username": user, "given_name": given, "family_name": family or "User"}
        return sign(claims)


def user_id(user: str) -> str:
    """The GUID of a person, always the same for the same e-mail address."""
    return Ids(seed=f"user:{user}")()


def challenge_of(verifier: str) -> str:
    """PKCE S256."""
    return _base64url(hashlib.sha256(verifier.encode()).digest())


def _lifetime(now: float, seconds: float) -> dict[str, object]:
    return {"iss": ISSUER, "nbf": int(now), "exp": int(now + seconds)}


def _person(user: str) -> dict[str, object]:
    return {"sub": user_id(user).replace("-", ""), "xero_userid": user_id(user)}


def _half_hash(token: str) -> str:
    """`at_hash` of OpenID Connect: the left half of the access token's hash."""
    return _base64url(hashlib.sha256(token.encode()).digest()[:16])


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
