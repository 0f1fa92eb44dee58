"""A process for trials, never for production: keys and tokens, and an app and an organisation in the simulator."""
