"""All oddities by name: what `POST /control/oddities` takes."""

from xero_sim.oddities import looking_up, replies, writes
from xero_sim.oddities.oddity import Oddity

ODDITIES: dict[str, Oddity] = {**replies.ODDITIES, **writes.ODDITIES, **looking_up.ODDITIES}
