"""Xero's own OpenAPI files (v16.1.0, MIT, see files/LICENSE), and how answers are compared with them.

For tests only: it needs jsonschema and PyYAML, which the simulator itself does not need.
"""

from xero_sim.openapi.recorder import Recorder
from xero_sim.openapi.spec import Operation, Spec, accounting, identity

__all__ = ["Operation", "Recorder", "Spec", "accounting", "identity"]
