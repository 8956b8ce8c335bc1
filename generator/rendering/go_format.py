"""Numbers as Prometheus' template functions format them.

Source: prometheus/template (humanize, humanizePercentage, humanizeDuration), and PromQL's `count_values`. promtool
compares the texts exactly.
"""

from __future__ import annotations

from decimal import Decimal

from generator.dsl.units import Unit, ValueFormat


def format_value(value: float, unit: Unit) -> str:
    """A value in its unit, as annotations format it."""
    match unit.format:
        case ValueFormat.RATIO:
            return f"{value * 100:.4g}%"
        case ValueFormat.MILLISECONDS:
            return f"{value:.0f} ms"
        case ValueFormat.SECONDS:
            return humanize_duration(value)
        case ValueFormat.DOLLARS:
            return f"${value:.2f}"
        case ValueFormat.FACTOR:
            return f"{value:.4g}×"
        case ValueFormat.TIME_LEFT:
            return f"in {humanize_duration(value)}" if value > 0 else "now"
        case _:
            return f"{humanize(value)} {unit.name}"


def number_text(value: float) -> str:
    """A finite value with all digits and no exponent, as `count_values` writes it into a label."""
    text = f"{Decimal(repr(value)):f}"
    return text.removesuffix(".0")


def humanize(value: float) -> str:
    """A finite value with four significant digits and an SI prefix: 1.234M."""
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
    """A finite value in days, hours, minutes and whole seconds: 1d 0h 3m 20s; below a minute like `humanize`."""
    sign, magnitude = ("-", -value) if value < 0 else ("", value)
    if magnitude < 60:
        return f"{sign}{humanize(magnitude)}s"
    whole = int(magnitude)
    minutes, hours, days = whole // 60 % 60, whole // 3600 % 24, whole // 86400
    if days:
        return f"{sign}{days}d {hours}h {minutes}m {whole % 60}s"
    if hours:
        return f"{sign}{hours}h {minutes}m {whole % 60}s"
    return f"{sign}{minutes}m {whole % 60}s"
