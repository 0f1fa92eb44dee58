"""A faithful simulator of Xero for tests, demos and benchmarks. See README.md."""

from xero_sim.app import Simulator, build_app
from xero_sim.control_client import Control
from xero_sim.serving import serve_in_task, serve_in_thread

__all__ = ["Control", "Simulator", "build_app", "serve_in_task", "serve_in_thread"]
