"""The composition root: the one place where everything is wired."""

from datetime import timedelta

from fastapi import FastAPI

from tieout_contacts import api, handlers
from tieout_kit.audit_routes import audit_routes
from tieout_kit.auth import Keys
from tieout_kit.clock import utc_now
from tieout_kit.http import make_app
from tieout_kit.operations import operation_routes
from tieout_kit.postgres import Database
from tieout_kit.problem_routes import problem_routes
from tieout_kit.routes import record_routes
from tieout_kit.service import every, run
from tieout_kit.settings import Settings
from tieout_kit.tenants import closed_by_plan

SERVICE = "contacts"
RESEND_EVERY = timedelta(minutes=5)


def http_app(database: Database, keys: Keys) -> FastAPI:
    """All that is served over HTTP."""
    app = make_app("Tieout contacts", "Vendors.", keys, closed_by_plan(database))
    app.include_router(api.routes(database))
    app.include_router(record_routes(database, handlers.vendors.records, "vendors"))
    app.include_router(problem_routes(database, handlers.RETRIES))
    app.include_router(operation_routes(database, SERVICE))
    app.include_router(audit_routes(database))
    return app


async def main() -> None:
    """Run the contacts service until SIGTERM."""
    settings = Settings()
    database = Database(settings.database_url, SERVICE, utc_now)
    app = http_app(database, Keys(settings.jwks_url, settings.jwt_issuer))

    async def resend() -> None:
        await every(RESEND_EVERY, lambda: database.run(handlers.vendors.emit_unanswered))

    await run(settings, SERVICE, database, app, handlers.HANDLERS, handlers.RETRIES, [resend])
