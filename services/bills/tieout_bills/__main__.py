"""`python -m tieout_bills` runs the bills service."""

import uvloop

from tieout_bills.app import SERVICE

uvloop.run(SERVICE.run())
