"""The generator: one contract, compiled to dashboards, rules, runbooks, tests and reference pages."""

__version__ = "0.2.0"
