"""Renders the intermediate representation as texts, by their paths in `out/`. Only this package imports grafanalib and
Jinja2."""
