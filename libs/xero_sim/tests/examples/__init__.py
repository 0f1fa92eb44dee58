"""Every request and response example of Xero's OpenAPI files, tried on the simulator."""
