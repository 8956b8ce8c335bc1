"""The alerts: one module for each family, which has one owner in `platform.yaml`."""
