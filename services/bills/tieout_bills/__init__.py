"""Bills, vendor credits, invoices, and their reference data."""
