"""What Prometheus' operator and Grafana's sidecar get. Kubernetes has no schemas of it, so it is looked at here."""

import shutil
from pathlib import Path

import yaml

from tieout_chart.paths import CHART
from tieout_chart.rendering import Object, example, render

RULES = """\
groups:
  - name: tieout
    rules:
      - alert: WebhooksSilent
        expr: tieout_webhooks_silent == 1
        annotations:
          summary: "{{ $labels.category }} is silent"
"""
DASHBOARD = '{"title": "Sync", "legend": "{{tenant}}"}'


def chart_with(folder: Path, files: dict[str, str]) -> Path:
    """A copy of the chart with these files in the place of its own alerts and dashboards."""
    chart = folder / "tieout"
    shutil.copytree(CHART, chart, ignore=shutil.ignore_patterns("alerts", "dashboards"))
    for name, text in files.items():
        (chart / name).parent.mkdir(exist_ok=True)
        (chart / name).write_text(text)
    return chart


def of_kind(objects: list[Object], kind: str) -> list[Object]:
    return [one for one in objects if one["kind"] == kind]


def test_prometheus_scrapes_every_service_at_its_health_port() -> None:
    objects = render(example("production"))
    (monitor,) = of_kind(objects, "ServiceMonitor")
    selector = monitor["spec"]["selector"]["matchLabels"]
    scraped = {
        service["metadata"]["name"]
        for service in of_kind(objects, "Service")
        if selector.items() <= service["metadata"]["labels"].items()
        and "health" in {port["name"] for port in service["spec"]["ports"]}
    }

    assert monitor["apiVersion"] == "monitoring.coreos.com/v1"
    assert monitor["metadata"]["labels"]["release"] == "prometheus"
    assert monitor["spec"]["endpoints"] == [{"port": "health", "path": "/metrics", "interval": "15s"}]
    assert scraped == {
        f"tieout-{name}" for name in ("connector-web", "connector-sync", "contacts", "bills", "payments")
    }


def test_every_file_of_alerts_becomes_a_rule_word_for_word(tmp_path: Path) -> None:
    chart = chart_with(tmp_path, {"alerts/sync.yaml": RULES, "alerts/gateway.yaml": RULES})
    rules = of_kind(render(example("production"), chart), "PrometheusRule")

    assert [rule["metadata"]["name"] for rule in rules] == ["tieout-gateway", "tieout-sync"]
    assert all(rule["apiVersion"] == "monitoring.coreos.com/v1" for rule in rules)
    assert all(rule["metadata"]["labels"]["release"] == "prometheus" for rule in rules)
    assert all(rule["spec"] == yaml.safe_load(RULES) for rule in rules)


def test_every_dashboard_becomes_a_config_map_word_for_word(tmp_path: Path) -> None:
    chart = chart_with(tmp_path, {"dashboards/sync-health.json": DASHBOARD})
    (dashboard,) = of_kind(render(example("production"), chart), "ConfigMap")

    assert dashboard["metadata"]["name"] == "tieout-dashboard-sync-health"
    assert dashboard["metadata"]["labels"]["grafana_dashboard"] == "1"
    assert dashboard["data"] == {"sync-health.json": DASHBOARD}


def test_nothing_of_it_is_there_unless_it_is_asked_for(tmp_path: Path) -> None:
    objects = render(example("small"), chart_with(tmp_path, {"alerts/a.yaml": RULES, "dashboards/a.json": DASHBOARD}))

    assert not {one["kind"] for one in objects} & {"ServiceMonitor", "PrometheusRule", "ConfigMap"}
