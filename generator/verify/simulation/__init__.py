"""Synthetic traffic of a platform: seeded requests and incidents, their metrics, and the exact expected values."""
