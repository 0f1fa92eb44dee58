"""Topics: one table, no contradictions; a tenant's partition never changes."""

from collections import Counter
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout_schemas.settings import TenantSettings
from tieout_schemas.topics import (
    REFRESH,
    SERVICES,
    SETTINGS,
    KeyedBy,
    Retention,
    consumed_by,
    dead_letter_topic,
    every_topic,
    partition_of,
    replay_topic,
)

TENANT = UUID("6f3cf9ae-57e6-4c4d-8d3a-2f0f0f3a9d11")


@pytest.mark.parametrize(
    ("tenant", "count", "partition"),
    [
        (UUID(int=0), 48, 37),
        (UUID(int=1), 48, 19),
        (TENANT, 48, 17),
        (TENANT, 4, 1),
    ],
)
def test_a_tenants_partition_never_changes(tenant: UUID, count: int, partition: int) -> None:
    assert partition_of(tenant, count) == partition


@given(st.uuids(), st.integers(1, 1000))
def test_a_partition_is_one_of_the_topics(tenant: UUID, count: int) -> None:
    assert 0 <= partition_of(tenant, count) < count


def test_tenants_are_spread() -> None:
    tenants = Counter(partition_of(UUID(int=n << 64), 48) for n in range(4800))

    assert len(tenants) == 48
    assert max(tenants.values()) < 200


def test_names_are_unique_and_public_or_internal() -> None:
    names = [topic.name for topic in every_topic()]

    assert len(names) == len(set(names))
    assert all(name.startswith(("xero.", "tieout.")) and name.endswith(".v1") for name in names)


def test_writers_and_readers_are_services_and_every_topic_has_a_writer() -> None:
    for topic in every_topic():
        assert topic.writers, topic.name
        assert set(topic.writers) | set(topic.readers) <= set(SERVICES)


def test_what_is_compacted_is_keyed_by_record() -> None:
    for topic in every_topic():
        assert topic.retention is not Retention.COMPACTED or topic.key is KeyedBy.RECORD, topic.name


def test_a_type_belongs_to_one_topic_and_is_told_apart_by_its_key() -> None:
    shared = [topic for topic in every_topic() if ".replay." not in topic.name]
    types = Counter(payload.ce_type for topic in shared for payload in topic.payloads)

    assert set(types.values()) == {1}
    for topic in shared:
        kinds = [payload.kind for payload in topic.payloads]
        assert len(kinds) == len(set(kinds))


@pytest.mark.parametrize("service", SERVICES)
def test_a_replay_carries_whatever_its_service_reads(service: str) -> None:
    read = {payload for topic in consumed_by(service) for payload in topic.payloads}

    assert read
    assert set(replay_topic(service).payloads) == read
    assert dead_letter_topic(service).writers == (service,)


def test_keys_are_of_the_record_or_of_the_tenant() -> None:
    settings = TenantSettings(tenant_id=TENANT)

    assert SETTINGS.key_of(TENANT, settings) == f"{TENANT}:settings:{TENANT}".encode()
    assert REFRESH.key_of(TENANT, settings) == str(TENANT).encode()
