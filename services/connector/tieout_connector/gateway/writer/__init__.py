"""The writing half of the gateway: nothing lost and nothing doubled (design, To Xero)."""

from tieout_connector.gateway.writer.groups import group_of
from tieout_connector.gateway.writer.send import Writer

__all__ = ["Writer", "group_of"]
