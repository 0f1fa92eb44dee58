"""Every topic, once: what it carries, who writes it, who reads it, how it is keyed and kept."""

import zlib
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from tieout_schemas import platform, problem, runs, settings, signals, writes, xero
from tieout_schemas.payload import Payload

SERVICES = ("connector", "contacts", "bills", "payments")
CONNECTOR, CONTACTS, BILLS, PAYMENTS = SERVICES
DOMAINS = (CONTACTS, BILLS, PAYMENTS)


class Key(Enum):
    """How records are keyed; the partition is chosen by the tenant alone (webhooks: the Xero organisation)."""

    RECORD = "tenant:kind:id"
    TENANT = "tenant"
    AS_IT_WAS = "as it was"


class Kept(Enum):
    """How long a topic keeps its records, as Kafka's topic settings."""

    DAYS = {"cleanup.policy": "delete", "retention.ms": str(7 * 24 * 3600 * 1000)}
    DAYS_LARGE = {
        "cleanup.policy": "delete",
        "retention.ms": str(7 * 24 * 3600 * 1000),
        # A dead letter comes back here as large as it was, and the id of its replay comes on top.
        "max.message.bytes": str(2 << 20),
    }
    COMPACTED = {"cleanup.policy": "compact", "min.compaction.lag.ms": str(7 * 24 * 3600 * 1000)}
    LONG = {
        "cleanup.policy": "delete",
        "retention.ms": str(90 * 24 * 3600 * 1000),
        # A dead letter may be as large as Kafka takes elsewhere, and its reason comes on top.
        "max.message.bytes": str(2 << 20),
    }


@dataclass(frozen=True)
class Topic:
    """One topic."""

    name: str
    says: str
    writers: tuple[str, ...]
    readers: tuple[str, ...]
    key: Key
    kept: Kept
    payloads: tuple[type[Payload], ...]

    def key_of(self, tenant_id: UUID, payload: Payload) -> bytes:
        """The Kafka key of a record on this topic."""
        if self.key is Key.RECORD:
            return f"{tenant_id}:{payload.kind}:{payload.key_id}".encode()
        return str(tenant_id).encode()


WEBHOOK = Topic(
    "xero.webhook.v1", "Xero says that a record changed.",
    (CONNECTOR,), (CONNECTOR,), Key.TENANT, Kept.DAYS, (signals.Webhook,),
)  # fmt: skip
REFRESH = Topic(
    "xero.refresh.v1", "A domain asks for a record of Xero to be read again.",
    DOMAINS, (CONNECTOR,), Key.TENANT, Kept.DAYS, (signals.Refresh,),
)  # fmt: skip
CONTACT = Topic(
    "xero.contact.v1", "A contact of Xero, as last read.",
    (CONNECTOR,), (CONTACTS,), Key.RECORD, Kept.COMPACTED, (xero.XeroContact,),
)  # fmt: skip
INVOICE = Topic(
    "xero.invoice.v1", "A bill or sales invoice of Xero, as last read.",
    (CONNECTOR,), (CONTACTS, BILLS), Key.RECORD, Kept.COMPACTED, (xero.XeroInvoice,),
)  # fmt: skip
PAYMENT = Topic(
    "xero.payment.v1", "A payment of Xero, as last read.",
    (CONNECTOR,), (PAYMENTS,), Key.RECORD, Kept.COMPACTED, (xero.XeroPayment,),
)  # fmt: skip
REFERENCE = Topic(
    "xero.reference.v1", "Accounts, tax rates and tracking categories of Xero.",
    (CONNECTOR,), (BILLS,), Key.RECORD, Kept.COMPACTED,
    (xero.XeroAccount, xero.XeroTaxRate, xero.XeroTrackingCategory),
)  # fmt: skip
WRITE = Topic(
    "xero.write.v1", "What a domain wants a record of Xero to look like.",
    DOMAINS, (CONNECTOR,), Key.TENANT, Kept.DAYS, (writes.WriteIntent,),
)  # fmt: skip
WRITE_RESULT = Topic(
    "xero.write-result.v1", "What Xero answered to an intent.",
    (CONNECTOR,), DOMAINS, Key.TENANT, Kept.DAYS, (writes.WriteResult,),
)  # fmt: skip
CONNECTION = Topic(
    "tieout.connection.v1", "A tenant's connection to its Xero organisation.",
    (CONNECTOR,), DOMAINS, Key.RECORD, Kept.COMPACTED, (platform.Connection,),
)  # fmt: skip
SETTINGS = Topic(
    "tieout.settings.v1", "What a tenant chose.",
    (CONNECTOR,), DOMAINS, Key.RECORD, Kept.COMPACTED, (settings.TenantSettings,),
)  # fmt: skip
CONTACTS_TOPIC = Topic(
    "tieout.contacts.v1", "A vendor or customer of the platform.",
    (CONTACTS,), (BILLS,), Key.RECORD, Kept.COMPACTED, (platform.Vendor, platform.Customer),
)  # fmt: skip
BILLS_TOPIC = Topic(
    "tieout.bills.v1", "A bill of the platform.",
    (BILLS,), (PAYMENTS,), Key.RECORD, Kept.COMPACTED, (platform.Bill,),
)  # fmt: skip
PAYMENTS_TOPIC = Topic(
    "tieout.payments.v1", "A payment of the platform.",
    (PAYMENTS,), (), Key.RECORD, Kept.COMPACTED, (platform.Payment,),
)  # fmt: skip
RUN = Topic(
    "tieout.sync-run.v1", "A sync of a tenant ended: what was read, and what changed.",
    (CONNECTOR,), (), Key.RECORD, Kept.COMPACTED, (runs.SyncRun,),
)  # fmt: skip
PROBLEM = Topic(
    "tieout.problem.v1", "A record that is skipped, held, refused or in conflict, and why.",
    SERVICES, (CONNECTOR,), Key.RECORD, Kept.COMPACTED, (problem.Problem,),
)  # fmt: skip

SHARED = (
    WEBHOOK, REFRESH, CONTACT, INVOICE, PAYMENT, REFERENCE, WRITE, WRITE_RESULT,
    CONNECTION, SETTINGS, CONTACTS_TOPIC, BILLS_TOPIC, PAYMENTS_TOPIC, RUN, PROBLEM,
)  # fmt: skip


def replay_topic(service: str) -> Topic:
    """Where records come back to one service: replays and mended dead letters."""
    payloads = tuple(p for topic in consumed_by(service) for p in topic.payloads)
    return Topic(
        f"tieout.replay.{service}.v1", f"Records said again to {service}.",
        (CONNECTOR,), (service,), Key.RECORD, Kept.DAYS_LARGE, payloads,
    )  # fmt: skip


def dead_letter_topic(service: str) -> Topic:
    """Where a service puts what it could not handle, as it came, with the reason in a header."""
    return Topic(
        f"tieout.dead-letter.{service}.v1", f"What {service} could not handle, and why.",
        (service,), (), Key.AS_IT_WAS, Kept.LONG, (),
    )  # fmt: skip


def consumed_by(service: str) -> tuple[Topic, ...]:
    """The topics a service reads, without its replay topic, in the order of this file."""
    return tuple(topic for topic in SHARED if service in topic.readers)


def every_topic() -> tuple[Topic, ...]:
    """All topics, those of each service included."""
    own = tuple(make(service) for service in SERVICES for make in (replay_topic, dead_letter_topic))
    return SHARED + own


def partition_of(tenant_id: UUID, count: int) -> int:
    """The partition (and gateway shard) of a tenant, the same on every topic. The count is fixed for good."""
    return zlib.crc32(tenant_id.bytes) % count
