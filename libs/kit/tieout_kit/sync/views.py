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
    """How a person or the platform creates and changes a record: PUT, with an id that the caller chooses."""

    body: type[BaseModel]
    summary: str
    roles: tuple[Role, ...]
    rule: str
    content: Callable[[Any, R | None, UUID], Mapping[str, Any]]
    """The fields that a body asks for, given the state that the request was made on, and the id in the path."""
    feature: Feature | None = None
    check: Callable[[R | None, R, Sequence[R], Facts], None] = lambda before, after, others, facts: None
    """Raises Clash for a change that breaks a rule. It also gets the other records that match this one."""
    joins: Callable[[Sequence[R]], R | None] = lambda others: None
    """The matching record that a new one becomes part of: a vendor with a customer's name is the same contact."""
    needs: Callable[[Any], tuple[tuple[Role, ...], str] | None] = lambda body: None
    """The roles that this body needs beyond those of the route, and the reason."""


@dataclass(frozen=True, kw_only=True)
class View(Generic[R]):
    """A record as others see it: usually the record itself; of a contact, its roles vendor and customer."""

    model: type[PlatformRecord]
    plural: str
    of: Callable[[R], PlatformRecord | None] = lambda record: record
    """The record in this view; None: it has none."""
    put: Put[R] | None = None
