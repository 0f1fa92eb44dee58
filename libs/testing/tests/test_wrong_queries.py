"""How a query is spoilt, for the sweep that looks for what a forgotten tenant would show."""

from uuid import uuid4

import pytest

from tieout_kit.postgres.queries import Query
from tieout_testing.wall.wrong_queries import is_unclear, spoilt

OURS, THEIRS = uuid4(), uuid4()


@pytest.mark.parametrize(
    ("text", "spoilt_texts"),
    [
        ("select 1 from r where tenant_id = $tenant_id", ["select 1 from r where $1::uuid = $1"]),
        ("select 1 from r where r.tenant_id = $tenant_id and a", ["select 1 from r where $1::uuid = $1 and a"]),
        (
            "select 1 from r where tenant_id = any($tenant_ids::uuid[])",
            ["select 1 from r where ($1::uuid[])[1] = any($1::uuid[])"],
        ),
        (
            "select 1 from r where (tenant_id, id) in (select * from unnest($tenant_ids::uuid[], $ids::uuid[]))",
            ["select 1 from r where (($1::uuid[])[1], id) in (select * from unnest($1::uuid[], $2::uuid[]))"],
        ),
        (
            "select 1 from r join s on s.tenant_id = r.tenant_id where r.tenant_id = $tenant_id",
            [
                "select 1 from r join s on s.tenant_id = r.tenant_id where $1::uuid = $1",
                "select 1 from r join s on true where r.tenant_id = $1",
            ],
        ),
        ("insert into r (tenant_id, id) values ($tenant_id, $id)", []),
        ("select 1 from r where id = $id", None),
    ],
)
def test_each_comparison_of_the_tenant_is_left_out_in_turn(text: str, spoilt_texts: list[str] | None) -> None:
    query = Query(text)

    ways = [each.spoilt for each in spoilt(query)]

    # The first way is to give the query as it is to another tenant; a query that is given none has no way.
    assert ways == ([query.text, *spoilt_texts] if spoilt_texts is not None else [])


def test_a_query_as_it_is_is_given_the_other_tenant() -> None:
    query = Query("select 1 from r where tenant_id = any($tenant_ids::uuid[]) and id = $id and kind = $kind")

    given = next(spoilt(query)).call(query, {"tenant_ids": [OURS], "id": OURS, "kind": "bill"}, OURS, THEIRS)

    assert given == (query.text, [THEIRS], OURS, "bill")


@pytest.mark.parametrize(
    ("text", "unclear"),
    [
        ("select 1 from r where tenant_id = $tenant_id", False),
        ("insert into r (tenant_id) values ($tenant_id)", False),
        ("select 1 from r where $tenant_id in (tenant_id)", True),
    ],
)
def test_a_comparison_that_cannot_be_left_out_is_reported(text: str, *, unclear: bool) -> None:
    assert is_unclear(Query(text)) is unclear
