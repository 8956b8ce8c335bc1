"""The past of a simulation in a real Prometheus: its samples, and what the rules recorded and raised."""

from generator.verify.replay.history import history
from generator.verify.replay.server import Server

__all__ = ["Server", "history"]
