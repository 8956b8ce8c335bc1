"""The condition that failures are too many to be chance, over random traffic: how soon and how often it opens tickets.

`python -m tests.verify.chance` writes docs/small-tenants.md; a sample runs with the other tests."""
