"""`python -m tieout_connector` runs the connector."""

import uvloop

from tieout_connector.app import main

uvloop.run(main())
