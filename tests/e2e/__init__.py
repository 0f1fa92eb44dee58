"""Every service as a process, against the simulator."""
