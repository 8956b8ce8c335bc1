"""Log lines read back: found by request in `generator.trace`, and held here against the contract."""
