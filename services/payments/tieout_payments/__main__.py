"""`python -m tieout_payments` runs the payments service."""

import uvloop

from tieout_payments.app import SERVICE

uvloop.run(SERVICE.run())
