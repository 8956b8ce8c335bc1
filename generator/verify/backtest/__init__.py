"""Alerts tried on incidents: what is told of each, how soon, and what else; beside them, thresholds people copy."""
