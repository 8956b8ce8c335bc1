"""`platform.yaml`: read strictly, merged with its overlays, validated, checked, and loaded as a frozen `Platform`."""
