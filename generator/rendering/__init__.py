"""From trees to text. grafanalib and Jinja2 are imported here alone; emitters give texts by their paths in `out/`."""
