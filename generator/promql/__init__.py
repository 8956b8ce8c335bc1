"""PromQL as text: parsing it, the labels of its results, and what it depends on."""
