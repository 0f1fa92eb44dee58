"""Every query that locks rows says in which order, so that two that lock the same rows never wait in a ring."""

import re
from collections.abc import Iterator
from importlib import import_module
from importlib.resources import files

import pytest

from tieout_kit.postgres import queries

PACKAGES = ("tieout_kit", "tieout_connector", "tieout_contacts", "tieout_bills", "tieout_payments")
LOCKING = re.compile(r"\bfor (?:no key )?(?:update|share)\b(?: of \w+)?(?P<skip> skip locked)?")
ORDER = re.compile(r"order by ([\w., ]+?)(?: limit \$\d+)? +for (?:no key )?(?:update|share)")
ONE_ROW = "one row"
SKIPS = "skips what is locked, so it never waits"
EXPECTED = {
    "tieout_kit/exports.sql lock": ONE_ROW,
    "tieout_kit/parking.sql parked": "tenant_id",
    "tieout_kit/parking.sql release": ONE_ROW,
    "tieout_kit/parking.sql lock_released": ONE_ROW,
    "tieout_kit/positions.sql claim": "topic, partition",
    "tieout_kit/problems.sql open_of": "tenant_id, id",
    "tieout_kit/problems.sql lock": "id",
    "tieout_kit/records.sql lock": "tenant_id, id",
    "tieout_kit/records.sql lock_unanswered": "tenant_id, id",
    "tieout_kit/sweeps.sql next": SKIPS,
    "tieout_kit/xero_only.sql load": "tenant_id, xero_id",
    "tieout_connector/connection_store.sql lock": ONE_ROW,
    "tieout_connector/history.sql lock": ONE_ROW,
    "tieout_connector/echoes.sql announced": "xero_id",
    "tieout_connector/interactive_reads.sql purge": SKIPS,
    "tieout_connector/leases.sql take": SKIPS,
    "tieout_connector/leases.sql lock": ONE_ROW,
    "tieout_connector/listings.sql spread": "tenant_id, listing",
    "tieout_connector/restore_detection.sql recorded": ONE_ROW,
    "tieout_connector/schedule.sql wake_tenants": "t.tenant_id",
    "tieout_connector/schedule.sql recover": SKIPS,
    "tieout_connector/settings_store.sql lock": ONE_ROW,
    "tieout_connector/snapshots.sql lock": "xero_id",
    "tieout_connector/sync_runs.sql lock": ONE_ROW,
    "tieout_connector/tokens.sql lock": ONE_ROW,
    "tieout_connector/tokens.sql lock_free": SKIPS,
    "tieout_connector/usage.sql delete_old": SKIPS,
    "tieout_connector/whole_lists.sql gone": "xero_id",
    "tieout_connector/webhook_health.sql clear": "h.tenant_id, h.category",
    "tieout_connector/webhook_health.sql forget": "h.tenant_id, h.category",
    "tieout_connector/webhook_health.sql report": "h.tenant_id, h.category",
}
"""By query, the key by which it locks."""


def locking() -> Iterator[tuple[str, str]]:
    """The queries that lock rows, with their texts on one line."""
    for package in PACKAGES:
        import_module(package)
        folder = files(package).joinpath("sql")
        for file in sorted(each.name for each in folder.iterdir()) if folder.is_dir() else ():
            for name, text in queries.texts(package, file).items():
                code = re.sub(r"--.*", "", text)
                if LOCKING.search(code):
                    yield f"{package}/{file} {name}", " ".join(code.split())


def order_of(text: str) -> str:
    """How a query locks."""
    found = LOCKING.search(text)
    assert found
    if found["skip"] and "order by tenant_id" not in text:
        return SKIPS
    order = ORDER.search(text)
    return order[1] if order else ONE_ROW


QUERIES = dict(locking())


def test_every_query_that_locks_is_in_the_table() -> None:
    assert QUERIES.keys() == EXPECTED.keys()


@pytest.mark.parametrize("query", EXPECTED)
def test_rows_are_locked_in_the_order_of_their_keys(query: str) -> None:
    """Seen to fail without `order by` in each query that has one."""
    assert order_of(QUERIES[query]) == EXPECTED[query]
