"""The dashboards: one module each, which answers the questions of one reader."""

ORDER = ("overview", "tenant", "ai", "storage")
"""The order of links between dashboards; a dashboard that is not listed comes last."""
