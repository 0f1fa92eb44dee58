"""How a consent ended: for the page that the person returns to, and for the page that is shown without one."""

from dataclasses import dataclass
from enum import StrEnum

from tieout_connector.connecting.return_address import with_outcome
from tieout_kit.errors import Refused


class Outcome(StrEnum):
    """The value of `xero` in the query of the page that the person returns to."""

    CHOOSING_ORG = "choosing_org"
    """Given. The person confirms an organisation next."""
    RENEWED = "renewed"
    """Given once more by a tenant that stays connected."""
    OTHER_ORG = "other_organisation"
    """A connected tenant consented to another organisation. Nothing has changed."""
    DENIED = "access_denied"
    """The person declined."""
    REFUSED = "refused"
    """Xero refused it. The person may start again."""


@dataclass(frozen=True, slots=True)
class ConsentResult:
    """A consent that ended."""

    outcome: Outcome
    return_to: str | None
    tenant: str
    """The tenant's name."""
    orgs: tuple[str, ...] = ()
    """The names of the organisations that the consent reaches."""
    bound_to: str = ""
    """The name of the organisation that the tenant is bound to."""

    @property
    def url(self) -> str | None:
        """The page that the person started from, with the outcome. None: they started from none."""
        return with_outcome(self.return_to, self.outcome) if self.return_to else None


class ConsentRefused(Refused):
    """Xero refused the code. Nothing is stored, and the state stays valid."""

    def __init__(self, message: str, result: ConsentResult) -> None:
        super().__init__(message)
        self.result = result
