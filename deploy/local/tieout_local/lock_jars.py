"""Rewrites kafka.lock after KAFKA or LOGGING was changed: `python -m tieout_local.lock_jars`."""

import hashlib
import tempfile
from pathlib import Path

from jgo.maven import MavenContext

from tieout_local.jars import LOCK

KAFKA = "org.apache.kafka:kafka_2.13:4.3.1"
# Kafka logs to slf4j and comes without a binding to its log4j. The version must be that of Kafka's log4j.
LOGGING = "org.apache.logging.log4j:log4j-slf4j-impl:2.25.4"

HEADER = f"# Every jar of {KAFKA} and of {LOGGING}. Written by tieout_local.lock_jars.\n"


def main() -> None:
    """Resolve and fetch the jars, and write their checksums."""
    with tempfile.TemporaryDirectory() as scratch:
        context = MavenContext(repo_cache=Path(scratch), local_repos=[], timeout=60)
        lines: set[tuple[str, str]] = set()
        for root in (KAFKA, LOGGING):
            given, found = context.resolver.resolve([context.create_dependency(root)])
            for dependency in [*given, *found]:
                jar = dependency.artifact.resolve()
                coordinate = f"{dependency.groupId}:{dependency.artifactId}:{dependency.version}"
                lines.add((coordinate, hashlib.sha256(jar.read_bytes()).hexdigest()))
    text = HEADER + "".join(f"{sha256}  {coordinate}\n" for coordinate, sha256 in sorted(lines))
    Path(__file__).with_name(LOCK).write_text(text)


if __name__ == "__main__":
    main()
