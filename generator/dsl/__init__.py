"""The words that definitions speak. Inert: nothing here writes text for Grafana, Prometheus or a person."""
