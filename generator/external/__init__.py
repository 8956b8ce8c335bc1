"""The Go tools that prove what is generated: found on this machine, or built once from `tools/`."""

from generator.external.find import (
    find_alertmanager,
    find_amtool,
    find_prometheus,
    find_promtool,
    find_sloth,
    find_vmalert,
)

__all__ = ["find_alertmanager", "find_amtool", "find_prometheus", "find_promtool", "find_sloth", "find_vmalert"]
