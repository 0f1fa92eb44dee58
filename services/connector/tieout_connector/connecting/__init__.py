"""Connecting a tenant to its Xero organisation: consent, choice of the organisation, tokens, disconnect."""

from tieout_connector.connecting import (
    connection_store,
    connections,
    consent_store,
    sync_jobs,
    sync_status,
    tenant_metrics,
)
from tieout_connector.connecting.connections import Connections
from tieout_connector.connecting.consent_result import ConsentRefused, ConsentResult, Outcome
from tieout_connector.connecting.imports import end_import
from tieout_connector.connecting.tokens import TokenStore
from tieout_connector.connecting.try_again import RECHECKS

__all__ = [
    "RECHECKS",
    "Connections",
    "ConsentRefused",
    "ConsentResult",
    "Outcome",
    "TokenStore",
    "connection_store",
    "connections",
    "consent_store",
    "end_import",
    "sync_jobs",
    "sync_status",
    "tenant_metrics",
]
