"""A record as others see it, and how they change it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel

from tieout_kit.sync.facts import Facts
from tieout_schemas.platform import PlatformRecord
from tieout_schemas.roles import Feature, Role
from tieout_schemas.xero import Snapshot

R = TypeVar("R", bound=PlatformRecord)
S = TypeVar("S", bound=Snapshot)


@dataclass(frozen=True, kw_only=True)
class Put(Generic[R]):
    """How a person or the platform makes and changes a record: PUT, with the id that the caller chose."""

    body: type[BaseModel]
    summary: str
    roles: tuple[Role, ...]
    rule: str
    content: Callable[[Any, R | None, UUID], Mapping[str, Any]]
    """The fields that a body asks for, given the state of the record that the request was made on, and the id in the
    path."""
    feature: Feature | None = None
    check: Callable[[R | None, R, Sequence[R], Facts], None] = lambda before, after, others, facts: None
    """Raises Clash for a change that breaks a rule; with it, the other records that match it."""
    joins: Callable[[Sequence[R]], R | None] = lambda others: None
    """Which of the records that match a new one it is a part of: a vendor of a customer's name is one contact."""
    needs: Callable[[Any], tuple[tuple[Role, ...], str] | None] = lambda body: None
    """The roles that this very body needs beyond those of the route, and for what."""


@dataclass(frozen=True, kw_only=True)
class View(Generic[R]):
    """A record as others see it: usually itself; of a contact its roles."""

    model: type[PlatformRecord]
    plural: str
    of: Callable[[R], PlatformRecord | None] = lambda record: record
    """The record in this view; None: it has none."""
    put: Put[R] | None = None
