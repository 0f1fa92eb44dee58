"""A value that is misspelt or makes no sense is refused, with words that say which one."""

from typing import Any

import helm_python
import pytest

from tieout_chart.rendering import example, render


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"replicaCount": 3}, "additional properties 'replicaCount' not allowed"),
        ({"kafka": {"bootstrap": "k:9092"}}, "'/kafka': additional properties 'bootstrap'"),
        ({"services": {"bills": {"replica": 3}}}, "'/services/bills': additional properties 'replica'"),
        ({"services": {"bills": {"probes": {"liveness": {"path": "/"}}}}}, "liveness': additional properties 'path'"),
        ({"settings": {"jwkUrl": "https://id"}}, "'/settings': additional properties 'jwkUrl'"),
        ({"settings": {"xeroPlan": "core"}}, "'/settings': additional properties 'xeroPlan'"),
        ({"services": {"bills": {"settings": {"xeroPlan": "core"}}}}, "bills/settings': additional properties"),
        ({"connector": {"settings": {"xeroPlan": "gold"}}}, "xeroPlan': value must be one of 'starter', 'core'"),
        ({"connector": {"settings": {"xeroPageSize": 5000}}}, "xeroPageSize': maximum: got 5,000, want 1,000"),
        ({"kafka": {"security": "TLS"}}, "'/kafka/security': value must be one of 'PLAINTEXT', 'SSL'"),
        ({"topics": {"managedBy": "hand"}}, "'/topics/managedBy': value must be one of"),
        ({"services": {"bills": {"module": "tieout_bill"}}}, "'/services/bills/module': value must be one of"),
        ({"services": {"other": {"module": "tieout_connector"}}}, "'/services/other': missing property 'role'"),
        ({"services": {"Bills": {"module": "tieout_bills"}}}, "invalid propertyName 'Bills'"),
        ({"image": {"digest": "sha256:0"}}, "'/image/digest': "),
        ({"defaults": {"replicas": "3"}}, "got string, want integer"),
        ({"defaults": {"resources": {"request": {"cpu": 1}}}}, "/resources': additional properties 'request'"),
        ({"imagePullSecrets": ["registry"]}, "'/imagePullSecrets/0': got string, want object"),
        ({"ingress": {"api": {"hosts": {"bills": ["a", "b"]}}}}, "'/ingress/api/hosts/bills': got array, want string"),
    ],
)
def test_the_schema_names_what_it_refuses(change: dict[str, Any], message: str) -> None:
    with pytest.raises(helm_python.HelmValuesError) as refused:
        render(example("small", change))

    assert message in str(refused.value)


@pytest.mark.parametrize("secret", ["databaseUrl", "kafkaPassword", "xeroClientSecret", "tokenKey", "kafkaUsername"])
def test_a_secret_is_no_setting(secret: str) -> None:
    with pytest.raises(helm_python.HelmValuesError, match=f"additional properties '{secret}' not allowed"):
        render(example("small", {"connector": {"settings": {secret: "secret"}}}))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kafka": {"bootstrapServers": ""}}, "kafka.bootstrapServers: say where Kafka is"),
        ({"settings": {"jwksUrl": ""}}, "settings.jwksUrl: say where"),
        ({"settings": {"jwtIssuer": ""}}, "settings.jwtIssuer: say which"),
        ({"connector": {"settings": {"xeroClientId": ""}}}, "connector.settings.xeroClientId: "),
        ({"connector": {"settings": {"xeroRedirectUri": ""}}}, "connector.settings.xeroRedirectUri: "),
        ({"connector": {"existingSecret": ""}}, "connector: name an existingSecret, or set "),
        ({"databases": {"bills": {"existingSecret": ""}}}, "databases.bills: name an existingSecret, or set "),
        ({"kafka": {"security": "SASL_SSL"}}, "kafka.sasl: name an existingSecret, or set username and password"),
        ({"topics": {"managedBy": "strimzi"}}, "topics.strimzi.cluster: "),
        ({"ingress": {"webhook": {"enabled": True, "host": ""}}}, "ingress.webhook.host: "),
        ({"ingress": {"api": {"enabled": True}}}, "ingress.api.hosts: "),
        ({"ingress": {"api": {"enabled": True, "hosts": {"bill": "b.example.com"}}}}, "ingress.api.hosts.bill: "),
        ({"ingress": {"api": {"enabled": True, "hosts": {"connector-sync": "b.example.com"}}}}, "serves no API"),
        ({"services": {"connector-web": {"role": "sync"}}}, "one of them needs the role web or all"),
        ({"services": {"bills": {"role": "web"}}}, "services.bills: only the connector has roles"),
        ({"image": {"tag": "latest"}}, "tieout/services: name a version"),
    ],
)
def test_what_is_missing_is_named(change: dict[str, Any], message: str) -> None:
    with pytest.raises(helm_python.HelmRenderError) as refused:
        render(example("small", change))

    assert message in str(refused.value)


@pytest.mark.parametrize("role", ["sync", "all"])
def test_who_calls_xero_is_never_scaled_by_load(role: str) -> None:
    scaled = {"services": {"connector-sync": {"role": role, "autoscaling": {"enabled": True}}}}

    with pytest.raises(helm_python.HelmValuesError, match="connector-sync/autoscaling/enabled': value must be false"):
        render(example("small", scaled))


def test_autoscaling_is_not_turned_on_for_all_at_once() -> None:
    with pytest.raises(helm_python.HelmValuesError, match="/defaults/autoscaling/enabled': value must be false"):
        render(example("small", {"defaults": {"autoscaling": {"enabled": True}}}))


def test_a_service_can_be_left_out_and_another_be_added() -> None:
    values = example("small", {
        "services": {"payments": None, "bills-eu": {"module": "tieout_bills", "replicas": 4}},
        "databases": {"payments": {"existingSecret": ""}},
    })  # fmt: skip
    deployments = {one["metadata"]["name"]: one for one in render(values) if one["kind"] == "Deployment"}

    assert "tieout-payments" not in deployments
    assert deployments["tieout-bills-eu"]["spec"]["replicas"] == 4


def test_an_entry_overrides_the_defaults_even_with_nothing() -> None:
    nothing = {"replicas": 0, "autoscaling": {"enabled": False}, "spread": [], "pdb": {"enabled": False}}
    values = example("production", {"services": {"bills": nothing}})
    bills = [one for one in render(values) if one["metadata"]["name"] == "tieout-bills"]
    deployment = next(one for one in bills if one["kind"] == "Deployment")

    assert deployment["spec"]["replicas"] == 0
    assert "topologySpreadConstraints" not in deployment["spec"]["template"]["spec"]
    assert {one["kind"] for one in bills} == {"Deployment", "Service", "NetworkPolicy"}


def test_a_default_of_kubernetes_own_can_be_taken_away() -> None:
    pod = next(
        one
        for one in render(example("small", {"podSecurityContext": {"fsGroup": None}}))
        if one["kind"] == "Deployment"
    )

    assert "fsGroup" not in pod["spec"]["template"]["spec"]["securityContext"]
