"""The whole state of one simulator: apps, consents, organisations, limits, faults, the ledger."""

from dataclasses import dataclass, field

from xero_sim.clock import Clock
from xero_sim.faults import Faults
from xero_sim.idempotency import Replies
from xero_sim.ids import Ids
from xero_sim.ledger import Ledger
from xero_sim.limits import AppBudget, Budget, LimitSettings, budget_for
from xero_sim.oauth.apps import App
from xero_sim.oauth.connections import Connections
from xero_sim.oauth.tokens import TokenStore
from xero_sim.oddities.oddity import Oddities
from xero_sim.org import Org
from xero_sim.records.change import Change
from xero_sim.webhooks.hub import Hub


@dataclass
class World:
    """The state of one simulator. `reset` empties it in place."""

    clock: Clock = field(default_factory=Clock)
    new_id: Ids = field(default_factory=Ids)
    apps: dict[str, App] = field(default_factory=dict)
    orgs: dict[str, Org] = field(default_factory=dict)
    connections: Connections = field(default_factory=Connections)
    tokens: TokenStore = field(default_factory=TokenStore)
    limits: LimitSettings = field(default_factory=LimitSettings)
    budgets: dict[tuple[str, str], Budget] = field(default_factory=dict)
    app_budgets: dict[str, AppBudget] = field(default_factory=dict)
    replies: Replies = field(default_factory=Replies)
    faults: Faults = field(default_factory=Faults)
    oddities: Oddities = field(default_factory=Oddities)
    ledger: Ledger = field(default_factory=Ledger)
    latency: float = 0.0
    """Seconds of real time by which every call of the Accounting API is delayed."""
    hub: Hub = field(init=False)

    def __post_init__(self) -> None:
        self.hub = Hub(self.clock)

    def __getstate__(self) -> dict[str, object]:
        """The state that is stored between two runs of the process."""
        return {name: getattr(self, name) for name in ("clock", "apps", "orgs", "connections", "tokens")}

    def __setstate__(self, kept: dict[str, object]) -> None:
        """A new world with the stored state."""
        self.__init__()  # type: ignore[misc]
        self.__dict__.update(kept)
        self.hub = Hub(self.clock)

    def budget(self, client_id: str, tenant_id: str) -> Budget:
        """What this app has used of this tenant."""
        key = (client_id, tenant_id)
        if key not in self.budgets:
            self.budgets[key] = budget_for(tenant_id)
        return self.budgets[key]

    def app_budget(self, client_id: str) -> AppBudget:
        """What this app has used of all tenants this minute."""
        return self.app_budgets.setdefault(client_id, AppBudget())

    def announce(self, change: Change) -> None:
        """A record changed: send a webhook to every connected app that subscribes."""
        self.hub.publish(change, self.connections.apps_of(change.tenant_id))

    async def reset(self) -> None:
        """Remove everything, and set the clock to real time."""
        await self.hub.close()
        self.__init__()  # type: ignore[misc]
