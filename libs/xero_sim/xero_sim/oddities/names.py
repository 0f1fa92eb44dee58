"""All oddities by name: what `POST /control/oddities` takes."""

from xero_sim.oddities import late, replies
from xero_sim.oddities.oddity import Oddity

ODDITIES: dict[str, Oddity] = {**replies.ODDITIES, **late.ODDITIES}
