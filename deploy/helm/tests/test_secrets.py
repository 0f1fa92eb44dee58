"""A secret is in a Secret and nowhere else, whether the chart makes it or it existed."""

import base64
import json
from typing import Any

import pytest

from tieout_chart.rendering import Object, example, notes, render

SERVICES = ("connector", "contacts", "bills", "payments")
MARK = "S3CR3T"


def given_in_values() -> dict[str, Any]:
    """Values with every secret that values can hold, each marked."""
    urls = {name: f"postgresql://{name}:{MARK}@db/x" for name in ("url", "apiUrl", "ownerUrl")}
    return example("small", {
        "databases": {service: {"existingSecret": "", **urls} for service in SERVICES},
        "connector": {
            "existingSecret": "",
            "xeroClientSecret": f"{MARK}1", "xeroWebhookKey": f"{MARK}2", "tokenKey": f"{MARK}3",
        },
        "kafka": {"security": "SASL_SSL", "sasl": {"username": "tieout", "password": f"{MARK}4"}},
    })  # fmt: skip


def test_what_is_secret_in_values_is_only_in_secrets() -> None:
    objects = render(given_in_values())
    encoded = base64.b64encode(MARK.encode()).decode()[:6]

    for one in objects:
        text = json.dumps(one)
        assert MARK not in text, one["metadata"]["name"]
        assert (encoded in text) <= (one["kind"] == "Secret"), one["metadata"]["name"]
    assert MARK not in notes(given_in_values())


@pytest.mark.parametrize("values", [given_in_values(), example("trial")], ids=["values", "trial"])
def test_every_secret_that_a_pod_reads_is_made_with_that_key(values: dict[str, Any]) -> None:
    objects = render(values)
    made = {one["metadata"]["name"]: one["data"].keys() for one in objects if one["kind"] == "Secret"}

    read = _read(objects)
    assert len(read) > 10
    for maker, secret, key in read:
        assert key in made[secret], maker


def test_secrets_that_exist_are_used_as_they_are_and_none_is_made() -> None:
    objects = render(example("production"))

    assert not [one for one in objects if one["kind"] == "Secret"]
    assert {secret for _, secret, _ in _read(objects)} == {
        "tieout-kafka", "tieout-xero",
        *(f"tieout-{service}-{part}" for service in SERVICES for part in ("database", "owner")),
    }  # fmt: skip


def test_only_the_migrations_read_the_owners_login() -> None:
    owners = {maker for maker, secret, _ in _read(render(example("production"))) if secret.endswith("-owner")}

    assert owners == {f"tieout-migrate-{service}" for service in SERVICES}


def test_a_service_reads_no_secret_of_another() -> None:
    for maker, secret, _ in _read(render(example("production"))):
        service = maker.removeprefix("tieout-").removeprefix("migrate-").partition("-")[0]
        allowed = {"tieout-kafka", f"tieout-{service}-database", f"tieout-{service}-owner"}
        assert secret in allowed | ({"tieout-xero"} if service == "connector" else set()), maker


def test_jobs_that_run_before_the_secrets_have_copies_of_them_that_go_afterwards() -> None:
    objects = render(given_in_values())
    secrets = {one["metadata"]["name"]: one for one in objects if one["kind"] == "Secret"}
    jobs = {one["metadata"]["name"]: one for one in objects if one["kind"] == "Job"}

    for maker, secret, _ in _read(objects):
        if maker in jobs:
            hook = secrets[secret]["metadata"]["annotations"]
            job = jobs[maker]["metadata"]["annotations"]
            assert hook["helm.sh/hook"] == job["helm.sh/hook"] == "pre-install,pre-upgrade"
            assert int(hook["helm.sh/hook-weight"]) < int(job["helm.sh/hook-weight"])
            assert hook["helm.sh/hook-delete-policy"] == "before-hook-creation,hook-succeeded"
            assert secrets[secret.removesuffix("-jobs")]["data"] == secrets[secret]["data"]
        else:
            assert "annotations" not in secrets[secret]["metadata"]


def test_a_changed_secret_makes_new_pods() -> None:
    def checksums(values: dict[str, Any]) -> set[str]:
        return {
            one["spec"]["template"]["metadata"]["annotations"]["checksum/secrets"]
            for one in render(values)
            if one["kind"] == "Deployment"
        }

    before = given_in_values()
    after = {**before, "connector": {**before["connector"], "tokenKey": "another"}}

    assert checksums(before) == checksums(before) != checksums(after)


def test_a_trial_makes_its_secrets_anew_each_time_and_a_key_that_fernet_takes() -> None:
    first, second = (_data(render(example("trial"))) for _ in range(2))

    assert first.keys() == second.keys()
    assert len(base64.urlsafe_b64decode(first["token-key"])) == 32
    assert not {"+", "/"} & set(first["token-key"])
    assert all(first[key] != second[key] for key in first)


def _data(objects: list[Object]) -> dict[str, str]:
    (secret,) = (one for one in objects if one["kind"] == "Secret")
    return {key: base64.b64decode(value).decode() for key, value in secret["data"].items()}


def _read(objects: list[Object]) -> list[tuple[str, str, str]]:
    """Which secrets pods read as variables: what makes the pod, the secret, the key."""
    return [
        (one["metadata"]["name"], source["secretKeyRef"]["name"], source["secretKeyRef"]["key"])
        for one in objects
        if "template" in one.get("spec", {})
        for container in one["spec"]["template"]["spec"]["containers"]
        for source in (env.get("valueFrom", {}) for env in container.get("env", ()))
        if "secretKeyRef" in source
    ]
