"""Every resource through the client, at the simulated Xero: listed, read, made, changed, ended."""
