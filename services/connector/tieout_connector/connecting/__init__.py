"""Connecting a tenant to its Xero organisation: consent, choice of the organisation, tokens, disconnect."""

from tieout_connector.connecting import connection_store, connections
from tieout_connector.connecting.connections import Connections
from tieout_connector.connecting.tokens import TokenStore

__all__ = [
    "Connections",
    "TokenStore",
    "connection_store",
    "connections",
]
