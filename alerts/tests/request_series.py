"""Input series of requests, and of those that fail."""

from alerts.tests.names import Labels
from contract.api import ERRORS, REQUESTS
from generator.dsl.alert_test import InputSeries, Segment, input_series


def requests(labels: Labels, *segments: Segment) -> InputSeries:
    """Requests, whether they fail or not."""
    return input_series(REQUESTS, labels, *segments)


def errors(labels: Labels, *segments: Segment) -> InputSeries:
    """Requests that fail."""
    return input_series(ERRORS, labels, *segments)
