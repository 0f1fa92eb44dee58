"""Every topic, declared once: what it carries, who writes it, who reads it, its keys and its retention."""

import zlib
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from tieout_schemas import (
    history,
    platform,
    problem,
    runs,
    settings,
    signals,
    writes,
    xero,
    xero_bank,
    xero_credits,
    xero_organisation,
)
from tieout_schemas.payload import Payload

SERVICES = ("connector", "contacts", "bills", "payments")
CONNECTOR, CONTACTS, BILLS, PAYMENTS = SERVICES
DOMAINS = (CONTACTS, BILLS, PAYMENTS)


class KeyedBy(Enum):
    """What makes the Kafka key. The partition depends on the tenant alone (webhooks: on the Xero organisation)."""

    RECORD = "tenant:kind:id"
    TENANT = "tenant"
    UNCHANGED = "unchanged"
    """The key of the record that could not be handled."""


class Retention(Enum):
    """How long a topic keeps its records, as Kafka's topic settings."""

    DAYS = {"cleanup.policy": "delete", "retention.ms": str(7 * 24 * 3600 * 1000)}
    DAYS_LARGE = {
        "cleanup.policy": "delete",
        "retention.ms": str(7 * 24 * 3600 * 1000),
        # A returned dead letter is as large as before, plus the id of its replay.
        "max.message.bytes": str(2 << 20),
    }
    COMPACTED = {"cleanup.policy": "compact", "min.compaction.lag.ms": str(7 * 24 * 3600 * 1000)}
    LONG = {
        "cleanup.policy": "delete",
        "retention.ms": str(90 * 24 * 3600 * 1000),
        # A dead letter may be as large as any other record, plus its reason.
        "max.message.bytes": str(2 << 20),
    }


@dataclass(frozen=True)
class Topic:
    """One topic."""

    name: str
    description: str
    writers: tuple[str, ...]
    readers: tuple[str, ...]
    key: KeyedBy
    retention: Retention
    payloads: tuple[type[Payload], ...]

    def key_of(self, tenant_id: UUID, payload: Payload) -> bytes:
        """The Kafka key of a record on this topic."""
        if self.key is KeyedBy.RECORD:
            return f"{tenant_id}:{payload.kind}:{payload.key_id}".encode()
        return str(tenant_id).encode()


WEBHOOK = Topic(
    "xero.webhook.v1", "A webhook of Xero: a record changed.",
    (CONNECTOR,), (CONNECTOR,), KeyedBy.TENANT, Retention.DAYS, (signals.Webhook,),
)  # fmt: skip
REFRESH = Topic(
    "xero.refresh.v1", "A domain service asks the connector to read a record of Xero again.",
    DOMAINS, (CONNECTOR,), KeyedBy.TENANT, Retention.DAYS, (signals.Refresh,),
)  # fmt: skip
CONTACT = Topic(
    "xero.contact.v1", "A contact of Xero, as last read.",
    (CONNECTOR,), (CONTACTS,), KeyedBy.RECORD, Retention.COMPACTED, (xero.XeroContact,),
)  # fmt: skip
INVOICE = Topic(
    "xero.invoice.v1", "A bill or sales invoice of Xero, as last read.",
    (CONNECTOR,), (CONTACTS, BILLS), KeyedBy.RECORD, Retention.COMPACTED, (xero.XeroInvoice,),
)  # fmt: skip
PAYMENT = Topic(
    "xero.payment.v1", "A payment of Xero, as last read.",
    (CONNECTOR,), (PAYMENTS,), KeyedBy.RECORD, Retention.COMPACTED, (xero.XeroPayment,),
)  # fmt: skip
CREDIT = Topic(
    "xero.credit.v1", "A credit note, prepayment or overpayment of Xero, as last read.",
    (CONNECTOR,), (), KeyedBy.RECORD, Retention.COMPACTED,
    (xero_credits.XeroCreditNote, xero_credits.XeroPrepayment, xero_credits.XeroOverpayment),
)  # fmt: skip
REFUND = Topic(
    "xero.refund.v1", "A payment of Xero that pays back a credit, as last read.",
    (CONNECTOR,), (), KeyedBy.RECORD, Retention.COMPACTED, (xero_credits.XeroRefund,),
)  # fmt: skip
BANK = Topic(
    "xero.bank.v1", "A transfer between bank accounts of Xero, or a batch of payments, as last read.",
    (CONNECTOR,), (), KeyedBy.RECORD, Retention.COMPACTED,
    (xero_bank.XeroBankTransfer, xero_bank.XeroBatchPayment),
)  # fmt: skip
REFERENCE = Topic(
    "xero.reference.v1", "Accounts, tax rates and tracking categories of Xero.",
    (CONNECTOR,), (BILLS,), KeyedBy.RECORD, Retention.COMPACTED,
    (xero.XeroAccount, xero.XeroTaxRate, xero.XeroTrackingCategory),
)  # fmt: skip
ORGANISATION = Topic(
    "xero.organisation.v1", "The organisation in Xero: its lock dates, currency, country and edition; its currencies.",
    (CONNECTOR,), (), KeyedBy.RECORD, Retention.COMPACTED,
    (xero_organisation.XeroOrganisation, xero_organisation.XeroCurrency),
)  # fmt: skip
ITEM = Topic(
    "xero.item.v1", "An item of Xero, as last read.",
    (CONNECTOR,), (), KeyedBy.RECORD, Retention.COMPACTED, (xero_organisation.XeroItem,),
)  # fmt: skip
CONTACT_GROUP = Topic(
    "xero.contact-group.v1", "A contact group of Xero, as last read.",
    (CONNECTOR,), (), KeyedBy.RECORD, Retention.COMPACTED, (xero_organisation.XeroContactGroup,),
)  # fmt: skip
WRITE = Topic(
    "xero.write.v1", "The state that a domain service wants a record of Xero to have (an intent).",
    DOMAINS, (CONNECTOR,), KeyedBy.TENANT, Retention.DAYS, (writes.WriteIntent,),
)  # fmt: skip
WRITE_RESULT = Topic(
    "xero.write-result.v1", "Xero's answer to an intent.",
    (CONNECTOR,), DOMAINS, KeyedBy.TENANT, Retention.DAYS, (writes.WriteResult,),
)  # fmt: skip
CONNECTION = Topic(
    "tieout.connection.v1", "A tenant's connection to its Xero organisation.",
    (CONNECTOR,), DOMAINS, KeyedBy.RECORD, Retention.COMPACTED, (platform.Connection,),
)  # fmt: skip
SETTINGS = Topic(
    "tieout.settings.v1", "A tenant's settings.",
    (CONNECTOR,), DOMAINS, KeyedBy.RECORD, Retention.COMPACTED, (settings.TenantSettings,),
)  # fmt: skip
CONTACTS_TOPIC = Topic(
    "tieout.contacts.v1", "A vendor or customer of the platform.",
    (CONTACTS,), (BILLS,), KeyedBy.RECORD, Retention.COMPACTED, (platform.Vendor, platform.Customer),
)  # fmt: skip
BILLS_TOPIC = Topic(
    "tieout.bills.v1", "A bill of the platform.",
    (BILLS,), (PAYMENTS,), KeyedBy.RECORD, Retention.COMPACTED, (platform.Bill,),
)  # fmt: skip
PAYMENTS_TOPIC = Topic(
    "tieout.payments.v1", "A payment of the platform.",
    (PAYMENTS,), (), KeyedBy.RECORD, Retention.COMPACTED, (platform.Payment,),
)  # fmt: skip
RUN = Topic(
    "tieout.sync-run.v1", "A sync of a tenant, a historical import or a historical export has ended: what it did.",
    SERVICES, (), KeyedBy.RECORD, Retention.COMPACTED, (runs.SyncRun, history.HistoryRun),
)  # fmt: skip
SYNC_STATUS = Topic(
    "tieout.sync-status.v1", "Whether a sync of a tenant is under way, when it was last in sync, and what waits.",
    (CONNECTOR,), (), KeyedBy.RECORD, Retention.COMPACTED, (runs.SyncStatus,),
)  # fmt: skip
PROBLEM = Topic(
    "tieout.problem.v1", "A record that is skipped, held, refused or in conflict, and why.",
    SERVICES, (CONNECTOR,), KeyedBy.RECORD, Retention.COMPACTED, (problem.Problem,),
)  # fmt: skip

SHARED = (
    WEBHOOK, REFRESH, CONTACT, INVOICE, PAYMENT, CREDIT, REFUND, BANK, REFERENCE, ORGANISATION, ITEM, CONTACT_GROUP,
    WRITE, WRITE_RESULT, CONNECTION, SETTINGS, CONTACTS_TOPIC, BILLS_TOPIC, PAYMENTS_TOPIC, RUN, SYNC_STATUS, PROBLEM,
)  # fmt: skip


def replay_topic(service: str) -> Topic:
    """Records for one service to handle again: replays, and dead letters whose cause is fixed."""
    payloads = tuple(p for topic in consumed_by(service) for p in topic.payloads)
    return Topic(
        f"tieout.replay.{service}.v1", f"Records for {service} to handle again.",
        (CONNECTOR,), (service,), KeyedBy.RECORD, Retention.DAYS_LARGE, payloads,
    )  # fmt: skip


def dead_letter_topic(service: str) -> Topic:
    """Records that a service could not handle, unchanged, with the reason in a header."""
    return Topic(
        f"tieout.dead-letter.{service}.v1", f"Records that {service} could not handle, and why.",
        (service,), (), KeyedBy.UNCHANGED, Retention.LONG, (),
    )  # fmt: skip


def consumed_by(service: str) -> tuple[Topic, ...]:
    """The topics that a service reads, in the order of this file. Its replay topic is not among them."""
    return tuple(topic for topic in SHARED if service in topic.readers)


def every_topic() -> tuple[Topic, ...]:
    """All topics, with the replay and dead-letter topics of each service."""
    own = tuple(make(service) for service in SERVICES for make in (replay_topic, dead_letter_topic))
    return SHARED + own


def partition_of(tenant_id: UUID, count: int) -> int:
    """The partition (and gateway shard) of a tenant, the same on every topic. The count is fixed for good."""
    return zlib.crc32(tenant_id.bytes) % count
