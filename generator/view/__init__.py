"""Shows a build: a preview of the dashboards, and the differences between two builds."""
