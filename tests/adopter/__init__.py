"""The repository of an adopter: a folder for tests, which copy it and build it."""
