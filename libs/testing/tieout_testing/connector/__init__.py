"""The connector in tests."""

from tieout_testing.connector.at_xero import AtXero
from tieout_testing.connector.harness import PLATFORM, REDIRECT, SHARDS, ConnectorHarness
from tieout_testing.connector.intents import NEWEST, bill_intent, contact_intent, payment_intent
from tieout_testing.connector.process import Clock, Process

__all__ = [
    "NEWEST",
    "PLATFORM",
    "REDIRECT",
    "SHARDS",
    "AtXero",
    "Clock",
    "ConnectorHarness",
    "Process",
    "bill_intent",
    "contact_intent",
    "payment_intent",
]
