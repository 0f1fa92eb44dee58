"""The writing half of the gateway: nothing is lost and nothing doubled (docs/design.md, To Xero)."""

from tieout_connector.gateway.writer.batching import batching_rule
from tieout_connector.gateway.writer.send import Writer

__all__ = ["Writer", "batching_rule"]
