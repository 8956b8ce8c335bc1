"""A simulation in a real Prometheus: its samples, and the recorded series and alerts that the rules add to them."""

from generator.verify.replay.history import history
from generator.verify.replay.server import PrometheusServer

__all__ = ["PrometheusServer", "history"]
