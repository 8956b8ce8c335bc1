"""From the DSL to the intermediate representation: which series answers a query, and what must be recorded for it."""
