"""Drift: where running servers differ from what a build has written."""
