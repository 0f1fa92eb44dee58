"""What dashboards and alerts may name: the metrics that processes report, their labels, the values of some labels."""

from prometheus_client import REGISTRY
from prometheus_client.metrics import MetricWrapperBase

from tieout_connector.connecting.token_rewriting import UNREADABLE
from tieout_connector.inbound.webhook_requests import Outcome
from tieout_connector.kinds import WEBHOOK_CATEGORIES
from tieout_connector.pacing import CallOutcome
from tieout_kit.generate import declared
from tieout_local.metrics import DECLARING
from tieout_schemas.platform import ConnectionState
from tieout_schemas.writes import Lane

TARGET = {"job", "instance", "namespace"}
"""Labels that Prometheus adds to all that it scrapes; `namespace` only on Kubernetes."""

DECLARED: dict[str, MetricWrapperBase] = {
    family.name + ("_total" if family.type == "counter" else ""): metric
    for module in DECLARING
    for metric in declared(module).values()
    for family in metric.describe()
}

_CLIENT = {
    sample.name: set(sample.labels)
    for family in REGISTRY.collect()
    if family.name.startswith(("process_", "python_"))
    for sample in family.samples
}

LABELS: dict[str, set[str]] = {
    "up": TARGET,
    **{name: labels | TARGET for name, labels in _CLIENT.items()},
    **{name: {*metric._labelnames} | TARGET for name, metric in DECLARED.items()},
}
"""The labels of each metric that Prometheus can have of a process."""

VALUES: dict[tuple[str, str], set[str]] = {
    ("up", "job"): {"connector", "connector-web", "connector-sync", "contacts", "bills", "payments"},
    ("tieout_xero_calls_total", "outcome"): {*CallOutcome},
    ("tieout_xero_calls_total", "lane"): {*Lane},
    ("tieout_webhook_requests_total", "outcome"): {outcome.label for outcome in Outcome},
    ("tieout_webhooks_silent", "category"): {*WEBHOOK_CATEGORIES},
    ("tieout_connections", "state"): {*ConnectionState},
    # Besides the fingerprints of the keys.
    ("tieout_token_sets", "key"): {UNREADABLE},
    # tieout_kit.process.service and what each service adds.
    ("tieout_unhealthy", "component"): {"postgres", "schema", "api", "consuming", "relay", "gateway"},
}
"""The values of labels that an expression may ask for by name."""
