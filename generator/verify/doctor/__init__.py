"""Doctor: whether a running system keeps the contract. Every check reads what `read_system` has collected."""
