"""`python -m tieout_contacts` runs the contacts service."""

import uvloop

from tieout_contacts.app import SERVICE

uvloop.run(SERVICE.run())
