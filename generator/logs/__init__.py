"""Log lines read back: found by request in `generator.logs.trace`, and held here against the contract."""
