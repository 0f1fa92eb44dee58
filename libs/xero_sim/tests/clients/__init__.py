"""Other people's clients, unchanged, at the simulator."""
