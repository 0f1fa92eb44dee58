"""Every pod of the chart: what it may do, when it is ready, how it ends, where it runs."""

from collections.abc import Iterator
from typing import Any

import pytest

from tieout_chart.paths import EXAMPLES
from tieout_chart.rendering import Object, example, render
from tieout_kit.process import STOPS_WITHIN_S
from tieout_kit.process.health import CHECK_TIMEOUT_S

every_example = pytest.mark.parametrize("name", sorted(file.stem for file in EXAMPLES.glob("*.yaml")))


def pods(objects: list[Object]) -> Iterator[tuple[str, Object]]:
    """The spec of every pod, with the name of what makes it."""
    for one in objects:
        if one["kind"] in ("Deployment", "StatefulSet", "Job"):
            yield one["metadata"]["name"], one["spec"]["template"]["spec"]
        elif one["kind"] == "Pod":
            yield one["metadata"]["name"], one["spec"]


def services(objects: list[Object]) -> Iterator[Object]:
    """The deployments of the services; those of a trial's own servers are left out."""
    for one in objects:
        if one["kind"] == "Deployment" and "tieout/trial" not in one["metadata"]["labels"]:
            yield one


def containers(pod: Object) -> list[Object]:
    return [*pod.get("initContainers", ()), *pod["containers"]]


@every_example
def test_no_pod_runs_as_root_or_gains_anything(name: str) -> None:
    for maker, pod in pods(render(example(name))):
        assert pod["securityContext"]["runAsNonRoot"] is True, maker
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, maker
        for container in containers(pod):
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }, maker


@every_example
def test_no_pod_gets_a_token_of_kubernetes_or_shares_anything_of_its_node(name: str) -> None:
    objects = render(example(name))
    for maker, pod in pods(objects):
        assert pod["automountServiceAccountToken"] is False, maker
        assert pod["enableServiceLinks"] is False, maker
        assert not pod.keys() & {"hostNetwork", "hostPID", "hostIPC"}, maker
        assert not [volume for volume in pod.get("volumes", ()) if "hostPath" in volume], maker
    for account in objects:
        if account["kind"] == "ServiceAccount":
            assert account["automountServiceAccountToken"] is False


@every_example
def test_every_container_names_a_version_and_what_it_needs(name: str) -> None:
    for maker, pod in pods(render(example(name))):
        for container in containers(pod):
            _, _, tag = container["image"].rpartition(":")
            assert tag[:1].isdigit(), (maker, container["image"])
            assert container["resources"]["requests"].keys() == {"cpu", "memory"}, maker
            assert "memory" in container["resources"]["limits"], maker


@pytest.mark.parametrize("name", ["production", "trial"])
def test_every_pod_pulls_with_the_secrets_that_are_named(name: str) -> None:
    for maker, pod in pods(render(example(name, {"imagePullSecrets": [{"name": "registry"}]}))):
        assert pod["imagePullSecrets"] == [{"name": "registry"}], maker


def test_a_test_of_the_release_asks_every_service() -> None:
    objects = render(example("small"))
    (test,) = (one for one in objects if one["kind"] == "Pod")
    script, *asked = test["spec"]["containers"][0]["args"]

    compile(script, "test", "exec")
    assert test["metadata"]["annotations"]["helm.sh/hook"] == "test"
    assert asked == [one["metadata"]["name"] for one in objects if one["kind"] == "Service"]


def test_a_digest_takes_the_place_of_the_tag() -> None:
    digest = "sha256:" + "0" * 64
    image = {"image": {"registry": "registry.example.com", "digest": digest, "tag": "1.2.3"}}
    images = {pod["containers"][0]["image"] for _, pod in pods(render(example("small", image)))}

    assert images == {f"registry.example.com/tieout/services@{digest}"}


@every_example
def test_the_probes_ask_the_health_port_and_wait_for_its_checks(name: str) -> None:
    for deployment in services(render(example(name))):
        container = deployment["spec"]["template"]["spec"]["containers"][0]
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        asked = {probe: container[f"{probe}Probe"]["httpGet"] for probe in ("startup", "liveness", "readiness")}

        assert ports["health"] == 9000
        assert asked == {
            "startup": {"path": "/livez", "port": "health"},
            "liveness": {"path": "/livez", "port": "health"},
            "readiness": {"path": "/readyz", "port": "health"},
        }
        assert container["readinessProbe"]["timeoutSeconds"] > CHECK_TIMEOUT_S


@every_example
def test_the_grace_period_is_longer_than_the_drain(name: str) -> None:
    for deployment in services(render(example(name))):
        pod = deployment["spec"]["template"]["spec"]
        serves_on = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]

        assert pod["terminationGracePeriodSeconds"] > serves_on + STOPS_WITHIN_S


def test_a_shorter_grace_period_is_refused() -> None:
    just_enough = {"preStopSeconds": 25, "terminationGracePeriodSeconds": 25 + STOPS_WITHIN_S + 1}
    too_short = {**just_enough, "terminationGracePeriodSeconds": 25 + STOPS_WITHIN_S}

    render(example("small", {"defaults": just_enough}))
    with pytest.raises(Exception, match="terminationGracePeriodSeconds must be more than preStopSeconds"):
        render(example("small", {"defaults": too_short}))


@every_example
def test_a_pod_is_replaced_only_by_one_that_is_ready(name: str) -> None:
    for deployment in services(render(example(name))):
        assert deployment["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}


@every_example
def test_every_selector_selects_its_own_pods_and_holds_only_what_never_changes(name: str) -> None:
    objects = render(example(name))
    made_by = {one["metadata"]["name"]: _pod_labels(one) for one in objects if "template" in one.get("spec", {})}
    stable = {"app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/component"}

    for one in objects:
        if (selector := _selector(one)) is None:
            continue
        selected = [maker for maker, labels in made_by.items() if selector.items() <= labels.items()]
        assert selector.keys() == stable, one["metadata"]["name"]
        assert selected == [one["metadata"]["name"]], one["kind"]


def test_a_new_version_or_chart_leaves_the_selectors_as_they_were() -> None:
    now = {one["metadata"]["name"]: _selector(one) for one in services(render(example("small")))}
    then = {
        one["metadata"]["name"]: _selector(one)
        for one in services(render(example("small", {"image": {"tag": "9.9.9"}, "commonLabels": {"team": "pay"}})))
    }

    assert then == now


def test_an_autoscaled_deployment_leaves_its_number_of_pods_to_the_autoscaler() -> None:
    objects = render(example("production"))
    scaled = {one["spec"]["scaleTargetRef"]["name"] for one in objects if one["kind"] == "HorizontalPodAutoscaler"}
    counted = {one["metadata"]["name"] for one in services(objects) if "replicas" in one["spec"]}

    assert scaled == {"tieout-connector-web", "tieout-contacts", "tieout-bills", "tieout-payments"}
    assert counted == {"tieout-connector-sync"}


def test_pods_are_spread_by_what_they_are_and_one_at_a_time_may_leave() -> None:
    objects = render(example("production"))
    budgets = {one["metadata"]["name"]: one["spec"] for one in objects if one["kind"] == "PodDisruptionBudget"}

    for deployment in services(objects):
        selector = deployment["spec"]["selector"]
        spread = deployment["spec"]["template"]["spec"]["topologySpreadConstraints"]
        assert [one["topologyKey"] for one in spread] == ["kubernetes.io/hostname", "topology.kubernetes.io/zone"]
        assert all(one["labelSelector"] == selector for one in spread)
        budget = budgets[deployment["metadata"]["name"]]
        assert (budget["selector"], budget["maxUnavailable"]) == (selector, 1)


def test_all_pods_of_the_connector_mount_the_folder_of_attachments() -> None:
    objects = render(example("production"))
    claims = [one["metadata"]["name"] for one in objects if one["kind"] == "PersistentVolumeClaim"]
    with_it = {}
    for maker, pod in pods(objects):
        mounts = {mount["name"]: mount["mountPath"] for mount in pod["containers"][0].get("volumeMounts", ())}
        volumes: dict[str, Any] = {volume["name"]: volume for volume in pod.get("volumes", ())}
        if "attachments" in mounts:
            with_it[maker] = volumes["attachments"]["persistentVolumeClaim"]["claimName"]
            folder = {env["name"]: env.get("value") for env in pod["containers"][0]["env"]}["TIEOUT_ATTACHMENTS_FOLDER"]
            assert mounts["attachments"] == folder

    assert claims == ["tieout-attachments"]
    assert with_it == dict.fromkeys(("tieout-connector-web", "tieout-connector-sync"), "tieout-attachments")


def _pod_labels(one: Object) -> dict[str, str]:
    labels: dict[str, str] = one["spec"]["template"]["metadata"]["labels"]
    return labels


def _selector(one: Object) -> dict[str, str] | None:
    selector: dict[str, Any] = one.get("spec", {}).get("selector", {})
    if one["kind"] == "Service":
        return selector
    if one["kind"] in ("Deployment", "StatefulSet", "PodDisruptionBudget"):
        return {**selector["matchLabels"]}
    return None
