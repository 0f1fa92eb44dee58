"""Connecting a tenant to Xero: the consent, the return from it, and the choice of the organisation."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from tieout_connector.api import consent_page
from tieout_connector.connecting import Connections, ConsentRefused
from tieout_kit.errors import Clash, Refused, RetryLater
from tieout_kit.http import ADMINS, ANONYMOUS, CurrentCaller, allow, refusals, with_request
from tieout_schemas.platform import Connection

router = APIRouter(tags=["connection"])


def _connecting(request: Request) -> Connections:
    connecting: Connections = request.app.state.connecting
    return connecting


InConnections = Annotated[Connections, Depends(_connecting)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ConsentIn(_In):
    """Where the person returns to after the consent: an address of the platform, or of another allowed origin."""

    return_to: Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")] | None = None


class OrganisationIn(_In):
    """The organisation that the tenant is bound to, for good."""

    org_id: UUID


def _pages(**described: str) -> dict[int | str, dict[str, Any]]:
    content = {"text/html": {"schema": {"type": "string"}}}
    return {int(status[1:]): {"description": text, "content": content} for status, text in described.items()}


_RETURNS = {
    **_pages(
        _200="A page that says how the consent ended.",
        _404="The state is unknown, was used, or is too old.",
        _422="Xero refused the code.",
        _503="Xero does not answer; the page may be loaded again.",
    ),
    303: {"description": "Back to `return_to`, with the outcome in the query parameter `xero`."},
}


@router.post(
    "/tenants/{tenant_id}/connection/consent",
    summary="Start connecting: the page where a person consents",
    dependencies=[allow(*ADMINS)],
    responses=refusals(Clash),
)
async def start_consent(
    tenant_id: UUID, wanted: ConsentIn, connecting: InConnections, caller: CurrentCaller
) -> dict[str, str]:
    """Returns the address of Xero's consent page."""
    return {"url": await connecting.start_consent(caller, tenant_id, wanted.return_to)}


@router.get(
    "/oauth/callback",
    summary="Xero sends the person back here",
    response_class=HTMLResponse,
    responses=_RETURNS,
)
async def complete_consent(
    request: Request, connecting: InConnections, state: str = "", code: str | None = None, error: str | None = None
) -> Response:
    """Authorised by its single-use state alone. Answers the person's browser: with a page, or with a redirect."""
    try:
        result = await connecting.complete_consent(with_request(ANONYMOUS, request), state, code, error)
    except ConsentRefused as refused:
        if refused.result.url:
            return RedirectResponse(refused.result.url, 303)
        return consent_page.of_error(refused, connecting.platform_url)
    except (Refused, RetryLater) as trouble:
        return consent_page.of_error(trouble, connecting.platform_url)
    return RedirectResponse(result.url, 303) if result.url else consent_page.of_result(result, connecting.platform_url)


@router.put(
    "/tenants/{tenant_id}/connection/organisation",
    summary="Confirm the organisation; nothing is synced before",
    dependencies=[allow(*ADMINS)],
    responses=refusals(Clash),
)
async def choose_organisation(
    tenant_id: UUID, wanted: OrganisationIn, connecting: InConnections, caller: CurrentCaller
) -> Connection:
    """The organisation must be among those that the consent covers."""
    return (await connecting.choose(caller, tenant_id, wanted.org_id)).public
