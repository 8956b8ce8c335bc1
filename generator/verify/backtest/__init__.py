"""Back-tests: replay the alerting rules over simulated incidents and measure which alerts fire, and how soon."""
