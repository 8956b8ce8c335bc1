"""Calibration: how often alerts would have fired at other values of a threshold, over the history of a Prometheus."""
