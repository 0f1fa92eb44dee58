"""Every example is a chart that Helm and Kubernetes accept."""

import functools

import helm_python
import kubernetes_validate
import pytest
from kubernetes_validate import utils

from tieout_chart.paths import CHART, EXAMPLES
from tieout_chart.rendering import Object, example, render
from tieout_chart.values import defaults

OLDEST, NEWEST = "1.30", "1.37"
"""The versions of Kubernetes that the chart is for; Chart.yaml says so too."""
FOREIGN = ("monitoring.coreos.com/v1", "kafka.strimzi.io/v1")
"""APIs that are not Kubernetes' own: test_monitoring.py and test_topics.py look at their objects."""

_SCHEMAS = functools.cache(utils.schema_contents)
every_example = pytest.mark.parametrize("name", sorted(file.stem for file in EXAMPLES.glob("*.yaml")))


@pytest.fixture(autouse=True)
def _schemas_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(utils, "schema_contents", _SCHEMAS)


def test_the_examples_are_those_that_the_readme_names() -> None:
    readme = (CHART / "README.md").read_text()
    names = {file.stem for file in EXAMPLES.glob("*.yaml")}

    assert names == {"small", "production", "strimzi-cloudnativepg", "trial"}
    assert all(f"examples/{name}.yaml" in readme for name in names)


@every_example
def test_helm_finds_nothing_to_complain_about(name: str) -> None:
    found = helm_python.lint(CHART, example(name), strict=True)

    assert [message for message in found["messages"] if "icon" not in message["error"]] == []
    assert found["errors"] == []


@every_example
@pytest.mark.parametrize("version", [OLDEST, NEWEST])
def test_kubernetes_knows_every_field(name: str, version: str) -> None:
    own = [one for one in render(example(name)) if one["apiVersion"] not in FOREIGN]

    assert len(own) > 20
    for one in own:
        try:
            kubernetes_validate.validate(one, version, strict=True)
        except kubernetes_validate.ValidationError as error:
            pytest.fail(f"{_name(one)}: {'.'.join(map(str, error.path))}: {error.message}")


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
def test_kubernetes_knows_every_field_of_what_no_example_turns_on(version: str) -> None:
    values = example("production", {
        "ingress": {"api": {"enabled": True, "hosts": {"bills": "bills.example.com"}, "tlsSecret": "tls"}},
        "kafka": {"tls": {"ca": {"existingSecret": "ca"}, "client": {"existingSecret": "cert"}}},
        "serviceAccount": {"annotations": {"eks.amazonaws.com/role-arn": "arn"}},
        "defaults": {
            "nodeSelector": {"pool": "apps"}, "tolerations": [{"key": "apps", "operator": "Exists"}],
            "affinity": {"nodeAffinity": {}}, "podLabels": {"team": "pay"}, "podAnnotations": {"a": "b"},
            "extraEnv": [{"name": "HTTPS_PROXY", "value": "http://proxy:3128"}],
            "extraVolumes": [{"name": "more", "emptyDir": {}}],
            "extraVolumeMounts": [{"name": "more", "mountPath": "/more"}],
            "extraEgress": [{"ports": [{"port": 3128}]}],
        },
        "jobs": {
            "extraEnv": [{"name": "HTTPS_PROXY", "value": "http://proxy:3128"}],
            "extraVolumes": [{"name": "more", "emptyDir": {}}],
            "extraVolumeMounts": [{"name": "more", "mountPath": "/more"}],
        },
    })  # fmt: skip
    trial = example("trial", {"trial": {"persistence": {"enabled": True, "storageClassName": "fast"}}})

    for one in [*render(values), *render(trial)]:
        if one["apiVersion"] not in FOREIGN:
            kubernetes_validate.validate(one, version, strict=True)


@every_example
def test_names_are_unique_and_short_enough(name: str) -> None:
    names = [_name(one) for one in render(example(name))]

    assert len(names) == len(set(names))
    assert all(len(one.partition("/")[2]) <= 63 for one in names)


def test_a_long_name_of_a_release_is_cut() -> None:
    names = [one["metadata"]["name"] for one in render(example("trial"), release="r" * 53)]

    assert max(map(len, names)) <= 63


def test_the_chart_says_which_versions_it_is_for() -> None:
    with helm_python.Chart.load(CHART) as chart:
        metadata = chart.metadata

    assert metadata["kubeVersion"] == f">={OLDEST}.0-0"
    assert f"Kubernetes {OLDEST} to {NEWEST}" in (CHART / "README.md").read_text()
    assert NEWEST in utils.latest_version()


def test_the_chart_installs_the_version_of_this_checkout() -> None:
    project = (CHART.parents[2] / "pyproject.toml").read_text()
    with helm_python.Chart.load(CHART) as chart:
        version = chart.metadata["appVersion"]

    assert f'\nversion = "{version}"\n' in project
    assert defaults()["image"]["tag"] == ""


def _name(one: Object) -> str:
    return f"{one['kind']}/{one['metadata']['name']}"
