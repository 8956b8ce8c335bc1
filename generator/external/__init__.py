"""The Go tools that verify the output: taken from this machine, or built once from the pins in `tools/`."""

from generator.external.find import (
    find_alertmanager,
    find_amtool,
    find_prometheus,
    find_promtool,
    find_sloth,
    find_vmalert,
)

__all__ = ["find_alertmanager", "find_amtool", "find_prometheus", "find_promtool", "find_sloth", "find_vmalert"]
