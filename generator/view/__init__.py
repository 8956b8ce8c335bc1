"""Looking at a build: a preview of the dashboards, and the difference between two builds."""
