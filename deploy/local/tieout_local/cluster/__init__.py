"""Shows on a real Kubernetes cluster that the chart does what its README says: `python -m tieout_local.cluster`."""
