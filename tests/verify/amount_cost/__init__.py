"""What it costs to record the amounts of days for many tenants: `python -m generator.run tests.verify.amount_cost`."""
