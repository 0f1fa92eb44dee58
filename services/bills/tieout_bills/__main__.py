"""`python -m tieout_bills` runs the bills service."""

import uvloop

from tieout_bills.app import main

uvloop.run(main())
