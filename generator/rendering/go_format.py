"""Numbers as Prometheus' template functions write them.

Source: prometheus/template (humanize, humanizePercentage, humanizeDuration); promtool compares to the letter.
"""

from __future__ import annotations

from generator.dsl.units import Unit, ValueFormat


def format_value(value: float, unit: Unit) -> str:
    """A value in its unit, as annotations show it."""
    match unit.format:
        case ValueFormat.RATIO:
            return f"{value * 100:.4g}%"
        case ValueFormat.MILLISECONDS:
            return f"{value:.0f} ms"
        case ValueFormat.SECONDS:
            return humanize_duration(value)
        case ValueFormat.DOLLARS:
            return f"${value:.2f}"
        case _:
            return f"{humanize(value)} {unit.name}"


def humanize(value: float) -> str:
    """Four significant digits and a prefix of the SI, as 1.234M. Of a finite value."""
    prefix = ""
    if abs(value) >= 1:
        for letter in "kMGTPEZY":
            if abs(value) < 1000:
                break
            prefix, value = letter, value / 1000
    elif value:
        for letter in "munpfazy":
            if abs(value) >= 1:
                break
            prefix, value = letter, value * 1000
    return f"{value:.4g}{prefix}"


def humanize_duration(value: float) -> str:
    """Days, hours, minutes and whole seconds, as 1d 0h 3m 20s; below a minute as `humanize`. Of a finite value."""
    sign, left = ("-", -value) if value < 0 else ("", value)
    if left < 60:
        return f"{sign}{humanize(left)}s"
    whole = int(left)
    minutes, hours, days = whole // 60 % 60, whole // 3600 % 24, whole // 86400
    if days:
        return f"{sign}{days}d {hours}h {minutes}m {whole % 60}s"
    if hours:
        return f"{sign}{hours}h {minutes}m {whole % 60}s"
    return f"{sign}{minutes}m {whole % 60}s"
