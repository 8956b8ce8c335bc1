"""Rehearsal: what an output's alerts would have done over the history of a running Prometheus."""
