"""The HTTP app of every service: limits, authentication, errors as problem details (RFC 9457), traces."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException

from tieout_kit.errors import Refused, RetryLater
from tieout_kit.http.access import ClosedFeatures
from tieout_kit.http.auth import Keys
from tieout_kit.http.dependencies import FindTenant
from tieout_kit.http.limits import HttpLimits, LimitsFirst
from tieout_kit.http.openapi import DocumentedApp
from tieout_kit.http.problem_response import problem_response
from tieout_kit.kafka import TooLarge
from tieout_kit.postgres import Database
from tieout_kit.records import Rechecks, tenants


async def _refused(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refused)
    return problem_response(error.status, str(error), error.headers, **error.details)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    wrong = [
        {"field": ".".join(str(part) for part in e["loc"] if part != "body") or "body", "message": e["msg"]}
        for e in error.errors()
    ]
    fields = ", ".join(e["field"] for e in wrong)
    return problem_response(422, f"not valid: {fields}", errors=wrong)


async def _later(_: Request, error: Exception) -> JSONResponse:
    return problem_response(503, f"try again in a moment: {error}")


async def _too_large(_: Request, error: Exception) -> JSONResponse:
    return problem_response(413, str(error))


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return problem_response(error.status_code, str(error.detail), error.headers)


async def _bug(_: Request, __: Exception) -> JSONResponse:
    return problem_response(500, "something went wrong here; the log says what")


def make_app(
    title: str,
    description: str,
    keys: Keys,
    closed: ClosedFeatures,
    database: Database | None = None,
    *,
    every_tenant: Database | None = None,
    find_tenant: FindTenant = tenants.get,
    rechecks: Rechecks | None = None,
    untraced: frozenset[str] = frozenset(),
    unlimited: frozenset[str] = frozenset(),
    trace_url: str | None = None,
) -> FastAPI:
    """An app without routes; `/docs` and `/openapi.json` describe the routes that are added.

    `closed` returns the features that a tenant's plan does not have.
    `database`, `find_tenant` and `rechecks` serve the routes that ask for InTx, InDatabase, KnownTenant or InRechecks.
    `every_tenant` serves the routes that ask for InEveryTenant; None: `database` sees every tenant.
    `untraced`: paths whose query carries a secret, which a span would reveal.
    `unlimited`: paths that another middleware answers before the limits of `app.state.limits` are looked at.
    `trace_url`: the address of a trace in the viewer, with `{trace_id}`; None: histories give no links.
    """
    # One span for each request. Validation errors and bodies may hold personal data: they stay out of traces.
    telemetry: TelemetryConfig = {
        "operation_spans": False,
        "logs": False,
        "metrics": False,
        "exclude": lambda scope: scope.get("path") in untraced,
    }
    app = DocumentedApp(title=title, description=description, version="1", telemetry=telemetry)
    app.state.keys = keys
    app.state.closed = closed
    app.state.database = database
    app.state.every_tenant = every_tenant
    app.state.find_tenant = find_tenant
    app.state.rechecks = rechecks
    app.state.limits = HttpLimits()
    app.state.unlimited = unlimited
    app.add_middleware(LimitsFirst)
    app.state.trace_url = trace_url
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(RetryLater, _later)
    app.add_exception_handler(TooLarge, _too_large)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _bug)
    return app
