"""All oddities by name: what `POST /control/oddities` takes."""

from xero_sim.oddities import access, lists, replies, rows
from xero_sim.oddities.oddity import Oddity

ODDITIES: dict[str, Oddity] = {
    **replies.ODDITIES,
    **lists.ODDITIES,
    **rows.ODDITIES,
    **access.ODDITIES,
}
