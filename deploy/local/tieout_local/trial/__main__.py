"""`python -m tieout_local.trial` runs the trial's helper until SIGTERM."""

import asyncio

import httpx
import uvicorn

from tieout_local.keys import SigningKeys
from tieout_local.trial.app import State, trial_app
from tieout_local.trial.settings import TrialSettings
from tieout_local.trial.simulator import NotReady, set_up
from xero_sim.control_client import ControlRefused

LOOK_EVERY = 3.0
"""Seconds between two looks at the simulator."""


async def main() -> None:
    """Serve, and set the simulator up whenever something is missing there."""
    settings, state = TrialSettings(), State()
    app = trial_app(SigningKeys(settings.trial_folder), state)
    server = uvicorn.Server(
        uvicorn.Config(app, host=settings.http_host, port=settings.http_port, access_log=False, lifespan="off")
    )
    setting_up = asyncio.create_task(_keep_set_up(settings, state))
    await server.serve()
    setting_up.cancel()


async def _keep_set_up(settings: TrialSettings, state: State) -> None:
    while True:
        before = state.problem
        try:
            state.org_id, state.problem = await set_up(settings), None
        except (NotReady, ControlRefused, httpx.HTTPError) as error:
            state.problem = str(error) or repr(error)
        if state.problem != before:
            print(state.problem or f"the simulator is set up: organisation {state.org_id}", flush=True)
        await asyncio.sleep(LOOK_EVERY)


if __name__ == "__main__":
    asyncio.run(main())
