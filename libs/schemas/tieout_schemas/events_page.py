"""Makes docs/events.md: what a consumer may rely on, every topic, and an example of every public event."""

import json
from datetime import UTC, datetime

from tieout_schemas.envelope import Envelope
from tieout_schemas.examples import TENANT, example_of
from tieout_schemas.topics import SHARED, Topic, every_topic

_INTRODUCTION = """# Topics and events

`tieout.*` is public: other systems can live off these topics. `xero.*` is internal and may change. An event is a
CloudEvent 1.0 in Kafka's binary mode: metadata in `ce_*` headers, the value in JSON. The JSON Schemas are in
[libs/schemas/generated](../libs/schemas/generated), and so is the [AsyncAPI
document](../libs/schemas/generated/asyncapi.json). Made by `make generate`.

## What a consumer may rely on

* **Full state.** An event carries its record as it is after the change. Nothing must be added up.
* **Order.** All events of a tenant are on one partition of a topic, those of a record in the order of `ce_sequence`.
* **Duplicates.** An event may come twice, with the same `ce_id` and `ce_sequence`. Keep the highest sequence of each
  record in the same transaction as the effect, and leave out what is not higher: then each effect happens once.
* **Nothing is lost.** An event is published if and only if the change was committed. Read with your own group, and
  commit an offset only after its effect is saved.
* **From the beginning.** The topics are compacted: whoever begins late reads the last state of every record, and all
  events of the last seven days.
* **Erased records.** A record without a value (a tombstone) means that the record was erased with its tenant. Its
  key, `tenant:kind:id`, names the record. Forget it.
* **Versions.** Within `v1` fields are only added, and readers ignore fields and types that they do not know. A change
  that would break a reader fails our tests (`libs/schemas/tests/test_compatibility.py`); it would come as `v2`,
  beside `v1`.
* **Money** is a decimal string with its currency, a date is a calendar date, a time is UTC.

In Python, `tieout_schemas.subscriber` does what is said here of offsets and order, with typed events, on FastStream:
[examples/python/ledger.py](../examples/python/ledger.py). In JavaScript with kafkajs:
[examples/javascript/ledger.js](../examples/javascript/ledger.js). Both run in our tests, where they are killed and
restarted."""


def events_page() -> str:
    """The whole page."""
    public = [topic for topic in SHARED if topic.name.startswith("tieout.")]
    return "\n\n".join([_INTRODUCTION, _all_topics(), "## Public events", *(_topic(topic) for topic in public)]) + "\n"


def _all_topics() -> str:
    rows = [
        f"| `{t.name}` | {t.description} | {', '.join(t.writers)} | {', '.join(t.readers) or 'any system'} "
        f"| {t.key.value} | {t.retention.name.lower()} "
        f"| {', '.join(f'`{p.ce_type}`' for p in t.payloads) or 'anything'} |"
        for t in every_topic()
    ]
    head = "| topic | description | written by | read by | key | retention | types |"
    return "\n".join(["## All topics", "", head, "| --- | --- | --- | --- | --- | --- | --- |", *rows])


def _topic(topic: Topic) -> str:
    return "\n\n".join(
        [f"### `{topic.name}`", topic.description, *(_example(topic, i) for i in range(len(topic.payloads)))]
    )


def _example(topic: Topic, index: int) -> str:
    payload = example_of(topic.payloads[index])
    envelope = Envelope(
        id="4b1f6b0e-9d0c-4a53-8c0e-3f6a1d2e5c09",
        source=f"tieout/{topic.writers[0]}",
        type=payload.ce_type,
        time=datetime(2026, 3, 2, 9, 30, 0, 125000, UTC),
        subject=payload.key_id,
        sequence=1772443800125,
        tenantid=TENANT,
    )
    headers = "\n".join(f"{name}: {value.decode()}" for name, value in envelope.to_headers())
    value = json.dumps(payload.model_dump(mode="json"), indent=2, ensure_ascii=False)
    key = topic.key_of(TENANT, payload).decode()
    return f"`{payload.ce_type}`, key `{key}`:\n\n```\n{headers}\n```\n\n```json\n{value}\n```"
