"""The dashboards as pictures: a real Prometheus with a day that never was, and a page that draws what `out/` holds."""
