"""A platform that never was, with known truth: seeded traffic of the contract's metrics, incidents, and what was."""
