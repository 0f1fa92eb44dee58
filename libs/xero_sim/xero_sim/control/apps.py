"""/control/apps: register apps, connect them without a browser, set their webhooks."""

from dataclasses import asdict
from datetime import date

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from xero_sim.control.replies import ControlError, json_reply, read
from xero_sim.ids import Ids
from xero_sim.oauth.apps import PLANS, App, refuse_redirect_uri
from xero_sim.oauth.endpoints import DEFAULT_USER
from xero_sim.oauth.tokens import Grant
from xero_sim.webhooks.subscription import CATEGORIES, Subscription
from xero_sim.wire import Json
from xero_sim.world import World

DEFAULT_SCOPES = (
    "offline_access accounting.invoices accounting.payments accounting.contacts accounting.settings "
    "accounting.attachments accounting.banktransactions"
)


class AppControls:
    """Does what a person does in the developer portal, and consents without a browser."""

    def __init__(self, world: World) -> None:
        self.world = world

    def routes(self) -> list[Route]:
        """The routes under /control/apps."""
        webhook = "/control/apps/{client_id}/webhook"
        return [
            Route("/control/apps", self.register, methods=["POST"]),
            Route("/control/apps", self.all, methods=["GET"]),
            Route("/control/apps/{client_id}/connect", self.connect, methods=["POST"]),
            Route(webhook, self.set_webhook, methods=["PUT"]),
            Route(webhook, self.webhook, methods=["GET"]),
            Route(webhook, self.remove_webhook, methods=["DELETE"]),
            Route(f"{webhook}/enable", self.enable_webhook, methods=["POST"]),
            Route(f"{webhook}/disable", self.disable_webhook, methods=["POST"]),
        ]

    async def register(self, request: Request) -> Response:
        """`{clientId?, clientSecret?, name?, redirectUris?, scopes?, plan?, created?, customTenant?, pkce?}`."""
        sent = await read(request)
        uris = [str(uri) for uri in sent.get("redirectUris", [])]
        for uri in uris:
            if problem := refuse_redirect_uri(uri):
                raise ControlError(f"Redirect URI {uri}: {problem}")
        plan = str(sent.get("plan", "starter")).lower()
        if plan not in PLANS:
            raise ControlError(f"No plan {plan!r}; there are {', '.join(PLANS)}")
        secret = None if sent.get("pkce") else str(sent.get("clientSecret") or Ids()().replace("-", ""))
        app = App(
            client_id=str(sent.get("clientId") or Ids()().replace("-", "").upper()),
            client_secret=secret,
            name=str(sent.get("name", "Tieout")),
            redirect_uris=uris,
            scopes=[str(scope) for scope in sent.get("scopes", [])],
            plan=plan,
            created=date.fromisoformat(sent.get("created", "2026-03-02")),
            custom_tenant=sent.get("customTenant"),
        )
        self.world.apps[app.client_id] = app
        return json_reply(_app_form(app))

    async def all(self, request: Request) -> Response:
        """Every registered app."""
        return json_reply([_app_form(app) for app in self.world.apps.values()])

    async def connect(self, request: Request) -> Response:
        """`{tenantIds, user?, scopes?}`: consent and code exchange in one step; the token endpoint's reply."""
        app, sent = self._app(request), await read(request)
        scopes = str(sent.get("scopes") or " ".join(app.scopes) or DEFAULT_SCOPES)
        user = str(sent.get("user") or DEFAULT_USER)
        grant = Grant(app.client_id, user, tuple(scopes.split()), self.world.new_id())
        for tenant in sent.get("tenantIds", []):
            if tenant not in self.world.orgs:
                raise ControlError(f"No organisation {tenant}", status=404)
            self.world.connections.connect(app.client_id, user, tenant, grant.auth_event_id, self.world.clock.now_ms())
        return json_reply(self.world.tokens.issue(grant, self.world.clock.timestamp()))

    async def set_webhook(self, request: Request) -> Response:
        """`{url, key, categories?}`: runs the intent-to-receive handshake before it answers."""
        app, sent = self._app(request), await read(request)
        categories = [str(each).upper() for each in sent.get("categories", ("CONTACT", "INVOICE"))]
        if unknown := set(categories) - set(CATEGORIES):
            raise ControlError(f"No category {unknown.pop()!r}; there are {', '.join(CATEGORIES)}")
        problems = await self.world.hub.subscribe(app.client_id, str(sent["url"]), str(sent["key"]), categories)
        return json_reply({**_webhook_form(self._subscription(request)), "problems": problems})

    async def enable_webhook(self, request: Request) -> Response:
        """Run the handshake again. If it passes, held events are delivered."""
        subscription = self._subscription(request)
        problems = await self.world.hub.enable(subscription.client_id)
        return json_reply({**_webhook_form(subscription), "problems": problems})

    async def disable_webhook(self, request: Request) -> Response:
        """Disable the webhook at once. Events are held until it is enabled again."""
        subscription = self._subscription(request)
        await self.world.hub.disable(subscription.client_id)
        return json_reply(_webhook_form(subscription))

    async def webhook(self, request: Request) -> Response:
        """The webhook with its state."""
        return json_reply(_webhook_form(self._subscription(request)))

    async def remove_webhook(self, request: Request) -> Response:
        """Remove the webhook."""
        await self.world.hub.remove(self._app(request).client_id)
        return json_reply({})

    def _app(self, request: Request) -> App:
        app = self.world.apps.get(request.path_params["client_id"])
        if app is None:
            raise ControlError(f"No app {request.path_params['client_id']}", status=404)
        return app

    def _subscription(self, request: Request) -> Subscription:
        found = self.world.hub.subscriptions.get(self._app(request).client_id)
        if found is None:
            raise ControlError("No webhook is set", status=404)
        return found


def _app_form(app: App) -> Json:
    form = asdict(app)
    return {
        "clientId": form["client_id"],
        "clientSecret": form["client_secret"],
        "name": form["name"],
        "redirectUris": form["redirect_uris"],
        "scopes": form["scopes"],
        "plan": form["plan"],
        "created": app.created.isoformat(),
        "customTenant": form["custom_tenant"],
    }


def _webhook_form(subscription: Subscription) -> Json:
    return {
        "url": subscription.url,
        "categories": subscription.categories,
        "state": str(subscription.state),
        "held": len(subscription.held),
        "delivered": subscription.delivered,
        "attempts": subscription.attempts,
        "lastSequence": subscription.sequence,
        "lastAnswer": subscription.last_answer,
    }
