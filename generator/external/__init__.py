"""The Go tools that prove what is generated: found on this machine, or built once from `tools/`."""

from generator.external.find import alertmanager, amtool, prometheus, promtool, sloth, vmalert

__all__ = ["alertmanager", "amtool", "prometheus", "promtool", "sloth", "vmalert"]
