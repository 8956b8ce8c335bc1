"""The dashboards of `out/` on a local page, over a real Prometheus with a simulated day or one of the user's own."""
