"""Input series of requests, and of those that fail."""

from alerts.tests.names import Labels
from alerts.tests.phases import Phases
from contract.api import ERRORS, REQUESTS
from generator.dsl.alert_test import InputSeries, Segment, input_series
from generator.dsl.rates import Traffic


def requests(labels: Labels, *segments: Segment) -> InputSeries:
    """Requests, whether they fail or not."""
    return input_series(REQUESTS, labels, *segments)


def errors(labels: Labels, *segments: Segment) -> InputSeries:
    """Requests that fail."""
    return input_series(ERRORS, labels, *segments)


def shared_by_two(traffic: Traffic, during: Phases, first: Labels, second: Labels) -> tuple[InputSeries, ...]:
    """Constant rates of requests and errors that two tenants share in halves."""
    parts = zip((first, second), traffic.halves(), strict=True)
    return tuple(
        series
        for labels, part in parts
        for series in (
            requests(labels, during.constant(part.requests)),
            errors(labels, during.constant(part.errors)),
        )
    )
