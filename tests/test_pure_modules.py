"""The purity contract in pyproject.toml covers every module that is pure by its place or name, also a new one."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOMAIN_SERVICES = ("bills", "contacts", "payments")


def module_of(file: Path) -> str:
    """The module in a file of `libs/` or `services/`; a package is its own module."""
    return ".".join(file.relative_to(ROOT).with_suffix("").parts[2:]).removesuffix(".__init__")


def kind_modules() -> list[str]:
    """The modules in the folder of a kind, besides its declaration."""
    folders = [ROOT / "services" / service / f"tieout_{service}" for service in DOMAIN_SERVICES]
    files = [file for folder in folders for file in folder.glob("*/*.py")]
    return [module_of(file) for file in files if file.name != "__init__.py"]


def rules_modules() -> list[str]:
    files = [file for root in ("libs", "services") for file in (ROOT / root).glob("*/tieout_*/**/*_rules.py")]
    return [module_of(file) for file in files]


def core_modules() -> list[str]:
    return [module_of(file) for file in (ROOT / "libs" / "kit" / "tieout_kit" / "sync").rglob("*.py")]


def is_covered(module: str) -> bool:
    """Whether the contract names the module or a package around it; `*` stands for one part of a name."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (contract,) = [each for each in contracts if each["name"].startswith("The pure core and the rules are pure")]
    patterns = [re.escape(each).replace(r"\*", r"\w+") for each in contract["source_modules"]]
    return any(re.fullmatch(rf"{pattern}(\.\w+)*", module) for pattern in patterns)


@pytest.mark.parametrize("module", sorted({*kind_modules(), *rules_modules(), *core_modules()}))
def test_the_purity_contract_covers_every_pure_module(module: str) -> None:
    assert is_covered(module)


def test_the_pure_modules_are_found() -> None:
    assert {"tieout_bills.bill.lines", "tieout_payments.payment.due"} <= set(kind_modules())
    assert "tieout_connector.choices.settings_rules" in rules_modules()
    assert {"tieout_kit.sync", "tieout_kit.sync.decide"} <= set(core_modules())


def test_other_modules_are_not_covered() -> None:
    assert not is_covered("tieout_bills.app")
    assert not is_covered("tieout_kit.kafka.consumer")
    assert not is_covered("tieout_connector.pacing.schedule")
