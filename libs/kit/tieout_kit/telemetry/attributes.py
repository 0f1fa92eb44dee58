"""The attributes of spans: OpenTelemetry's names, and ours with what they mean. No others leave the process.

Messaging is still in development in OpenTelemetry's semantic conventions, so its names come from the package's
incubating part.
"""

from collections.abc import Mapping
from typing import Final

from opentelemetry.semconv._incubating.attributes import messaging_attributes as messaging
from opentelemetry.semconv._incubating.attributes import url_attributes as url_in_development
from opentelemetry.semconv.attributes import (
    error_attributes,
    http_attributes,
    network_attributes,
    server_attributes,
    url_attributes,
)

MESSAGING_SYSTEM: Final = messaging.MESSAGING_SYSTEM
OPERATION_NAME: Final = messaging.MESSAGING_OPERATION_NAME
OPERATION_TYPE: Final = messaging.MESSAGING_OPERATION_TYPE
DESTINATION: Final = messaging.MESSAGING_DESTINATION_NAME
PARTITION: Final = messaging.MESSAGING_DESTINATION_PARTITION_ID
GROUP: Final = messaging.MESSAGING_CONSUMER_GROUP_NAME
OFFSET: Final = messaging.MESSAGING_KAFKA_OFFSET
MESSAGE_ID: Final = messaging.MESSAGING_MESSAGE_ID
CONVERSATION_ID: Final = messaging.MESSAGING_MESSAGE_CONVERSATION_ID
METHOD: Final = http_attributes.HTTP_REQUEST_METHOD
ROUTE: Final = http_attributes.HTTP_ROUTE
STATUS_CODE: Final = http_attributes.HTTP_RESPONSE_STATUS_CODE
SERVER_ADDRESS: Final = server_attributes.SERVER_ADDRESS
SERVER_PORT: Final = server_attributes.SERVER_PORT
SCHEME: Final = url_attributes.URL_SCHEME
PATH: Final = url_attributes.URL_PATH
URL_TEMPLATE: Final = url_in_development.URL_TEMPLATE
ERROR_TYPE: Final = error_attributes.ERROR_TYPE

CONVENTIONS: Final = frozenset(
    {
        MESSAGING_SYSTEM, OPERATION_NAME, OPERATION_TYPE, DESTINATION, PARTITION, GROUP, OFFSET, MESSAGE_ID,
        CONVERSATION_ID, METHOD, ROUTE, STATUS_CODE, SERVER_ADDRESS, SERVER_PORT, SCHEME, PATH, URL_TEMPLATE,
        ERROR_TYPE, network_attributes.NETWORK_PROTOCOL_VERSION,
    }
)  # fmt: skip
"""Not among them: `url.full` and `url.query`, which may hold names, and texts of errors, which may quote a record."""

TENANT: Final = "tieout.tenant"
KIND: Final = "tieout.kind"
RECORD: Final = "tieout.record"
SEQUENCE: Final = "tieout.sequence"
RULE: Final = "tieout.rule"
DECISION: Final = "tieout.decision"
REASONS: Final = "tieout.reasons"
EFFECT: Final = "tieout.effect"
SHARED_WITH: Final = "tieout.shared_with"
REPLAY: Final = "tieout.replay"

OURS: Final[Mapping[str, str]] = {
    TENANT: "The tenant's id.",
    KIND: "The kind of record: `bill` or `payment`; of records of Xero `xero_invoice`.",
    RECORD: "The record's id: ours, or Xero's where the span is about a record of Xero.",
    SEQUENCE: "The sequence of the record's state that the event carries.",
    RULE: "The sync rule that decided, by its id in the sync rules.",
    DECISION: "What was decided about the record, or what became of it.",
    REASONS: "The codes of the reasons for which the record waits, stays or was refused.",
    EFFECT: "What is written besides the record itself, such as `attachment:…` or `note:…`.",
    SHARED_WITH: "How many other records the same call to Xero is about.",
    REPLAY: "The id of the replay that published the event again.",
}
"""Our own attributes, each with its meaning. docs/tracing.md lists them."""

ALLOWED: Final = CONVENTIONS | OURS.keys()

KAFKA: Final = messaging.MessagingSystemValues.KAFKA.value
SEND: Final = messaging.MessagingOperationTypeValues.SEND.value
PROCESS: Final = messaging.MessagingOperationTypeValues.PROCESS.value
