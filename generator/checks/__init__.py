"""The checks of a build. Each has an id, a docstring, a page in `docs/checks/` and a test that violates it."""
