"""The connector's API over HTTP: one module a subject, one router a module."""

from fastapi import FastAPI

from tieout_connector.api import (
    connection,
    consent,
    history,
    settings,
    sync,
    tenants,
    usage,
    webhooks,
    writes,
    xero_records,
)
from tieout_connector.connecting import Connections
from tieout_connector.inbound import InteractiveAnswers, WebhookReceiver
from tieout_connector.pacing import PLANS
from tieout_kit.http import audit_router, operator_router, problem_router, retry_router
from tieout_kit.postgres import Broadcast

ROUTERS = (
    tenants.router,
    consent.router,
    connection.router,
    history.router,
    sync.router,
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
    app: FastAPI,
    connecting: Connections,
    receiver: WebhookReceiver,
    answers: InteractiveAnswers,
    sync_changes: Broadcast,
    partitions: int,
    plan: str,
) -> None:
    """Add every route of the connector, and the objects that the routes use. `plan`: the app's plan with Xero."""
    app.state.connecting, app.state.answers, app.state.sync_changes = connecting, answers, sync_changes
    app.state.partitions, app.state.day_limit = partitions, PLANS[plan]
    app.add_middleware(webhooks.WebhooksFirst, receiver=receiver)
    for router in ROUTERS:
        app.include_router(router)
