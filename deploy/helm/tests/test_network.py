"""The network policies allow what a pod needs, and nothing else."""

from typing import Any

import pytest

from tieout_chart.rendering import Object, example, render

DNS = [("UDP", 53), ("TCP", 53)]


def policies(values: dict[str, Any]) -> dict[str, Object]:
    return {
        one["metadata"]["name"].removeprefix("tieout-"): one["spec"]
        for one in render(values)
        if one["kind"] == "NetworkPolicy"
    }


def ports_out(spec: Object) -> list[tuple[str, int]]:
    """Where a pod may connect to, beside DNS."""
    found = [(port["protocol"], port["port"]) for rule in spec["egress"] for port in rule["ports"]]
    assert found[:2] == DNS
    return found[2:]


def ports_in(spec: Object) -> list[str]:
    return [port["port"] for rule in spec.get("ingress", ()) for port in rule["ports"]]


def test_every_service_and_the_jobs_have_a_policy_for_both_directions() -> None:
    found = policies(example("production"))

    assert found.keys() == {"connector-web", "connector-sync", "contacts", "bills", "payments", "jobs"}
    assert all(spec["policyTypes"] == ["Ingress", "Egress"] for spec in found.values())


def test_a_domain_service_reaches_kafka_postgres_the_keys_and_the_traces() -> None:
    bills = policies(example("production"))["bills"]

    assert ports_out(bills) == [("TCP", 9096), ("TCP", 5432), ("TCP", 443), ("TCP", 4318)]
    assert ports_in(bills) == ["http", "health"]


def test_only_the_connector_reaches_xero() -> None:
    values = example("production", {
        "connector": {"settings": {"xeroApiUrl": "http://simulator:8900", "xeroIdentityUrl": "https://simulator"}},
    })  # fmt: skip
    found = policies(values)

    for name, spec in found.items():
        assert (("TCP", 8900) in ports_out(spec)) == name.startswith("connector-"), name


def test_the_sync_role_is_reached_for_its_health_alone() -> None:
    assert ports_in(policies(example("production"))["connector-sync"]) == ["health"]


def test_jobs_reach_kafka_and_postgres_and_are_reached_by_nobody() -> None:
    jobs = policies(example("production"))["jobs"]

    assert ports_out(jobs) == [("TCP", 9096), ("TCP", 5432)]
    assert ports_in(jobs) == []


def test_the_policy_of_jobs_selects_the_pods_of_jobs_and_no_others() -> None:
    objects = render(example("production"))
    selector = next(one["spec"]["podSelector"] for one in objects if one["metadata"]["name"] == "tieout-jobs")
    selected = {
        one["kind"]
        for one in objects
        if "template" in one.get("spec", {})
        and selector["matchLabels"].items() <= one["spec"]["template"]["metadata"]["labels"].items()
    }

    assert selected == {"Job"}


def test_who_may_call_and_where_servers_are_can_be_narrowed() -> None:
    found = policies(example("strimzi-cloudnativepg"))["bills"]
    kafka, postgres = found["egress"][1:3]

    assert [port["port"] for port in kafka["ports"]] == [9094]
    assert kafka["to"][0]["podSelector"]["matchLabels"] == {"strimzi.io/cluster": "events"}
    assert postgres["to"] == [{"podSelector": {"matchLabels": {"cnpg.io/cluster": "tieout-db"}}}]

    narrowed = policies(example("production"))["bills"]["ingress"]
    assert [len(rule["from"]) for rule in narrowed] == [2, 1 + 1], "`helm test` asks the health port too"


@pytest.mark.parametrize(
    ("settings", "port"),
    [
        ({"jwksUrl": "https://id.example.com/jwks"}, [("TCP", 443)]),
        ({"jwksUrl": "http://id/jwks"}, [("TCP", 80)]),
        ({"jwksUrl": "http://id:8080/jwks"}, [("TCP", 8080)]),
        ({"jwksUrl": "file:///etc/keys/jwks.json"}, []),
    ],
)
def test_the_port_of_the_keys_follows_from_their_address(settings: dict[str, str], port: list[tuple[str, int]]) -> None:
    assert ports_out(policies(example("small", {"settings": settings}))["bills"])[2:] == port


def test_ports_of_brokers_that_differ_from_the_bootstrap_servers_can_be_named() -> None:
    values = example("small", {"networkPolicy": {"kafka": {"ports": [9092, 9192]}, "postgres": {"ports": [6432]}}})

    assert ports_out(policies(values)["contacts"])[:3] == [("TCP", 9092), ("TCP", 9192), ("TCP", 6432)]


def test_there_are_none_if_they_are_turned_off() -> None:
    assert policies(example("production", {"networkPolicy": {"enabled": False}})) == {}


def test_the_servers_of_a_trial_talk_with_this_release_alone() -> None:
    objects = render(example("trial"))
    trial = policies(example("trial"))["trial"]
    release = {"podSelector": {"matchLabels": {"app.kubernetes.io/instance": "tieout"}}}
    selected = {
        one["metadata"]["name"]
        for one in objects
        if "template" in one.get("spec", {})
        and trial["podSelector"]["matchLabels"].items() <= one["spec"]["template"]["metadata"]["labels"].items()
    }

    assert selected == {f"tieout-trial-{server}" for server in ("kafka", "postgres", "simulator", "helper")}
    assert trial["policyTypes"] == ["Ingress", "Egress"]
    assert trial["ingress"] == [{"from": [release]}]
    assert trial["egress"][1:] == [{"to": [release]}]
