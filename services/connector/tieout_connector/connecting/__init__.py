"""How a tenant is connected to its Xero organisation: consent, choice, tokens, disconnect."""

from tieout_connector.connecting import connections, store
from tieout_connector.connecting.connections import Connections
from tieout_connector.connecting.tokens import TokenStore

__all__ = [
    "Connections",
    "TokenStore",
    "connections",
    "store",
]
