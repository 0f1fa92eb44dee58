"""Named queries: each parameter has a name, in the file and where the query is run."""

import pytest

from tieout_kit.postgres.queries import Query


def test_named_parameters_are_numbered_in_the_order_in_which_they_first_appear() -> None:
    query = Query("select $later::int[], $sooner where a = $later and b > $2nd")

    assert query.text.startswith("select $1::int[], $2 where a = $1")
    assert query.names == ("later", "sooner")
    assert query(sooner=2, later=[1])[1:] == ([1], 2)


def test_a_query_takes_just_its_own_parameters() -> None:
    query = Query("select $tenant_id")

    for wrong in ({}, {"tenant": 1}, {"tenant_id": 1, "limit": 2}):
        with pytest.raises(TypeError, match="tenant_id"):
            query(**wrong)
