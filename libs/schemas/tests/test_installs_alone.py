"""`tieout_schemas` needs only what its pyproject names: whoever installs it alone can read events."""

import subprocess
import sys

import pytest

ALONE = """
import importlib.abc, sys

class Missing(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in BLOCKED:
            raise ModuleNotFoundError(name)

BLOCKED = {blocked!r}
sys.meta_path.insert(0, Missing())
import tieout_schemas.{module}
"""
OTHERS = {"aiokafka", "faststream", "tieout_kit", "opentelemetry", "asyncpg", "fastapi", "structlog", "httpx"}


@pytest.mark.parametrize(
    ("module", "blocked"),
    [("events", OTHERS), ("topics", OTHERS), ("examples", OTHERS), ("subscriber", OTHERS - {"aiokafka", "faststream"})],
)
def test_a_module_is_imported_without_what_others_need(module: str, blocked: set[str]) -> None:
    code = ALONE.format(module=module, blocked=blocked)

    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stderr


def test_what_is_blocked_cannot_be_imported() -> None:
    code = ALONE.format(module="subscriber", blocked=OTHERS)

    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert "ModuleNotFoundError" in run.stderr
