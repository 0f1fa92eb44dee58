"""What OpenID Connect clients read first: the endpoints, and the keys of the tokens. Source: docs/xero.md 1.1."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from xero_sim.oauth.scopes import KNOWN
from xero_sim.oauth.signing import ALGORITHM, key_set
from xero_sim.oauth.tokens import ISSUER
from xero_sim.wire import Json

PATH = "/.well-known/openid-configuration"


async def configuration(request: Request) -> Response:
    """GET /.well-known/openid-configuration. Its URLs lead to this server by the name that the client used."""
    return JSONResponse(_configuration(request))


async def keys(request: Request) -> Response:
    """GET /.well-known/openid-configuration/jwks."""
    return JSONResponse(key_set())


ROUTES = (Route(PATH, configuration, methods=["GET"]), Route(f"{PATH}/jwks", keys, methods=["GET"]))


def _configuration(request: Request) -> Json:
    if (request.url.hostname or "").endswith(".xero.com"):
        identity, login = ISSUER, "https://login.xero.com"
    else:
        identity = login = str(request.base_url).rstrip("/")
    return {
        "issuer": ISSUER,
        "jwks_uri": f"{identity}{PATH}/jwks",
        "authorization_endpoint": f"{login}/identity/connect/authorize",
        "token_endpoint": f"{identity}/connect/token",
        "revocation_endpoint": f"{identity}/connect/revocation",
        "scopes_supported": sorted(KNOWN),
        "claims_supported": ["sub", "email", "given_name", "family_name", "preferred_username", "xero_userid"],
        "grant_types_supported": ["authorization_code", "client_credentials", "refresh_token"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "subject_types_supported": ["public"],
        "code_challenge_methods_supported": ["S256"],
    }
