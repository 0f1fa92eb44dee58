"""Odd things that Xero does now and then, each a switch: other integrations met them (docs/field-cases.md).

A module of this folder declares oddities of one subject: `names.py` lists them for the control API.
"""

from xero_sim.oddities.names import ODDITIES
from xero_sim.oddities.oddity import Oddities, Oddity, Switch

__all__ = ["ODDITIES", "Oddities", "Oddity", "Switch"]
