"""`python -m tieout_kit.postgres.migrate`: migrates the database that the environment names."""

import argparse
import asyncio
import os
import sys

from tieout_kit.clock import utc_now
from tieout_kit.postgres.database import Database
from tieout_kit.postgres.logins import Login
from tieout_kit.postgres.migrate import __doc__ as what_it_does
from tieout_kit.postgres.migrate import migrate


def main() -> None:
    """Migrate the database that the environment names."""
    parser = argparse.ArgumentParser(
        prog="python -m tieout_kit.postgres.migrate", description=(what_it_does or "").split("\n")[0]
    )
    parser.add_argument("packages", nargs="+", help="tieout_kit and the service's own, such as tieout_bills")
    parser.add_argument("--contract", action="store_true", help="run the contracting migrations too")
    asked = parser.parse_args()
    owner, worker, api = (
        os.environ.get(name) or parser.error(f"set {name}")
        for name in ("TIEOUT_OWNER_DATABASE_URL", "TIEOUT_DATABASE_URL", "TIEOUT_API_DATABASE_URL")
    )
    try:
        database, logins = Database(owner, "migrate", utc_now), (Login.of(worker), Login.of(api))
        applied_now, left = asyncio.run(migrate(database, asked.packages, logins, contract=asked.contract))
    except ValueError as error:
        sys.exit(f"{error}")
    print(f"applied {', '.join(applied_now) or 'nothing'}; {logins[0].name} and {logins[1].name} have their rights")
    if left:
        print(f"left for --contract, once no older version runs: {', '.join(left)}")


if __name__ == "__main__":
    main()
