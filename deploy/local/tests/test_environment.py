"""What a service finds in its environment."""

from pathlib import Path

import pytest

from tieout_local.environment import SERVICES, ServiceAddress, SharedEnvironment, service_environment
from tieout_local.keys import SigningKeys
from tieout_local.logins import DatabaseUrls

URLS = DatabaseUrls.of("postgresql://owner:secret@127.0.0.1:5432/tieout_bills")


def environment(service: str, folder: Path, **settings: str) -> dict[str, str]:
    around = SharedEnvironment(
        "127.0.0.1:9092", "demo.", 4, "http://127.0.0.1:1", "http://127.0.0.1:2", SigningKeys(folder)
    )
    return service_environment(service, ServiceAddress(8001, 9001), URLS, around, settings)


@pytest.mark.parametrize("service", SERVICES)
def test_only_the_connector_gets_xeros_secrets(service: str, tmp_path: Path) -> None:
    secrets = {name for name in environment(service, tmp_path) if "XERO" in name or name == "TIEOUT_TOKEN_KEY"}

    assert bool(secrets) == (service == "connector")


def test_settings_left_in_the_shell_do_not_leak_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIEOUT_DATABASE_URL", "postgresql://somewhere/else")
    monkeypatch.setenv("TIEOUT_ANYTHING", "by accident")
    monkeypatch.setenv("TIEOUT_OTLP_ENDPOINT", "http://127.0.0.1:4318")

    found = environment("bills", tmp_path)

    assert found["TIEOUT_DATABASE_URL"] == URLS.worker
    assert found["TIEOUT_OTLP_ENDPOINT"] == "http://127.0.0.1:4318"
    assert "TIEOUT_ANYTHING" not in found


@pytest.mark.rule("SYS-11")
@pytest.mark.parametrize("service", SERVICES)
def test_no_service_is_told_the_owners_login(service: str, tmp_path: Path) -> None:
    told = environment(service, tmp_path)

    assert told["TIEOUT_DATABASE_URL"].startswith("postgresql://tieout_bills_worker:")
    assert told["TIEOUT_API_DATABASE_URL"].startswith("postgresql://tieout_bills_api:")
    assert not [name for name, value in told.items() if name.startswith("TIEOUT") and "owner:" in value]


def test_given_settings_win(tmp_path: Path) -> None:
    assert environment("bills", tmp_path, TIEOUT_PARTITIONS="9")["TIEOUT_PARTITIONS"] == "9"
