"""How a record is kept in step with Xero, exactly: the pure core (docs/sync-semantics.md).

What a kind of record declares is in kind.py; a desk (desk.py) is what one transaction works on; every transition ends
in judge.py, which merges (merge.py), decides and sends (decide.py).
"""
