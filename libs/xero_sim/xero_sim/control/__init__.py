"""The control API: what tests and demos do to the simulator, and what people do in Xero."""
