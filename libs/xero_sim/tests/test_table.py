"""Records stay in Xero's default order, whatever is written."""

from dataclasses import dataclass, replace

from hypothesis import given
from hypothesis import strategies as st

from xero_sim.table import Table


@dataclass
class Record:
    id: str
    UpdatedDateUTC: int


writes = st.tuples(st.sampled_from("abcdef"), st.integers(0, 9), st.sampled_from(("put", "restamp", "remove")))


@given(st.lists(writes, max_size=40))
def test_a_table_is_in_order_after_any_writes(done: list[tuple[str, int, str]]) -> None:
    table: Table[Record] = Table()
    for key, stamp, do in done:
        known = table.get(key)
        if do == "put" or known is None:
            table.put(Record(key, stamp))
        elif do == "restamp":
            known.UpdatedDateUTC = stamp
            table.put(known)
        elif do == "remove":
            table.remove(key)
        in_order = sorted(table, key=lambda r: (r.UpdatedDateUTC, r.id))
        assert table.in_order() == in_order
        assert table.changed_since(5) == [r for r in in_order if r.UpdatedDateUTC >= 5]


def test_a_replaced_record_is_found_once_and_last() -> None:
    table: Table[Record] = Table()
    for stamp, key in enumerate("abc"):
        table.put(Record(key, stamp))
    table.put(replace(table["a"], UpdatedDateUTC=9))

    assert [record.id for record in table.in_order()] == ["b", "c", "a"]
