"""The generator: one contract, compiled to dashboards, rules, runbooks, tests and reference pages."""
