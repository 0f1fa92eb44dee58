"""Makes what in the Helm chart follows from the code, and renders the chart for its tests."""
