"""Verifying a build beyond its checks: simulation, replay, back-tests and mutation testing."""
