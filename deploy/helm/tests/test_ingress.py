"""What is open to the outside."""

from typing import Any

from tieout_chart.rendering import Object, example, render
from tieout_connector.inbound import WEBHOOK_PATH


def ingresses(values: dict[str, Any]) -> dict[str, Object]:
    return {one["metadata"]["name"]: one for one in render(values) if one["kind"] == "Ingress"}


def routes(ingress: Object) -> list[tuple[str, str, str, str]]:
    """Host, path, type of path, service."""
    return [
        (rule["host"], path["path"], path["pathType"], path["backend"]["service"]["name"])
        for rule in ingress["spec"]["rules"]
        for path in rule["http"]["paths"]
    ]


def test_nothing_is_open_unless_it_is_asked_for() -> None:
    assert ingresses(example("trial")) == {}


def test_xero_reaches_the_webhook_receiver_and_the_return_from_a_consent_and_nothing_else() -> None:
    (webhook,) = ingresses(example("production")).values()

    assert routes(webhook) == [
        ("tieout.example.com", WEBHOOK_PATH, "Exact", "tieout-connector-web"),
        ("tieout.example.com", "/oauth/callback", "Exact", "tieout-connector-web"),
    ]
    assert webhook["spec"]["tls"] == [{"hosts": ["tieout.example.com"], "secretName": "tieout-example-com"}]
    assert webhook["spec"]["ingressClassName"] == "nginx"


def test_webhooks_go_to_whichever_deployment_receives_them() -> None:
    both = {"connector-web": None, "connector-sync": None, "connector": {"module": "tieout_connector", "role": "all"}}
    (webhook,) = ingresses(example("production", {"services": both})).values()

    assert {service for *_, service in routes(webhook)} == {"tieout-connector"}


def test_each_api_has_a_host_of_its_own() -> None:
    hosts = {"connector-web": "connector.internal", "bills": "bills.internal"}
    api = ingresses(example("small", {"ingress": {"api": {"enabled": True, "hosts": hosts, "tlsSecret": "internal"}}}))

    assert sorted(routes(api["tieout-api"])) == [
        ("bills.internal", "/", "Prefix", "tieout-bills"),
        ("connector.internal", "/", "Prefix", "tieout-connector-web"),
    ]
    assert api["tieout-api"]["spec"]["tls"] == [
        {"hosts": ["bills.internal", "connector.internal"], "secretName": "internal"}
    ]
