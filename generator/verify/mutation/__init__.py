"""Mutation testing of the rules: change one rule in one place, and see whether an alert test fails."""
