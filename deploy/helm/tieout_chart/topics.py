"""Makes files/topics.yaml, from which the chart makes Strimzi's KafkaTopic resources."""

import yaml

from tieout_schemas.topics import every_topic

_HEADER = "# Made by `make generate` from tieout_schemas.topics.\n"


def text() -> str:
    """The file: each topic with its settings."""
    topics = [{"name": topic.name, "config": dict(topic.retention.value)} for topic in every_topic()]
    return _HEADER + yaml.safe_dump(topics, sort_keys=False)
