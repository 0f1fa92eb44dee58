"""What other systems read: an example of every public event, and an AsyncAPI document that fits the examples."""

import json
from typing import Any

import jsonschema
import pytest

from tieout_schemas.asyncapi import asyncapi, headers_explained
from tieout_schemas.envelope import PREFIX, Envelope
from tieout_schemas.events_page import events_page
from tieout_schemas.examples import EXAMPLES, example_of
from tieout_schemas.payload import Payload
from tieout_schemas.reasons import Reason
from tieout_schemas.topics import SHARED

PUBLIC = [topic for topic in SHARED if topic.name.startswith("tieout.")]
TYPES = [payload for topic in PUBLIC for payload in topic.payloads]
DOCUMENT: dict[str, Any] = json.loads(asyncapi())


@pytest.mark.parametrize("payload", TYPES, ids=lambda payload: payload.ce_type)
def test_every_public_event_has_an_example_that_a_reader_reads_back(payload: type[Payload]) -> None:
    example = example_of(payload)

    assert payload.model_validate_json(example.model_dump_json()) == example


def test_no_example_is_of_an_internal_event() -> None:
    assert {type(example) for example in EXAMPLES} == set(TYPES)


def test_the_example_of_a_problem_has_a_code_that_exists() -> None:
    (problem,) = (each for each in EXAMPLES if each.kind == "problem")

    assert Reason.of(problem.code).value.sentence.format(**problem.params) == problem.sentence  # type: ignore[attr-defined]


@pytest.mark.parametrize("topic", PUBLIC, ids=lambda topic: topic.name)
def test_the_asyncapi_document_describes_the_events_of_every_public_topic(topic: Any) -> None:
    (channel,) = (each for each in DOCUMENT["channels"].values() if each["address"] == topic.name)
    (message,) = (resolved(each) for each in channel["messages"].values())
    schema = {**message["payload"], "components": DOCUMENT["components"]}

    for payload in topic.payloads:
        jsonschema.validate(example_of(payload).model_dump(mode="json"), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"id": 7}, schema)
    required = {name for name, _ in EVENT.to_headers()} - {"content-type", "ce_specversion", "ce_tenantid"}
    assert set(message["headers"]["required"]) == required


def test_every_header_is_explained() -> None:
    assert set(headers_explained()) == set(Envelope.__dataclass_fields__)


def test_the_page_shows_each_type_with_its_headers_and_its_key() -> None:
    page = events_page()

    for payload in TYPES:
        assert f"{PREFIX}type: {payload.ce_type}\n" in page
        assert f"key `7b0d4c7e-3a53-4c58-9a41-0a3f2f3f7c01:{payload.kind}:" in page


def resolved(part: dict[str, Any]) -> Any:
    """What a `$ref` of the document points to."""
    found: Any = part
    while "$ref" in found:
        at: Any = DOCUMENT
        for step in found["$ref"].removeprefix("#/").split("/"):
            at = at[step]
        found = at
    return found


EVENT = Envelope.from_headers(
    [
        ("ce_id", b"1"),
        ("ce_source", b"tieout/bills"),
        ("ce_type", b"tieout.bill.v1"),
        ("ce_time", b"2026-03-02T09:30:00+00:00"),
        ("ce_subject", b"1"),
        ("ce_sequence", b"1"),
        ("ce_tenantid", b"7b0d4c7e-3a53-4c58-9a41-0a3f2f3f7c01"),
    ]
)
