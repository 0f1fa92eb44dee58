"""Compose runs what the chart's trial runs: the same processes with the same settings, as locked down."""

import base64
import json
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from cryptography.fernet import Fernet

from tieout_chart.rendering import Object, example, render

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "deploy" / "compose"
FILE = FOLDER / "compose.yaml"
BESIDES = {"TIEOUT_OTLP_ENDPOINT", "TIEOUT_TRACE_URL"}
"""Compose brings a Jaeger; the chart is told where yours is."""
MADE_ANEW = {"TIEOUT_XERO_CLIENT_SECRET", "TIEOUT_XERO_WEBHOOK_KEY", "TIEOUT_TOKEN_KEY"}
"""Secrets that the chart makes at each install."""
WATCHING = {"jaeger", "prometheus", "grafana"}

Service = dict[str, Any]


@cache
def services() -> dict[str, Service]:
    """The services of the file, with its variables at their defaults."""
    text = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", FILE.read_text())
    found: dict[str, Service] = yaml.safe_load(text)["services"]
    return found


@cache
def trial() -> tuple[dict[str, Object], dict[str, str]]:
    """The container of each pod of the chart's trial by the name of its component, and the trial's secret."""
    pods: dict[str, Object] = {}
    secret: dict[str, str] = {}
    for one in render(example("trial")):
        if one["kind"] in ("Deployment", "StatefulSet", "Job"):
            component = one["metadata"]["labels"]["app.kubernetes.io/component"]
            (pods[component.removeprefix("trial-")],) = one["spec"]["template"]["spec"]["containers"]
        elif one["kind"] == "Secret":
            secret |= {name: base64.b64decode(value).decode() for name, value in one["data"].items()}
    return pods, secret


def in_the_chart(component: str) -> dict[str, str]:
    """The variables of a component, with the hosts of Compose."""
    pods, secret = trial()
    found = {}
    for each in pods[component].get("env", ()):
        value = each["value"] if "value" in each else secret[each["valueFrom"]["secretKeyRef"]["key"]]
        found[each["name"]] = re.sub(r"tieout-(?:trial-)?([a-z-]+)(?=:\d)", r"\1", value)
    return found


def comparable(variables: dict[str, str]) -> dict[str, Any]:
    """Without what is made anew; of a database's URL: who, where and which."""
    urls = {name: urlsplit(value) for name, value in variables.items() if name.endswith("DATABASE_URL")}
    parts = {name: (url.username, url.hostname, url.port, url.path) for name, url in urls.items()}
    return {**{name: value for name, value in variables.items() if name not in {*MADE_ANEW, *BESIDES}}, **parts}


def test_compose_has_the_components_of_the_trial_and_what_watches_them() -> None:
    assert services().keys() == trial()[0].keys() | WATCHING


@pytest.mark.parametrize("name", sorted(services().keys() - WATCHING))
def test_a_component_runs_the_same_with_the_same_settings(name: str) -> None:
    ours, theirs = services()[name], trial()[0][name]
    variables = ours.get("environment", {})

    assert ours["image"] == theirs["image"]
    assert ours.get("command", []) == theirs.get("args", []) or name == "postgres"
    assert variables.keys() - BESIDES == in_the_chart(name).keys()
    assert comparable(variables) == comparable(in_the_chart(name)) or name == "postgres"


def test_postgres_has_the_same_settings_and_databases() -> None:
    ours, theirs = services()["postgres"], trial()[0]["postgres"]
    (databases,) = (one["data"] for one in render(example("trial")) if one["kind"] == "ConfigMap")

    assert ours["command"] == ["postgres", *theirs["args"]]
    made = re.findall(r"^create database (\w+);$", (FOLDER / "databases.sql").read_text(), re.MULTILINE)
    assert sorted(made) == sorted(re.findall(r"create database (\w+);", databases["databases.sql"]))


@pytest.mark.parametrize("name", sorted(services()))
def test_a_component_may_do_nothing_but_its_work(name: str) -> None:
    service = services()[name]

    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert re.fullmatch(r"[1-9]\d*:\d+", service["user"]), "never root"
    assert not service.keys() & {"privileged", "cap_add", "network_mode", "pid", "devices"}
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ())), "open on this machine only"


def test_migrations_and_topics_precede_each_service() -> None:
    for name in ("connector-web", "connector-sync", "contacts", "bills", "payments"):
        migration = f"migrate-{name.partition('-')[0]}"
        assert services()[name]["depends_on"] == {
            one: {"condition": "service_completed_successfully"} for one in ("topics", migration)
        }
        assert services()[migration]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert services()["topics"]["depends_on"] == {"kafka": {"condition": "service_healthy"}}


def test_the_open_key_is_a_key_and_says_what_it_is() -> None:
    key = services()["connector-sync"]["environment"]["TIEOUT_TOKEN_KEY"]

    assert Fernet(key)
    assert base64.urlsafe_b64decode(key) == b"not-for-production-not-for-produ"


def test_the_version_is_that_of_this_checkout() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    versions = {version for _, version in re.findall(r"(TIEOUT_VERSION):-([\d.]+)", FILE.read_text())}

    assert versions == set(re.findall(r'^version = "(.+)"$', project, re.MULTILINE))


def test_prometheus_scrapes_each_service_under_its_name() -> None:
    config = yaml.safe_load((FOLDER / "prometheus.yaml").read_text())
    targets = {job["job_name"]: job["static_configs"][0]["targets"] for job in config["scrape_configs"]}

    ours = [name for name, one in services().items() if one["image"].startswith("tieout/services")]
    lasting = [name for name in ours if "healthcheck" in services()[name]]
    assert targets == {name: [f"{name}:9000"] for name in lasting}
    assert "../helm/tieout/alerts:/etc/prometheus/alerts:ro" in services()["prometheus"]["volumes"]
    assert config["rule_files"] == ["/etc/prometheus/alerts/*.yaml"]


def test_grafana_finds_the_dashboards_and_its_sources() -> None:
    (provider,) = yaml.safe_load((FOLDER / "grafana" / "dashboards.yaml").read_text())["providers"]
    sources = yaml.safe_load((FOLDER / "grafana" / "datasources.yaml").read_text())["datasources"]

    assert f"../helm/tieout/dashboards:{provider['options']['path']}:ro" in services()["grafana"]["volumes"]
    assert {urlsplit(source["url"]).hostname for source in sources} == {"prometheus", "jaeger"} <= services().keys()


@pytest.mark.skipif(shutil.which("docker") is None, reason="docker is not on the PATH")
def test_compose_itself_reads_the_file() -> None:
    command = ["docker", "compose", "--file", str(FILE), "config", "--format", "json"]
    if subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("docker has no compose")

    read = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    assert read["services"].keys() == services().keys()
