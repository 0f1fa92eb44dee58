"""The trial brings what the services need, and says that it is not for production."""

import ast
import base64
from typing import Any
from urllib.parse import urlsplit

import pytest

from tieout_chart.rendering import Object, example, notes, render
from tieout_local.trial.settings import TrialSettings

SERVERS = {"trial-kafka", "trial-postgres", "trial-simulator", "trial-helper"}


def by_component(objects: list[Object], kind: str) -> dict[str, Object]:
    return {one["metadata"]["labels"]["app.kubernetes.io/component"]: one for one in objects if one["kind"] == kind}


def test_nothing_of_it_is_there_without_it() -> None:
    for name in ("small", "production", "strimzi-cloudnativepg"):
        assert "trial" not in str(render(example(name)))
        assert "trial" not in notes(example(name)).lower()


def test_everything_of_it_says_that_it_is_not_for_production() -> None:
    marked = [one for one in render(example("trial")) if "trial" in one["metadata"]["name"]]

    assert {one["metadata"]["labels"]["app.kubernetes.io/component"] for one in marked} >= SERVERS
    for one in marked:
        assert one["metadata"]["labels"]["tieout/trial"] == "not-for-production", one["metadata"]["name"]
    assert "NOT FOR PRODUCTION" in notes(example("trial"))


def test_every_address_inside_the_cluster_is_a_service_of_the_release() -> None:
    objects = render(example("trial"), release="mine")
    ports = {
        one["metadata"]["name"]: {port["port"] for port in one["spec"]["ports"]}
        for one in objects
        if one["kind"] == "Service"
    }
    seen = set()
    for host, port in _addresses(objects):
        assert port in ports[host], (host, port)
        seen.add(host)

    assert {f"mine-tieout-{server}" for server in SERVERS - {"trial-postgres"}} | {"mine-tieout-connector-web"} <= seen


def test_each_service_has_logins_of_its_own_that_are_not_the_owners() -> None:
    secret = by_component(render(example("trial")), "Secret")["trial-secret"]["data"]
    logins = {
        key: urlsplit(base64.b64decode(value).decode()).username for key, value in secret.items() if key.endswith("url")
    }

    assert {login for key, login in logins.items() if "-owner-" in key} == {"postgres"}
    others = [login for key, login in logins.items() if "-owner-" not in key]
    assert len(set(others)) == len(others) == 8
    assert "postgres" not in others


def test_the_helper_reads_every_variable_that_it_gets(monkeypatch: pytest.MonkeyPatch) -> None:
    helper = by_component(render(example("trial")), "Deployment")["trial-helper"]
    variables = {
        env["name"]: env.get("value", "from a secret")
        for env in helper["spec"]["template"]["spec"]["containers"][0]["env"]
    }
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)

    assert not variables.keys() - {f"TIEOUT_{field.upper()}" for field in TrialSettings.model_fields}
    assert TrialSettings().trial_webhook_url == "http://tieout-connector-web:8000/webhooks/xero"


def test_the_jobs_are_no_hooks_and_wait_for_their_server() -> None:
    jobs = [one for one in render(example("trial")) if one["kind"] == "Job"]

    for job in jobs:
        assert "annotations" not in job["metadata"]
        assert job["metadata"]["name"].endswith("-1"), "a job cannot be changed, so each revision has its own"
        (wait,) = job["spec"]["template"]["spec"]["initContainers"]
        ast.parse(wait["args"][0])
        server = "trial-kafka" if "topics" in job["metadata"]["name"] else "trial-postgres"
        assert f'"tieout-{server}"' in wait["args"][0]


def test_there_is_a_database_for_each_service() -> None:
    made = by_component(render(example("trial")), "ConfigMap")["trial-postgres"]["data"]["databases.sql"]

    assert made.split("\n")[:-1] == [
        f"create database tieout_{service};" for service in ("bills", "connector", "contacts", "payments")
    ]


def test_the_data_is_on_volumes_if_that_is_asked_for() -> None:
    objects = render(example("trial", {"trial": {"persistence": {"enabled": True}}}))
    claims = {one["metadata"]["name"] for one in objects if one["kind"] == "PersistentVolumeClaim"}
    used = {
        volume["persistentVolumeClaim"]["claimName"]
        for one in objects
        if one["kind"] in ("StatefulSet", "Deployment")
        for volume in one["spec"]["template"]["spec"]["volumes"]
        if "persistentVolumeClaim" in volume
    }

    assert used == claims == {f"tieout-{server}" for server in SERVERS}


def test_the_notes_of_an_installation_say_what_to_do_next() -> None:
    said = notes(example("production"))

    assert "https://tieout.example.com/webhooks/xero" in said
    assert "/connection/consent" in said


def _addresses(objects: list[Object]) -> list[tuple[str, int]]:
    """Host and port of each URL and of Kafka in the environments, without those that only a browser uses."""
    values: list[Any] = [
        env.get("value", "")
        for one in objects
        if "template" in one.get("spec", {})
        for container in one["spec"]["template"]["spec"]["containers"]
        for env in container.get("env", ())
        if env["name"].startswith("TIEOUT_")
    ]
    urls = [urlsplit(value if "//" in value else f"//{value}") for value in values if ":" in value]
    return [(url.hostname or "", url.port) for url in urls if url.port and url.hostname not in ("localhost", "0.0.0.0")]
