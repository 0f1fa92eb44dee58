"""All oddities by name: what `POST /control/oddities` takes."""

from xero_sim.oddities import access, late, lists, looking_up, replies, rows, writes
from xero_sim.oddities.oddity import Oddity

ODDITIES: dict[str, Oddity] = {
    **replies.ODDITIES,
    **writes.ODDITIES,
    **looking_up.ODDITIES,
    **lists.ODDITIES,
    **rows.ODDITIES,
    **access.ODDITIES,
    **late.ODDITIES,
}
