"""Kafka's jars: exactly the jars in kafka.lock, fetched once per user, checked at every start.

The jars are stored in the user's cache folder, not in the checkout: a second clone needs no network, and `make clean`
does not delete 44 MB that would be fetched again. TIEOUT_CACHE names another folder.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from tieout_local.errors import JarMismatch, JarsUnavailable

LOCK = "kafka.lock"


@dataclass(frozen=True)
class Jar:
    """One line of the lock."""

    sha256: str
    coordinate: str  # group:artifact:version

    @property
    def filename(self) -> str:
        """Maven's name of the file."""
        _, artifact, version = self.coordinate.split(":")
        return f"{artifact}-{version}.jar"


def cache_folder() -> Path:
    """The folder where fetched files are stored between runs."""
    if chosen := os.environ.get("TIEOUT_CACHE"):
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tieout"


def locked_jars() -> list[Jar]:
    """The jars in kafka.lock."""
    text = resources.files("tieout_local").joinpath(LOCK).read_text()
    lines = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return [Jar(sha256, coordinate) for sha256, coordinate in lines]


def class_path(jars: Iterable[Jar], cache: Path) -> list[Path]:
    """The files of the jars. Missing and damaged ones are fetched first.

    Raises JarsUnavailable, or JarMismatch if a fetched jar has another checksum than the lock.
    """
    folder = cache / "jars"
    wanted = list(jars)
    with ThreadPoolExecutor(8) as pool:
        right = list(pool.map(lambda jar: _sha256(folder / jar.filename) == jar.sha256, wanted))
        missing = [jar for jar, is_right in zip(wanted, right, strict=True) if not is_right]
        if missing:
            _make(folder)
            list(pool.map(lambda jar: _fetch(jar, folder), missing))
    return [folder / jar.filename for jar in wanted]


def _fetch(jar: Jar, folder: Path) -> None:
    from jgo.maven import MavenContext  # noqa: PLC0415  slow to import, and needed once per machine

    group, artifact, version = jar.coordinate.split(":")
    # jgo writes to the final name at once and only warns of a wrong checksum. So it writes to a scratch folder, and a
    # jar is moved only when it is complete and its checksum is right.
    with tempfile.TemporaryDirectory(prefix="fetch-", dir=folder) as scratch:
        context = MavenContext(repo_cache=Path(scratch), local_repos=[], timeout=60)
        try:
            fetched = context.project(group, artifact).at_version(version).artifact().resolve()
        except Exception as error:
            raise JarsUnavailable(
                f"{jar.coordinate} could not be fetched ({error}). Kafka's jars are fetched once from the "
                f"Maven registry into {folder}: try again with network, or copy that folder from a machine "
                "that has it."
            ) from error
        if (found := _sha256(fetched)) != jar.sha256:
            raise JarMismatch(
                f"{jar.coordinate} has sha256 {found}, but {LOCK} names {jar.sha256}, so it is not "
                "run. Check the proxies and mirrors between this machine and the Maven registry."
            )
        fetched.replace(folder / jar.filename)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise JarsUnavailable(f"{folder} cannot be created ({error}); set TIEOUT_CACHE to a folder that can") from error


def _sha256(path: Path) -> str | None:
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
