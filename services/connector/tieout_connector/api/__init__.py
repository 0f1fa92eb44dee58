"""The connector's API over HTTP: one module a subject, one router a module."""

from fastapi import FastAPI

from tieout_connector.api import connection, consent, history, settings, tenants, usage, webhooks, writes, xero_records
from tieout_connector.connecting import Connections
from tieout_connector.inbound import InteractiveAnswers, WebhookReceiver
from tieout_kit.http import audit_router, operator_router, problem_router, retry_router

ROUTERS = (
    tenants.router,
    consent.router,
    connection.router,
    history.router,
    problem_router,
    retry_router,
    settings.router,
    usage.router,
    writes.router,
    xero_records.router,
    operator_router,
    audit_router,
    webhooks.router,
)


def add_routes(
    app: FastAPI, connecting: Connections, receiver: WebhookReceiver, answers: InteractiveAnswers, partitions: int
) -> None:
    """Add every route of the connector, and the objects that the routes use."""
    app.state.connecting, app.state.answers, app.state.partitions = connecting, answers, partitions
    app.add_middleware(webhooks.WebhooksFirst, receiver=receiver)
    for router in ROUTERS:
        app.include_router(router)
