"""Every setting of every service is reached through the chart, and the chart sets none that no service knows."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic_settings import BaseSettings

from tieout_chart.paths import EXAMPLES
from tieout_chart.rendering import Object, changed, example, render
from tieout_chart.settings import FIXED, VALUE_OF, Setting, every_setting
from tieout_connector.config import ConnectorSettings
from tieout_kit.kafka.topics import TopicSettings
from tieout_kit.process import ServiceConfig

MIGRATION = {"TIEOUT_DATABASE_URL", "TIEOUT_API_DATABASE_URL", "TIEOUT_OWNER_DATABASE_URL"}
every_example = pytest.mark.parametrize("name", sorted(file.stem for file in EXAMPLES.glob("*.yaml")))
every_plain_setting = pytest.mark.parametrize(
    "setting", [one for one in every_setting() if one.is_plain], ids=lambda one: one.variable
)


def everything() -> dict[str, Any]:
    """Values that turn on whatever sets a variable."""
    return example("production", {
        "kafka": {"tls": {"ca": {"existingSecret": "ca"}, "client": {"existingSecret": "cert"}}},
    })  # fmt: skip


def environments(objects: list[Object]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """For each container of the services' image: what makes it, its module, its variables."""
    for one in objects:
        if one["kind"] in ("Deployment", "Job"):
            for container in one["spec"]["template"]["spec"]["containers"]:
                if "tieout/services" in container["image"]:
                    variables = {env["name"]: env.get("value", "from a secret") for env in container["env"]}
                    yield one["metadata"]["name"], container["args"][0], variables


def model_of(module: str) -> type[BaseSettings] | None:
    """The settings that a module reads."""
    if module == "tieout_kit.kafka.topics":
        return TopicSettings
    if module == "tieout_kit.postgres.migrate":
        return None
    return ConnectorSettings if module == "tieout_connector" else ServiceConfig


@every_plain_setting
def test_a_plain_setting_is_a_value_of_the_chart(setting: Setting) -> None:
    value = _another(setting.schema)
    where = (
        {"connector": {"settings": {setting.name: value}}}
        if setting.of_connector
        else {"settings": {setting.name: value}}
    )

    reached = {
        maker
        for maker, _, variables in environments(render(changed(everything(), where)))
        if variables.get(setting.variable) == _as_text(value)
    }

    connector = {"tieout-connector-web", "tieout-connector-sync"}
    domains = {"tieout-contacts", "tieout-bills", "tieout-payments"}
    assert reached == (connector if setting.of_connector else connector | domains)


@every_plain_setting
def test_a_setting_can_be_that_of_one_deployment(setting: Setting) -> None:
    value = _another(setting.schema)
    values = changed(everything(), {"services": {"connector-web": {"settings": {setting.name: value}}}})

    reached = {
        maker
        for maker, _, variables in environments(render(values))
        if variables.get(setting.variable) == _as_text(value)
    }

    assert reached == {"tieout-connector-web"}


def test_every_other_setting_has_a_value_of_its_own() -> None:
    others = [one for one in every_setting() if not one.is_plain]
    rendered = list(environments(render(everything())))

    assert {one.field for one in others} == VALUE_OF.keys() | FIXED.keys()
    for setting in others:
        seen = {maker: variables.get(setting.variable) for maker, _, variables in rendered}
        where = [maker for maker in seen if seen[maker] is not None]
        assert "tieout-connector-sync" in where, setting.variable
        if setting.field in FIXED:
            assert {seen[maker] for maker in where} == {FIXED[setting.field]}


@every_example
def test_no_variable_is_unknown(name: str) -> None:
    for maker, module, variables in environments(render(example(name))):
        model = model_of(module)
        known = {f"TIEOUT_{field.upper()}" for field in model.model_fields} if model else MIGRATION

        assert not variables.keys() - known, maker


@every_example
def test_each_process_can_read_its_settings(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for maker, module, variables in environments(render(example(name))):
        if model := model_of(module):
            with monkeypatch.context() as patch:
                for variable, value in variables.items():
                    patch.setenv(variable, value)
                read = model()
            assert read.model_dump()["kafka"] == variables["TIEOUT_KAFKA"], maker


def test_a_large_number_keeps_its_digits() -> None:
    values = example("small", {"kafka": {"partitions": 12_000_000}})
    seen = {
        variables.get("TIEOUT_PARTITIONS")
        for _, module, variables in environments(render(values))
        if "migrate" not in module
    }

    assert seen == {"12000000"}


def test_each_role_of_the_connector_is_told_apart() -> None:
    roles = {maker: variables.get("TIEOUT_ROLE") for maker, _, variables in environments(render(example("small")))}

    assert roles["tieout-connector-web"] == "web"
    assert roles["tieout-connector-sync"] == "sync"
    assert roles["tieout-bills"] is None


@pytest.mark.parametrize("name", ["small", "trial"])
def test_the_jobs_are_one_for_the_topics_and_one_for_each_database(name: str) -> None:
    jobs = [one for one in render(example(name)) if one["kind"] == "Job"]
    commands = [job["spec"]["template"]["spec"]["containers"][0]["args"] for job in jobs]

    assert sorted(commands) == [
        ["tieout_kit.kafka.topics"],
        ["tieout_kit.postgres.migrate", "tieout_kit", "tieout_bills"],
        ["tieout_kit.postgres.migrate", "tieout_kit", "tieout_connector"],
        ["tieout_kit.postgres.migrate", "tieout_kit", "tieout_contacts"],
        ["tieout_kit.postgres.migrate", "tieout_kit", "tieout_payments"],
    ]


@pytest.mark.parametrize("name", ["small", "trial"])
def test_what_a_failed_job_wrote_can_be_read(name: str) -> None:
    for job in (one for one in render(example(name)) if one["kind"] == "Job"):
        policy = job["metadata"].get("annotations", {}).get("helm.sh/hook-delete-policy", "")

        assert job["spec"]["template"]["spec"]["restartPolicy"] == "Never", (
            "with OnFailure the last pod goes with its log"
        )
        assert "hook-failed" not in policy


def test_contracting_migrations_run_only_if_that_is_asked_for() -> None:
    jobs = [one for one in render(example("small", {"jobs": {"contract": True}})) if one["kind"] == "Job"]
    commands = [job["spec"]["template"]["spec"]["containers"][0]["args"] for job in jobs]

    assert [command for command in commands if "--contract" in command] == [
        ["tieout_kit.postgres.migrate", "tieout_kit", f"tieout_{service}", "--contract"]
        for service in ("bills", "connector", "contacts", "payments")
    ]


def test_more_variables_and_volumes_reach_services_and_jobs() -> None:
    more: dict[str, list[dict[str, Any]]] = {
        "extraEnv": [{"name": "HTTPS_PROXY", "value": "http://proxy:3128"}],
        "extraVolumes": [{"name": "more", "emptyDir": {}}],
        "extraVolumeMounts": [{"name": "more", "mountPath": "/more"}],
    }
    objects = render(example("small", {"defaults": more, "jobs": more}))

    for one in objects:
        if one["kind"] in ("Deployment", "Job"):
            pod = one["spec"]["template"]["spec"]
            assert more["extraEnv"][0] in pod["containers"][0]["env"]
            assert more["extraVolumes"][0] in pod["volumes"]
            assert more["extraVolumeMounts"][0] in pod["containers"][0]["volumeMounts"]


@pytest.mark.parametrize("folder", ["kafka", "postgres"])
def test_certificates_are_mounted_where_the_settings_say(folder: str) -> None:
    for one in render(changed(everything(), {"defaults": {"replicas": 1}})):
        if one["kind"] not in ("Deployment", "Job"):
            continue
        pod = one["spec"]["template"]["spec"]
        mounts = {mount["mountPath"]: mount["name"] for mount in pod["containers"][0]["volumeMounts"]}
        volume = next(volume for volume in pod["volumes"] if volume["name"] == mounts[f"/etc/tieout/{folder}"])
        sources = (
            [part["secret"] for part in volume["projected"]["sources"]] if "projected" in volume else [volume["secret"]]
        )
        files = {item["path"] for source in sources for item in source["items"]}
        named = {
            env["value"].removeprefix(f"/etc/tieout/{folder}/")
            for env in pod["containers"][0]["env"]
            if env.get("value", "").startswith(f"/etc/tieout/{folder}/")
        }
        assert files == ({"ca.crt", "tls.crt", "tls.key"} if folder == "kafka" else {"ca.crt"})
        assert named <= files


def _another(schema: dict[str, Any]) -> Any:
    """A value that the schema allows and that is not the default."""
    if "enum" in schema:
        return next(value for value in schema["enum"] if value != schema.get("default"))
    if schema["type"] in ("integer", "number"):
        return schema.get("minimum", 0) + (1 if schema["type"] == "integer" else 0.25)
    if schema["type"] == "boolean":
        return not schema.get("default")
    return "https://example.com/another"


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
