"""The check itself notices what would be empty for ever."""

import pytest

from .metrics_known import DECLARED, LABELS, TARGET
from .promql import Unknown, labels_of

KUBERNETES = {"service", "pod", "container", "endpoint"}
"""Labels that Prometheus' operator adds besides."""


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("tieout_outbox_age > 1", "no metric is called tieout_outbox_age"),
        ("tieout_dead_letters > 1", "no metric is called tieout_dead_letters"),
        ("rate(tieout_xero_calls_total{lane='write', oucome='failed'}[5m])", "no label oucome"),
        ("rate(tieout_xero_calls_total{outcome='fail'}[5m])", "never has outcome="),
        ("tieout_connections{state=~'connected|lost'}", "never has state="),
        ("sum by (tenant) (rate(tieout_xero_calls_total[5m]))", "no label tenant"),
        ("sum by (job) (sum by (topic) (tieout_consumer_lag_seconds))", "no label job"),
        ("up == 0 and on (tenant) tieout_tenant_problems", "no label tenant"),
        ("tieout_tenant_problems / tieout_parked_tenants", "the sides have other labels"),
        ("sum without (job) (up)", "nobody thought of"),
    ],
)
def test_what_does_not_exist_is_refused(expression: str, why: str) -> None:
    with pytest.raises(Unknown, match=why):
        labels_of(expression)


def test_what_is_no_promql_is_refused() -> None:
    with pytest.raises(ValueError, match="unclosed"):
        labels_of("sum by (job")


@pytest.mark.parametrize(
    ("expression", "labels"),
    [
        ("max by (job, topic) (tieout_consumer_lag_seconds) > 3", {"job", "topic"}),
        ("topk(3, sum by (lane) (rate(tieout_xero_calls_total[5m])))", {"lane"}),
        ("1 - max by (tenant) (tieout_tenant_problems)", {"tenant"}),
        ("sum(up)", set()),
        ("up == 0 and on (job) tieout_parked_tenants", TARGET),
    ],
)
def test_the_labels_of_a_result_are_known(expression: str, labels: set[str]) -> None:
    assert labels_of(expression) == labels


def test_no_label_of_ours_is_one_that_prometheus_adds_itself() -> None:
    """It would rename ours, and an expression would read the other one."""
    clashes = {name for name, metric in DECLARED.items() if {*metric._labelnames} & (TARGET | KUBERNETES)}

    assert clashes == set()
    assert len(DECLARED) > 20
    assert set(DECLARED) < set(LABELS)
