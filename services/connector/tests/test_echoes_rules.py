"""Which webhooks announce only what the stored state of their record shows already."""

from datetime import UTC, datetime, timedelta

import pytest

from tieout_connector.inbound.echoes_rules import changed_by, is_shown

pytestmark = [pytest.mark.rule("CONN-9"), pytest.mark.rule("SYS-1")]
SHOWN = datetime(2026, 9, 14, 12, 0, 5, 493_000, UTC)
SECOND, MS = timedelta(seconds=1), timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("event_at", "shown"),
    [
        (SHOWN, True),
        # Somebody changed the record again, even in the same second.
        (SHOWN + MS, False),
        (SHOWN + SECOND, False),
        # It may be of a later change, if Xero dates events a little early.
        (SHOWN - MS, False),
        (SHOWN - SECOND + MS, False),
        (SHOWN - SECOND, True),
        (SHOWN - timedelta(days=1), True),
        # To the second, it may be of any change in that second.
        (SHOWN.replace(microsecond=0), False),
        (SHOWN.replace(second=4, microsecond=0), False),
        (SHOWN.replace(second=3, microsecond=0), True),
    ],
)
def test_an_event_is_shown_if_it_has_the_moment_of_the_state_or_is_surely_older(
    event_at: datetime, *, shown: bool
) -> None:
    assert is_shown(changed_by(event_at), SHOWN) is shown


def test_a_state_to_the_second_never_shows_an_event_of_that_second() -> None:
    whole = SHOWN.replace(microsecond=0)

    assert not is_shown(changed_by(whole), whole)


def test_a_record_of_which_no_state_is_stored_shows_nothing() -> None:
    assert not is_shown(changed_by(SHOWN), None)
