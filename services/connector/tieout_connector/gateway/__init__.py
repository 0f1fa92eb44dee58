"""The only code that calls Xero's Accounting API, for reads and for writes, because they share one budget."""

from tieout_connector.gateway.caller import XeroCaller
from tieout_connector.gateway.leases import Leases
from tieout_connector.gateway.lister import Lister
from tieout_connector.gateway.loop import Gateway
from tieout_connector.gateway.reactions import REACTIONS
from tieout_connector.gateway.reader import Reader
from tieout_connector.gateway.storage import Folder
from tieout_connector.gateway.writer import Writer, batching_rule

__all__ = [
    "REACTIONS",
    "Folder",
    "Gateway",
    "Leases",
    "Lister",
    "Reader",
    "Writer",
    "XeroCaller",
    "batching_rule",
]
