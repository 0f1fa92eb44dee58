"""Pure rules of the connector: no clock, no I/O, no logging."""
