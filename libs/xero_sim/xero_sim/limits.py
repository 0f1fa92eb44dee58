"""Rate limits as a pure state machine; the time is passed in. Source: docs/xero.md 2.1, behaviours 15-19."""

from dataclasses import dataclass, field
from typing import NamedTuple

MINUTE, DAY = 60.0, 86_400.0
DAY_LIMITS = {"starter": 1_000}
DAY_LIMIT_ABOVE = 5_000
UNLIMITED = 1_000_000_000


@dataclass(slots=True)
class LimitSettings:
    """All limits; `day` None means the limit of the app's plan."""

    enabled: bool = True
    concurrent: int = 5
    minute: int = 60
    day: int | None = None
    app_minute: int = 10_000
    concurrent_retry_after: int | None = None
    """Retry-After in seconds for a call over `concurrent`. That Xero sends none is unconfirmed (behaviour 18)."""

    def day_of(self, plan: str) -> int:
        """The day limit of an app on this plan."""
        return self.day if self.day is not None else DAY_LIMITS.get(plan, DAY_LIMIT_ABOVE)


class Allowed(NamedTuple):
    """The call is allowed. The fields say how many calls are left after it."""

    day: int
    minute: int
    app_minute: int


class Limited(NamedTuple):
    """The call is refused; `retry_after` is in whole seconds, None for concurrency."""

    problem: str
    retry_after: int | None
    day: int
    minute: int


@dataclass(slots=True)
class Window:
    """A fixed window of `length` seconds. It starts `shift` seconds after the full minute or day."""

    length: float
    shift: float = 0.0
    started: float = -1.0
    used: int = 0

    def turn(self, now: float) -> None:
        """Start a new window if this one is over."""
        start = (now - self.shift) // self.length * self.length + self.shift
        if start != self.started:
            self.started, self.used = start, 0

    def left(self, now: float) -> int:
        """Whole seconds until the window is over, at least 1."""
        return max(1, -int(-(self.started + self.length - now) // 1))


@dataclass(slots=True)
class Budget:
    """What one app has used of one tenant."""

    minute: Window
    day: Window
    in_flight: int = 0


def budget_for(tenant_id: str) -> Budget:
    """A new budget. Its windows start at different moments for different tenants."""
    seed = int(tenant_id[:8], 16)
    return Budget(Window(MINUTE, seed % 60), Window(DAY, seed % 86_400))


@dataclass(slots=True)
class AppBudget:
    """What one app has used of all tenants this minute."""

    minute: Window = field(default_factory=lambda: Window(MINUTE))


def take(now: float, settings: LimitSettings, plan: str, tenant: Budget, app: AppBudget) -> Allowed | Limited:
    """Count one call, or return the limit that it breaks. A refused call is not counted."""
    for window in (tenant.minute, tenant.day, app.minute):
        window.turn(now)
    day_limit = settings.day_of(plan) if settings.enabled else UNLIMITED
    minute_limit = settings.minute if settings.enabled else UNLIMITED
    app_limit = settings.app_minute if settings.enabled else UNLIMITED
    day_left, minute_left = day_limit - tenant.day.used, minute_limit - tenant.minute.used
    if settings.enabled and tenant.in_flight >= settings.concurrent:
        return Limited("concurrent", settings.concurrent_retry_after, max(day_left, 0), max(minute_left, 0))
    if day_left <= 0:
        return Limited("day", tenant.day.left(now), 0, max(minute_left, 0))
    if minute_left <= 0:
        return Limited("minute", tenant.minute.left(now), day_left, 0)
    if app.minute.used >= app_limit:
        return Limited("appminute", app.minute.left(now), day_left, minute_left)
    for window in (tenant.minute, tenant.day, app.minute):
        window.used += 1
    return Allowed(day_left - 1, minute_left - 1, app_limit - app.minute.used)
