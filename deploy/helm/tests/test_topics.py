"""The topics as Strimzi's resources are those that the services use."""

from typing import Any

from tieout_chart.rendering import Object, example, render
from tieout_schemas.topics import every_topic


def topics(changes: dict[str, Any] | None = None) -> list[Object]:
    return [one for one in render(example("strimzi-cloudnativepg", changes)) if one["kind"] == "KafkaTopic"]


def test_there_is_one_for_every_topic_with_its_settings() -> None:
    made = {one["spec"]["topicName"]: one["spec"] for one in topics({"kafka": {"partitions": 12}})}

    assert made == {
        topic.name: {"topicName": topic.name, "partitions": 12, "replicas": 3, "config": topic.retention.value}
        for topic in every_topic()
    }


def test_the_operator_of_the_cluster_finds_them() -> None:
    for one in topics():
        assert one["apiVersion"] == "kafka.strimzi.io/v1"
        assert one["metadata"]["namespace"] == "kafka"
        assert one["metadata"]["labels"]["strimzi.io/cluster"] == "events"


def test_the_prefix_is_part_of_the_topics_name_and_may_hold_what_kubernetes_refuses() -> None:
    made = topics({"kafka": {"prefix": "Staging_"}})

    assert {one["spec"]["topicName"] for one in made} == {f"Staging_{topic.name}" for topic in every_topic()}
    assert all(one["metadata"]["name"].islower() and "_" not in one["metadata"]["name"] for one in made)


def test_an_uninstall_leaves_them() -> None:
    assert {one["metadata"]["annotations"]["helm.sh/resource-policy"] for one in topics()} == {"keep"}


def test_there_is_no_job_for_topics_beside_them_and_neither_if_they_are_yours() -> None:
    for managed_by in ("strimzi", "none"):
        objects = render(example("strimzi-cloudnativepg", {"topics": {"managedBy": managed_by}}))
        jobs = {one["metadata"]["name"] for one in objects if one["kind"] == "Job"}
        assert jobs == {f"tieout-migrate-{service}" for service in ("connector", "contacts", "bills", "payments")}
        assert any(one["kind"] == "KafkaTopic" for one in objects) == (managed_by == "strimzi")
