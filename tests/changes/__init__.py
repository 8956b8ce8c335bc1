"""What five typical changes break: run by `make test-changes`, not by pytest."""
