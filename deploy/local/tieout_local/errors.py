"""What can go wrong on a developer's machine. Every message says what to do.

LocalError
├── Unusable                something is missing or wrong on this machine
│   ├── NoJava              no Java 17 or later
│   ├── NoPostgres          no PostgreSQL 18 binaries, no user to run them as, or data of another user
│   └── JarsUnavailable     Kafka's jars could not be fetched
│       └── JarMismatch     a jar differs from the lock, so it is not run
├── AlreadyRunning          the folder is in use by another run
└── ChildFailed             with the last lines of its log
    ├── NotReady            it runs, but did not become ready in time
    └── Died                it ended unexpectedly
"""


class LocalError(Exception):
    """The base of all errors here."""


class Unusable(LocalError):
    """Something that is needed is missing or wrong on this machine."""


class NoJava(Unusable):
    """No Java 17 or later was found."""


class NoPostgres(Unusable):
    """PostgreSQL cannot be run here."""


class JarsUnavailable(Unusable):
    """Kafka's jars could not be fetched."""


class JarMismatch(JarsUnavailable):
    """A fetched jar has another checksum than the lock."""


class AlreadyRunning(LocalError):
    """Another run uses the data folder."""


class ChildFailed(LocalError):
    """A child process failed; `log_tail` holds the last lines of its log."""

    def __init__(self, message: str, log_tail: str) -> None:
        super().__init__(f"{message}\n{log_tail}" if log_tail else message)
        self.log_tail = log_tail


class NotReady(ChildFailed):
    """The child runs but did not become ready in time."""


class Died(ChildFailed):
    """The child ended unexpectedly."""
