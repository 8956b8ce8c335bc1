"""The secured way of the Workers' pushes into Prometheus: configurations of a gateway before its OTLP receiver."""

from generator.rendering.gateway.files import gateway

__all__ = ["gateway"]
