"""The only code that calls Xero's Accounting API, for reads as well as writes, because they share one budget."""

from tieout_connector.gateway.caller import Caller
from tieout_connector.gateway.leases import Leases
from tieout_connector.gateway.loop import Gateway
from tieout_connector.gateway.reactions import REACTIONS
from tieout_connector.gateway.reader import Reader
from tieout_connector.gateway.storage import Folder
from tieout_connector.gateway.writer import Writer, group_of

__all__ = [
    "REACTIONS",
    "Caller",
    "Folder",
    "Gateway",
    "Leases",
    "Reader",
    "Writer",
    "group_of",
]
