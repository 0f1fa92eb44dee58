"""Xero's own description of its APIs (OpenAPI v16.1.0, MIT, see files/LICENSE), and answers held against it.

For tests: needs jsonschema and PyYAML, which the simulator itself does not.
"""

from xero_sim.openapi.recorder import Recorder
from xero_sim.openapi.spec import Operation, Spec, accounting, identity

__all__ = ["Operation", "Recorder", "Spec", "accounting", "identity"]
