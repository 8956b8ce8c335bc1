"""The intermediate representation: PromQL trees, rules, dashboards, links and builds, between the DSL and the texts."""
