"""Random schedules of everything that may happen to a record, run against the sync's core; and its rules as tables.

`world.py` holds two services with the real core, a Xero and a connector, all in memory and without a clock of their
own; a service keeps as text what its database would keep. `schedules.py` makes a schedule from a seed, runs it and
makes a failing one small; `invariants.py` says what must hold (docs/sync-semantics.md, section 6).
"""
