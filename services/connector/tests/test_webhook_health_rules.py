"""When Xero's webhooks count as silent."""

from datetime import UTC, datetime, timedelta

import pytest

from tieout_connector.inbound.webhook_health_rules import (
    GRACE,
    RECENT,
    SKEW,
    CategoryHealth,
    must_be_announced,
    silent_since,
)

pytestmark = pytest.mark.rule("CONN-9")
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def category(**known: datetime) -> CategoryHealth:
    return CategoryHealth("INVOICE", **known)


@pytest.mark.parametrize(
    ("known", "after", "silent"),
    [
        ({}, GRACE, False),
        ({"echoes_since": NOON}, GRACE - MINUTE, False),
        ({"echoes_since": NOON}, GRACE, True),
        # An event came after them, though of others: only the events of these are lost.
        ({"echoes_since": NOON, "last_event_at": NOON}, GRACE, False),
        ({"echoes_since": NOON, "last_event_at": NOON - MINUTE}, GRACE, True),
        # What was never announced may not be subscribed.
        ({"found_since": NOON}, GRACE, False),
        ({"found_since": NOON, "last_event_at": NOON - MINUTE}, GRACE, True),
        ({"found_since": NOON, "last_event_at": NOON + MINUTE}, GRACE, False),
        # The earlier ones count.
        ({"echoes_since": NOON + GRACE, "found_since": NOON, "last_event_at": NOON - MINUTE}, GRACE, True),
        ({"echoes_since": NOON + GRACE, "found_since": NOON}, GRACE, False),
    ],
)
def test_a_category_is_silent_once_what_must_have_been_announced_was_not(
    known: dict[str, datetime], after: timedelta, silent: bool
) -> None:
    assert silent_since(category(**known), NOON + after) == (NOON if silent else None)


def test_a_silence_lasts_until_an_event_comes_however_little_is_expected_meanwhile() -> None:
    silence = {"silent_since": NOON}

    assert silent_since(category(**silence, last_event_at=NOON - MINUTE), NOON + 99 * GRACE) == NOON
    assert silent_since(category(**silence), NOON + MINUTE) == NOON
    assert silent_since(category(**silence, last_event_at=NOON), NOON + GRACE) is None


def test_a_new_silence_begins_anew_after_an_event() -> None:
    again = category(silent_since=NOON, last_event_at=NOON + GRACE, found_since=NOON + 2 * GRACE)

    assert silent_since(again, NOON + 3 * GRACE - MINUTE) is None
    assert silent_since(again, NOON + 3 * GRACE) == NOON + 2 * GRACE


def test_an_old_change_proves_nothing_since_xero_may_not_have_been_connected_then() -> None:
    assert must_be_announced([NOON - RECENT - MINUTE, NOON - RECENT, NOON], NOON) == [NOON - RECENT - SKEW, NOON - SKEW]
