"""`python -m generator calibrate`: how often alerts would have fired at other values of a threshold."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from generator.errors import BuildError, Problem
from generator.reporting import Outcome
from generator.verify.calibrate.curve import Curve, CurvePoint, curve
from generator.verify.calibrate.threshold import Threshold, read_threshold, rules_with, write_threshold
from generator.verify.rehearse.data import estimate_data
from generator.verify.rehearse.run import Rehearsed, RunInputs, read_inputs, rehearse_builds
from generator.verify.rehearse.text import counted

FACTORS = (0.5, 0.75, 1, 1.5, 2)


def command(arguments: argparse.Namespace) -> Outcome:
    """Rehearse the platform with each value of the threshold, and print the curve and the suggestion. The status is 1
    where an alert could not be rehearsed. Raises `BuildError`: wrong arguments, a value with which the platform does
    not build, a server that gives no answer, or too many samples."""
    inputs = read_inputs(arguments)
    threshold = read_threshold(arguments.platform, arguments.key)
    values = _values(arguments, threshold)
    rehearsed = rehearse_builds(arguments, inputs, [rules_with(threshold, value) for value in values])
    by_value = dict(zip(values, rehearsed.summaries, strict=True))
    seconds = inputs.time.end - inputs.time.start
    result = curve(by_value, inputs.incidents, threshold.value, seconds, arguments.false_per_week)
    for line in curve_lines(result, threshold):
        print(line)
    written = _write(arguments, threshold, result)
    missing = any(point.not_rehearsed for point in result.points)
    return Outcome(1 if missing else 0, curve_data(result, threshold, inputs, rehearsed, written))


def _values(arguments: argparse.Namespace, threshold: Threshold) -> list[float]:
    """The values to rehearse, the current one among them. Raises `BuildError` for a text that is no number."""
    try:
        values = {float(text) for text in arguments.values.split(",")} if arguments.values else set()
    except ValueError:
        hint = "give numbers with commas between them, such as 2,5,8"
        raise BuildError([Problem(f"--values {arguments.values}", "these are no numbers", hint)]) from None
    return sorted({*(values or {threshold.value * factor for factor in FACTORS}), threshold.value})


def _write(arguments: argparse.Namespace, threshold: Threshold, result: Curve) -> bool:
    suggested = result.suggestion
    if not arguments.write or suggested is None or suggested.value == threshold.value:
        return False
    write_threshold(threshold, suggested.value)
    print(f"{threshold.location}: {threshold.key} is {suggested.value:g} now; build the output")
    return True


def curve_lines(result: Curve, threshold: Threshold) -> Iterator[str]:
    """A line for each value, the suggestion, and what could not be rehearsed."""
    for point in result.points:
        current = " (current)" if point.value == result.current else ""
        missed = f", misses {', '.join(each.what for each in point.missed)}" if point.missed else ""
        alerts = "; ".join(
            f"{title} {counted(notified, 'notification')}, {counted(firings, 'firing')}"
            for title, (notified, firings) in sorted(point.alerts.items())
        )
        false = f"{result.false_per_week(point):.1f} false a week"
        yield f"{threshold.key} = {point.value:g}{current}: {alerts or 'no alert differs'}; {false}{missed}"
    yield _suggestion_text(result)
    reasons = {title: why for point in result.points for title, why in point.not_rehearsed.items()}
    yield from (f"not rehearsed: {title}, because {why}" for title, why in sorted(reasons.items()))


def _suggestion_text(result: Curve) -> str:
    rule = f"at most {result.limit:g} false a week, and no incident missed that another value detects"
    suggested = result.suggestion
    if suggested is None:
        return f"suggestion: none of these values has {rule}"
    kept = "keep the current value" if suggested.value == result.current else f"{suggested.value:g}"
    return f"suggestion: {kept}, the nearest value with {rule}"


def curve_data(
    result: Curve, threshold: Threshold, inputs: RunInputs, rehearsed: Rehearsed, written: bool
) -> dict[str, Any]:
    """The curve as JSON data."""
    suggested = result.suggestion
    return {
        "url": inputs.api.url,
        "start": inputs.time.text(inputs.time.start),
        "end": inputs.time.text(inputs.time.end),
        "estimate": estimate_data(rehearsed.estimate),
        "cost": estimate_data(rehearsed.cost),
        "key": threshold.key,
        "current": threshold.value,
        "values": [_point_data(point, result) for point in result.points],
        "suggestion": None if suggested is None else suggested.value,
        "written": written,
    }


def _point_data(point: CurvePoint, result: Curve) -> dict[str, Any]:
    return {
        "value": point.value,
        "alerts": [
            {"alert": title, "notifications": notified, "firings": firings}
            for title, (notified, firings) in sorted(point.alerts.items())
        ],
        "false_per_week": round(result.false_per_week(point), 3),
        "missed": [each.what for each in point.missed],
        "not_rehearsed": [{"alert": title, "reason": why} for title, why in sorted(point.not_rehearsed.items())],
    }
