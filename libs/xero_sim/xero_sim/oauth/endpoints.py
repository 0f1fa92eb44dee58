"""The OAuth endpoints and /connections over HTTP. Source: docs/xero.md 1, behaviours 1-11."""

import base64
import binascii
from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from xero_sim import answers
from xero_sim.ids import canonical
from xero_sim.oauth import discovery
from xero_sim.oauth.apps import BULK_PLANS, App
from xero_sim.oauth.connections import Connection, connection_form
from xero_sim.oauth.consent_page import consent_page, error_page
from xero_sim.oauth.scopes import refuse_scopes
from xero_sim.oauth.tokens import Access, Grant, Refused
from xero_sim.world import World

DEFAULT_USER = "demo@example.com"
_PARAMETERS = (
    "response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge", "code_challenge_method",
)  # fmt: skip


class OAuthEndpoints:
    """The routes of login.xero.com, identity.xero.com and api.xero.com/connections."""

    def __init__(self, world: World) -> None:
        self.world = world

    def routes(self) -> list[Route]:
        """The routes, with /connections in both spellings."""
        return [
            *discovery.ROUTES,
            Route("/identity/connect/authorize", self.show_consent, methods=["GET"]),
            Route("/identity/connect/authorize", self.consent, methods=["POST"]),
            Route("/connect/token", self.token, methods=["POST"]),
            Route("/connect/revocation", self.revoke, methods=["POST"]),
            Route("/connections", self.list_connections, methods=["GET"]),
            Route("/Connections", self.list_connections, methods=["GET"]),
            Route("/connections/{id}", self.disconnect, methods=["DELETE"]),
            Route("/Connections/{id}", self.disconnect, methods=["DELETE"]),
        ]

    async def show_consent(self, request: Request) -> Response:
        """The consent page, or an error page. A wrong request is never redirected."""
        parameters = {name: value for name, value in request.query_params.items() if name in _PARAMETERS}
        if problem := self._refuse(parameters):
            return HTMLResponse(error_page(problem), 400)
        app = self.world.apps[parameters["client_id"]]
        orgs = list(self.world.orgs.values())
        several = app.plan in BULK_PLANS
        return HTMLResponse(consent_page(app, orgs, parameters, parameters["scope"].split(), several=several))

    async def consent(self, request: Request) -> Response:
        """The submitted form. `decision` is allow or deny. On bulk plans, `tenant` may be there several times."""
        form = await request.form()
        sent = {**request.query_params, **{name: str(value) for name, value in form.items()}}
        parameters = {name: value for name, value in sent.items() if name in _PARAMETERS}
        if problem := self._refuse(parameters):
            return HTMLResponse(error_page(problem), 400)
        state = {"state": parameters["state"]} if "state" in parameters else {}
        if sent.get("decision", "allow") != "allow":
            return _redirect(parameters["redirect_uri"], {"error": "access_denied", **state})
        tenants = [str(value) for value in form.getlist("tenant")]
        app = self.world.apps[parameters["client_id"]]
        if any(tenant not in self.world.orgs for tenant in tenants):
            return HTMLResponse(error_page("No such organisation"), 400)
        if len(tenants) > 1 and app.plan not in BULK_PLANS:
            return HTMLResponse(error_page("Connecting several organisations at once needs the Advanced plan"), 400)
        user = sent.get("user") or DEFAULT_USER
        scopes = self.world.tokens.with_earlier(app.client_id, user, parameters["scope"].split())
        grant = Grant(app.client_id, user, scopes, self.world.new_id(), parameters.get("nonce"))
        for tenant in tenants:
            self.world.connections.connect(app.client_id, user, tenant, grant.auth_event_id, self.world.clock.now_ms())
        now = self.world.clock.timestamp()
        code = self.world.tokens.issue_code(grant, parameters["redirect_uri"], parameters.get("code_challenge"), now)
        return _redirect(parameters["redirect_uri"], {"code": code, "scope": " ".join(scopes), **state})

    async def token(self, request: Request) -> Response:
        """POST /connect/token, for every grant type."""
        try:
            return JSONResponse(self._tokens(await _form(request), request.headers.get("authorization")))
        except Refused as refused:
            return _error(refused)

    async def revoke(self, request: Request) -> Response:
        """POST /connect/revocation: an empty 200. The user's connections to this app end (behaviour 9)."""
        try:
            form = await _form(request)
            app = self._client(form, request.headers.get("authorization"))
        except Refused as refused:
            return _error(refused)
        known = self.world.tokens.refresh.get(form.get("token", ""))
        if known is not None and known.grant.client_id == app.client_id and known.grant.user is not None:
            self.world.tokens.revoke(app.client_id, known.grant.user)
            for connection in self.world.connections.of(app.client_id, known.grant.user):
                self.world.connections.disconnect(connection)
        return Response(b"", 200)

    async def list_connections(self, request: Request) -> Response:
        """GET /connections: a bare array."""
        access = self._bearer(request)
        if isinstance(access, Response):
            return access
        event = request.query_params.get("authEventId")
        forms = [
            connection_form(each, self.world.orgs[each.tenant_id].profile.Name)
            for each in self._connections(access)
            if event is None or each.auth_event_id == canonical(event)
        ]
        return JSONResponse(forms)

    async def disconnect(self, request: Request) -> Response:
        """DELETE /connections/{id}: 204, then 404."""
        access = self._bearer(request)
        if isinstance(access, Response):
            return access
        for each in self._connections(access):
            if each.id == canonical(request.path_params["id"]):
                self.world.connections.disconnect(each)
                return Response(status_code=204)
        return HTMLResponse(answers.not_found().body, 404)

    def _refuse(self, parameters: Mapping[str, str]) -> str | None:
        app = self.world.apps.get(parameters.get("client_id", ""))
        if app is None:
            return "unauthorized_client: unknown client"
        unhashed = "code_challenge" in parameters and parameters.get("code_challenge_method") != "S256"
        checks = (
            (parameters.get("redirect_uri") not in app.redirect_uris, "invalid_request: Invalid redirect_uri"),
            (parameters.get("response_type") != "code", "unsupported_response_type"),
            (
                refuse_scopes(parameters.get("scope", "").split(), app.scopes, app.created) is not None,
                "unauthorized_client: Invalid scope for client",
            ),
            (
                app.client_secret is None and "code_challenge" not in parameters,
                "invalid_request: code challenge required",
            ),
            (unhashed, "invalid_request: Transform algorithm not supported"),
        )
        return next((message for wrong, message in checks if wrong), None)

    def _client(self, form: Mapping[str, str], authorization: str | None) -> App:
        """The app, by HTTP Basic, or by client_id and client_secret in the body, as the official SDK sends them."""
        client_id, secret = _basic(authorization)
        client_id, secret = client_id or form.get("client_id"), secret or form.get("client_secret")
        if not client_id:
            raise Refused("invalid_request")
        app = self.world.apps.get(client_id)
        if app is None or (app.client_secret is not None and secret is not None and secret != app.client_secret):
            raise Refused("invalid_client")
        if app.client_secret is not None and secret is None:
            raise Refused("invalid_request")
        return app

    def _tokens(self, form: Mapping[str, str], authorization: str | None) -> dict[str, object]:
        app = self._client(form, authorization)
        now = self.world.clock.timestamp()
        match form.get("grant_type"):
            case "authorization_code":
                code, uri = form.get("code", ""), form.get("redirect_uri", "")
                return self.world.tokens.exchange_code(app, code, uri, form.get("code_verifier"), now)
            case "refresh_token":
                return self.world.tokens.rotate(app, form.get("refresh_token", ""), now)
            case "client_credentials":
                # The official SDK sends no scope. It then gets all scopes of the app.
                return self._client_credentials(app, form.get("scope", "").split() or list(app.scopes), now)
        raise Refused("unsupported_grant_type")

    def _client_credentials(self, app: App, scopes: list[str], now: float) -> dict[str, object]:
        if app.custom_tenant is None and scopes != ["app.connections"]:
            raise Refused("unauthorized_client")
        if error := refuse_scopes(scopes, app.scopes, app.created):
            raise Refused(error)
        return self.world.tokens.issue(Grant(app.client_id, None, tuple(scopes), self.world.new_id()), now)

    def _bearer(self, request: Request) -> Access | Response:
        _, _, token = request.headers.get("authorization", "").partition(" ")
        access = self.world.tokens.access.get(token)
        if access is None or access.expires <= self.world.clock.timestamp():
            refused = answers.unknown_token() if access is None else answers.token_expired(self.world.clock.now())
            return Response(refused.body, refused.status, media_type="application/json")
        return access

    def _connections(self, access: Access) -> list[Connection]:
        return self.world.connections.of(access.grant.client_id, access.grant.user)


async def _form(request: Request) -> dict[str, str]:
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise Refused("invalid_request")
    return {name: str(value) for name, value in (await request.form()).items()}


def _basic(authorization: str | None) -> tuple[str | None, str | None]:
    kind, _, coded = (authorization or "").partition(" ")
    if kind.lower() != "basic":
        return None, None
    try:
        client_id, _, secret = base64.b64decode(coded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None, None
    return client_id or None, secret or None


def _error(refused: Refused) -> Response:
    form = {"error": refused.error}
    if refused.description:
        form["error_description"] = refused.description
    return JSONResponse(form, 400)


def _redirect(uri: str, added: Mapping[str, str]) -> Response:
    joint = "&" if "?" in uri else "?"
    return RedirectResponse(f"{uri}{joint}{urlencode(added)}", 302)
