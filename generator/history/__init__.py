"""The past of a simulation in a real Prometheus: its samples, and what the rules recorded and raised."""

from generator.history.past import history
from generator.history.server import Server

__all__ = ["Server", "history"]
