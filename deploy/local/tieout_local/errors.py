"""What can go wrong on one machine; every message says the way out.

LocalError
├── Unusable                something this machine lacks or has wrong
│   ├── NoJava              no Java 17 or later
│   ├── NoPostgres          no PostgreSQL 18 binaries, no user to run them under, data of another user
│   └── JarsUnavailable     Kafka's jars could not be fetched
│       └── JarMismatch     a jar is not the one that the lock names: it is not run
├── AlreadyRunning          the folder is in use by another run
└── ChildFailed             with the last lines of its log
    ├── NotReady            it lives, but did not become ready in time
    └── Died                it ended although nobody asked it to
"""


class LocalError(Exception):
    """Root of everything raised on purpose here."""


class Unusable(LocalError):
    """This machine lacks something that is needed."""


class NoJava(Unusable):
    """No Java 17 or later was found."""


class NoPostgres(Unusable):
    """PostgreSQL cannot be run here."""


class JarsUnavailable(Unusable):
    """Kafka's jars could not be fetched."""


class JarMismatch(JarsUnavailable):
    """A fetched jar is not the one that the lock names."""


class AlreadyRunning(LocalError):
    """Another run uses this folder."""


class ChildFailed(LocalError):
    """A child process failed; `log_tail` has the last lines it wrote."""

    def __init__(self, message: str, log_tail: str) -> None:
        super().__init__(f"{message}\n{log_tail}" if log_tail else message)
        self.log_tail = log_tail


class NotReady(ChildFailed):
    """The child lives but did not become ready in time."""


class Died(ChildFailed):
    """The child ended although nobody asked it to."""
